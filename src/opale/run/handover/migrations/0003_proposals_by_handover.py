from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What an open handover proposes to somebody is found in one index, as the rail asks for it."""

    dependencies = [("handover", "0002_isolation_and_signature")]

    operations = [
        migrations.RemoveIndex("handoveritem", "handover_item_proposed"),
        migrations.AddIndex(
            "handoveritem",
            models.Index(
                fields=["proposed", "handover", "place"],
                condition=Q(state__in=["waiting", "with_lead", "with_manager"]),
                name="handover_item_proposed",
            ),
        ),
    ]
