from typing import Any

from django.db import migrations

from opale.kernel.actor import system
from opale.kernel.attribution import attributed

DUE = {
    ("datacentre-access", "starts"): "before",
    ("datacentre-delivery", "expected_on"): "before",
    ("remote-hands", "wanted_at"): "by",
    ("machine-resize", "wanted_on"): "by",
    ("dns-change", "wanted_on"): "by",
    ("quote", "wanted_on"): "by",
    ("bandwidth-change", "wanted_on"): "by",
    ("new-address", "wanted_on"): "by",
    ("vpn-site", "wanted_on"): "by",
    ("equipment", "wanted_on"): "by",
    ("software-licence", "wanted_on"): "by",
}


def name_the_dates(apps: Any, _schema: Any) -> None:
    """Let the shipped request types say which of their fields sets when the request is due."""
    types = apps.get_model("desk", "RequestType")
    with attributed(system("upgrade")):
        for row in types.objects.filter(code__in={code for code, _name in DUE}):
            for field in row.fields:
                due = DUE.get((row.code, field["name"]))
                if due and not any(one.get("due") for one in row.fields):
                    field["due"] = due
            row.save(update_fields=["fields"])


class Migration(migrations.Migration):
    dependencies = [("desk", "0058_requested_dates")]

    operations = [migrations.RunPython(name_the_dates, migrations.RunPython.noop, elidable=True)]
