from django.db import migrations

ATTRIBUTE = """
SELECT set_config(
    'pghistory.context_metadata',
    '{"actor": "system:upgrade", "name": "upgrade", "reason": "migration desk.0061"}',
    true
);
"""

DEFAULTS = """
INSERT INTO desk_internaltarget (priority, acknowledge, first_response, restore) VALUES
    (1, interval '15 minutes', interval '30 minutes', interval '4 hours'),
    (2, interval '30 minutes', interval '1 hour', interval '8 hours'),
    (3, interval '1 hour', interval '4 hours', interval '24 hours'),
    (4, interval '4 hours', interval '8 hours', interval '72 hours'),
    (5, interval '8 hours', interval '24 hours', interval '120 hours');
"""


class Migration(migrations.Migration):
    """First targets of incidents that belong to no customer."""

    dependencies = [("desk", "0060_internal_targets")]

    operations = [
        migrations.RunSQL(
            sql=[ATTRIBUTE, DEFAULTS],
            reverse_sql=[ATTRIBUTE, "DELETE FROM desk_internaltarget"],
        ),
    ]
