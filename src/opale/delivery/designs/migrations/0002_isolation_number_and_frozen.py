from django.db import migrations

from opale.kernel.isolation import isolate

STAND_STILL = """
CREATE FUNCTION designs_stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
    IF EXISTS (
        SELECT FROM designs_designversion WHERE id = concerned AND frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a quoted version of a design stands still'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_is_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER designs_line_stands_still BEFORE INSERT OR UPDATE OR DELETE ON designs_designline
    FOR EACH ROW EXECUTE FUNCTION designs_stand_still();
CREATE TRIGGER designs_site_stands_still BEFORE INSERT OR UPDATE OR DELETE ON designs_designsite
    FOR EACH ROW EXECUTE FUNCTION designs_stand_still();
"""
LET_GO = """
DROP TRIGGER designs_site_stands_still ON designs_designsite;
DROP TRIGGER designs_line_stands_still ON designs_designline;
DROP FUNCTION designs_stand_still();
"""


class Migration(migrations.Migration):
    """The wall between customers, the numbers of designs, and quoted versions that stand still.

    docs/rules/customer-isolation.md, docs/rules/designs.md.
    """

    dependencies = [("designs", "0001_initial")]

    operations = [
        isolate("designs_design", readable=False),
        isolate("designs_designevent", readable=False),
        migrations.RunSQL(
            sql="CREATE SEQUENCE designs_design_number START 40001",
            reverse_sql="DROP SEQUENCE designs_design_number",
        ),
        migrations.RunSQL(sql=STAND_STILL, reverse_sql=LET_GO),
    ]
