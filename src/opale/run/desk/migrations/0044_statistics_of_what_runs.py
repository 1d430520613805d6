from django.db import migrations

SET = """
    ALTER TABLE {table} SET (
        autovacuum_analyze_scale_factor = 0.005,
        autovacuum_analyze_threshold = 500,
        autovacuum_vacuum_scale_factor = 0.01,
        autovacuum_vacuum_threshold = 500
    )
"""
RESET = """
    ALTER TABLE {table} RESET (
        autovacuum_analyze_scale_factor,
        autovacuum_analyze_threshold,
        autovacuum_vacuum_scale_factor,
        autovacuum_vacuum_threshold
    )
"""


class Migration(migrations.Migration):
    """What runs is a hundredth of these tables, and changes all the time.

    By PostgreSQL's own measure a tenth of all rows must change before it looks at them again: at a
    million tickets it would plan for what ran weeks ago, and keep the dead entries of the indexes
    of what runs.
    """

    dependencies = [("desk", "0043_views_remembered")]

    operations = [
        migrations.RunSQL(SET.format(table=table), RESET.format(table=table))
        for table in ("desk_ticket", "desk_commitment")
    ]
