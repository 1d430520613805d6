from django.db import migrations


class Migration(migrations.Migration):
    """Ticket numbers: one sequence for requests and incidents, five digits from the start."""

    dependencies = [("desk", "0002_ownership_chain")]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE desk_ticket_number START 10001",
            reverse_sql="DROP SEQUENCE desk_ticket_number",
        )
    ]
