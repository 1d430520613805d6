from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What falls due next of one customer, however many others there are."""

    atomic = False

    dependencies = [("desk", "0015_undone_merges")]

    operations = [
        AddIndexConcurrently(
            model_name="commitment",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("met_at", None)),
                fields=["customer", "due_at", "id"],
                name="commitment_due_of_customer",
            ),
        ),
    ]
