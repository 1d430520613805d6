from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was broken today is found without reading every promise ever made."""

    atomic = False

    dependencies = [("desk", "0029_wall_keys")]

    operations = [
        AddIndexConcurrently(
            model_name="commitment",
            index=models.Index(
                condition=models.Q(("breached_at__isnull", False)),
                fields=["breached_at"],
                name="commitment_breached",
            ),
        ),
    ]
