"""Let shipped forms ask for a datacentre, which lists the provider's sites."""

from typing import Any

from django.db import migrations

ATTRIBUTE = """
SELECT set_config(
    'pghistory.context_metadata',
    '{"actor": "system:upgrade", "name": "upgrade", "reason": "migration desk.0062"}',
    true
);
"""


def ask_for_datacentres(apps: Any, schema_editor: Any) -> None:
    for kind in apps.get_model("desk", "RequestType").objects.all():
        before = kind.fields
        kind.fields = [
            field | {"kind": "datacentre"}
            if field.get("kind") == "site" and field.get("label_en") == "Datacentre"
            else field
            for field in before
        ]
        if kind.fields != before:
            kind.save(update_fields=["fields"])


class Migration(migrations.Migration):
    dependencies = (("desk", "0061_first_internal_targets"),)
    operations = (
        migrations.RunSQL(ATTRIBUTE, migrations.RunSQL.noop),
        migrations.RunPython(ask_for_datacentres, migrations.RunPython.noop),
    )
