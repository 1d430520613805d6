from django.db import migrations

ATTRIBUTE = """
SELECT set_config(
    'pghistory.context_metadata',
    '{"actor": "system:upgrade", "name": "upgrade", "reason": "migration desk.0008"}',
    true
);
"""

DEFAULTS = """
INSERT INTO desk_streamsettings (stream, engineer_answers, triage_target) VALUES
    ('corporate', 'owner_sends', interval '30 minutes'),
    ('solution', 'owner_sends', interval '10 minutes');

INSERT INTO desk_leveltarget (level, priority, accept, deliver) VALUES
    ('level_1', NULL, interval '1 hour', interval '8 hours'),
    ('level_2', NULL, interval '1 hour', interval '8 hours'),
    ('level_2', 1, interval '15 minutes', interval '2 hours'),
    ('level_2', 2, interval '30 minutes', interval '4 hours'),
    ('level_3', NULL, interval '2 hours', interval '24 hours'),
    ('level_3', 1, interval '30 minutes', interval '4 hours'),
    ('level_3', 2, interval '1 hour', interval '8 hours'),
    ('group', NULL, interval '4 hours', interval '48 hours'),
    ('group', 1, interval '1 hour', interval '8 hours'),
    ('supplier', NULL, interval '4 hours', interval '48 hours');
"""

UNHELD = "UPDATE desk_ticket SET state = 'pending' WHERE state = 'held'"
HELD = """
UPDATE desk_ticket SET state = 'held' FROM desk_pause
WHERE desk_ticket.state = 'pending' AND desk_pause.ticket_id = desk_ticket.id
  AND desk_pause.ends IS NULL AND desk_pause.kind <> 'customer';
"""


class Migration(migrations.Migration):
    """First settings of streams and levels; what waits for others than the customer is held."""

    dependencies = [("desk", "0007_parents")]

    operations = [
        migrations.RunSQL(
            sql=[ATTRIBUTE, DEFAULTS],
            reverse_sql="DELETE FROM desk_leveltarget; DELETE FROM desk_streamsettings",
        ),
        migrations.RunSQL(sql=[ATTRIBUTE, HELD], reverse_sql=[ATTRIBUTE, UNHELD]),
    ]
