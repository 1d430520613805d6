from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Finds what rules suppress, hold, route and qualify: made beside the work going on."""

    atomic = False

    dependencies = [("events", "0021_rules")]

    operations = [
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("suppressed_by__isnull", False)),
                fields=["suppressed_by"],
                name="alert_suppressed",
            ),
        ),
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("held_until__isnull", False)),
                fields=["held_until"],
                name="alert_held",
            ),
        ),
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("team__isnull", False)),
                fields=["team", "-id"],
                name="alert_team",
            ),
        ),
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("qualified_at", None), ("qualifies_by__isnull", False)),
                fields=["qualifies_by"],
                name="alert_qualifies",
            ),
        ),
    ]
