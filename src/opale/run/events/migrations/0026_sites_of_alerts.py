from typing import Any

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery

AT_ONCE = 20_000


def give_sites(apps: Any, schema_editor: Any) -> None:
    """Give what was raised before the site of its item, a part at a time."""
    alerts = apps.get_model("events", "Alert").objects
    items = apps.get_model("infrastructure", "ConfigurationItem").objects
    site = items.filter(pk=OuterRef("item_id")).values("site_id")[:1]
    last = alerts.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, AT_ONCE):
        part = alerts.filter(pk__gte=first, pk__lt=first + AT_ONCE, site=None, item__isnull=False)
        part.filter(item__site__isnull=False).update(site_id=Subquery(site))


class Migration(migrations.Migration):
    """Alerts of before stand at the site of their item."""

    atomic = False
    dependencies = [("events", "0025_moves_of_rules")]

    operations = [migrations.RunPython(give_sites, migrations.RunPython.noop, elidable=True)]
