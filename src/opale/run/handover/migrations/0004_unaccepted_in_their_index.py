from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What nobody has accepted is followed in an index of its own.

    Every twenty seconds each open record is compared with the tickets; with forty thousand that
    the clock had passed on, all of their rows were read each time.
    """

    dependencies = [("handover", "0003_proposals_by_handover")]

    operations = [
        migrations.AddIndex(
            "handoveritem",
            models.Index(
                fields=["handover", "state"],
                include=["id", "ticket", "taker", "place", "proposed"],
                condition=Q(state__in=["waiting", "with_lead", "with_manager"]),
                name="handover_item_unaccepted",
            ),
        ),
    ]
