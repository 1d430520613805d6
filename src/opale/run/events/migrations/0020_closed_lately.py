from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What was closed lately, for outside tools that list it: made beside the work going on."""

    atomic = False

    dependencies = [("events", "0019_limits")]

    operations = [
        AddIndexConcurrently(
            "alert",
            models.Index(
                fields=["integration", "closed_at"],
                condition=Q(state="closed"),
                name="alert_closed_lately",
            ),
        ),
    ]
