from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What holds only until a moment is looked for each minute, also where much else stands."""

    atomic = False

    dependencies = [("events", "0034_when_words_came")]

    operations = [
        AddIndexConcurrently(
            "alert",
            models.Index(
                fields=["lasts_until"],
                condition=Q(
                    lasts_until__isnull=False, state__in=["open", "acknowledged", "shelved"]
                ),
                name="alert_lasting",
            ),
        ),
    ]
