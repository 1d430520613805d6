"""Names that older mails left as they were encoded for a header (RFC 2047), in plain letters."""

from typing import Any

from django.db import migrations

from opale.messaging.domain.mail_parser.headers import decode_words

ATTRIBUTE = """
SELECT set_config(
    'pghistory.context_metadata',
    '{"actor": "system:upgrade", "name": "upgrade", "reason": "migration desk.0071"}',
    true
);
"""
NAMES = (
    ("customers", "Contact", "name"),
    ("desk", "Message", "author"),
    ("desk", "Participant", "name"),
    ("desk", "ReceivedMail", "name"),
    ("messaging", "IncomingMail", "from_name"),
    ("messaging", "IncomingMail", "subject"),
    ("messaging", "OutgoingMail", "sender"),
)


def decode_names(apps: Any, schema_editor: Any) -> None:
    for app, model, column in NAMES:
        rows = apps.get_model(app, model).objects.filter(**{f"{column}__contains": "=?"})
        for row in rows.only(column).iterator():
            before = getattr(row, column)
            plain = " ".join(decode_words(before).split())
            if plain and plain != before:
                setattr(row, column, plain[: row._meta.get_field(column).max_length])
                row.save(update_fields=[column])


class Migration(migrations.Migration):
    dependencies = (
        ("customers", "0013_offering_options"),
        ("desk", "0070_note_edits"),
        ("messaging", "0014_letterheads"),
    )
    operations = (
        migrations.RunSQL(ATTRIBUTE, migrations.RunSQL.noop, elidable=True),
        migrations.RunPython(decode_names, migrations.RunPython.noop, elidable=True),
    )
