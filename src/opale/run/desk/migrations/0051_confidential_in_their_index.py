from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Which of the confidential tickets somebody sees is found in their index, those that run apart
    from those that have ended.

    Whoever may not see them all is asked for his own at each change of a list: of a thousand, each
    was read from the table twice.
    """

    dependencies = [("desk", "0050_lists_counted_in_indexes")]

    operations = [
        migrations.RemoveIndex("ticket", "ticket_confidential"),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["state", "owner"],
                include=["id", "confidential", "employee"],
                condition=Q(confidential=True),
                name="ticket_confidential",
            ),
        ),
    ]
