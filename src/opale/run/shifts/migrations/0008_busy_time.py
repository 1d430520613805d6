from django.db import migrations

WRITTEN = """
CREATE FUNCTION shifts_busy_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM reservations_busytime WHERE source = 'shifts.duty:' || OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO reservations_busytime (person_id, kind, period, source)
    VALUES (NEW.person_id, CASE NEW.kind WHEN 'staffed' THEN 'duty' ELSE 'standby' END, NEW.period,
        'shifts.duty:' || NEW.id)
    ON CONFLICT (source) DO UPDATE SET person_id = excluded.person_id, kind = excluded.kind,
        period = excluded.period;
    RETURN NULL;
END $$;
CREATE TRIGGER busy_written AFTER INSERT OR UPDATE OR DELETE ON shifts_duty
    FOR EACH ROW EXECUTE FUNCTION shifts_busy_written();
INSERT INTO reservations_busytime (person_id, kind, period, source)
SELECT person_id, CASE kind WHEN 'staffed' THEN 'duty' ELSE 'standby' END, period,
    'shifts.duty:' || id FROM shifts_duty;
"""
UNDONE = """
DROP TRIGGER busy_written ON shifts_duty;
DROP FUNCTION shifts_busy_written();
DELETE FROM reservations_busytime WHERE source LIKE 'shifts.duty:%';
"""


class Migration(migrations.Migration):
    """Duties write the time of their holders down, so that the load is read in one place."""

    dependencies = [("shifts", "0007_feeds"), ("reservations", "0002_never_twice")]

    operations = [migrations.RunSQL(WRITTEN, UNDONE)]
