from typing import Any

from django.db import migrations

from opale.kernel.actor import system
from opale.kernel.attribution import attributed

TABLES = {
    "attachments": "desk.attachment",
    "alerts": "desk.ticketalert",
    "references": "desk.externalreference",
    "watchers": "desk.watcher",
    "participants": "desk.participant",
    "times": "desk.timeentry",
    "answers": "desk.proposedanswer",
    "interventions": "desk.intervention",
    "assignments": "desk.assignment",
    "sentences": "desk.officialsentence",
}


def name_tables(apps: Any, schema_editor: Any) -> None:
    """Name what moved with the merges that can still be undone by its table, as new ones do."""
    merges = apps.get_model("desk", "Merge").objects.filter(undone_at=None)
    moves = apps.get_model("desk", "MessageMove").objects
    with attributed(system("upgrade")):
        for merge in merges.iterator():
            rows = merge.before.get("rows", {})
            if "links" not in rows:
                continue
            named = {TABLES[name]: keys for name, keys in rows.items() if name in TABLES}
            named["desk.ticketlink"] = {"ticket": rows["links"], "other": rows["linked"]}
            messages = moves.filter(merge=merge).values_list("message_id", flat=True)
            named["desk.message"] = list(messages)
            merges.filter(pk=merge.pk).update(before={**merge.before, "rows": named})


class Migration(migrations.Migration):
    """A merge keeps by table what moved with it."""

    dependencies = [("desk", "0052_commitments_to_break")]

    operations = [migrations.RunPython(name_tables, migrations.RunPython.noop, elidable=True)]
