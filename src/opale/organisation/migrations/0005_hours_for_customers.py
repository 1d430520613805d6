from django.db import migrations


class Migration(migrations.Migration):
    """A customer's page says when the promised times run. docs/rules/customer-isolation.md.

    The hours alone: a calendar's name may be that of a customer.
    """

    dependencies = [("organisation", "0004_tokens_of_contacts"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="GRANT SELECT (id, record) ON organisation_workingcalendar TO opale_portal",
            reverse_sql=(
                "REVOKE SELECT (id, record) ON organisation_workingcalendar FROM opale_portal"
            ),
        ),
    ]
