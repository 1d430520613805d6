from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """A search among many that match reads which alerts stand from an index alone.

    In one transaction, so that an upgrade that is cut short begins again.
    """

    dependencies = [("events", "0032_key_buckets")]

    operations = [
        migrations.RemoveIndex("alert", "alert_standing"),
        migrations.AddIndex(
            "alert",
            models.Index(
                Coalesce("customer", 0),
                Coalesce("service", 0),
                "severity",
                "started_at",
                "id",
                condition=(
                    (Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False))
                    & Q(silence=None, suppressed_by=None, held_until=None)
                ),
                name="alert_standing",
            ),
        ),
    ]
