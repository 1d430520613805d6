from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The confidential tickets are found without reading every ticket."""

    atomic = False

    dependencies = [("desk", "0044_statistics_of_what_runs")]

    operations = [
        AddIndexConcurrently(
            "ticket",
            models.Index(
                condition=models.Q(("confidential", True)),
                fields=["owner"],
                name="ticket_confidential",
            ),
        ),
    ]
