from django.db import migrations

WRITTEN = """
CREATE FUNCTION desk_level3_written() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    until timestamptz;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM reservations_busytime WHERE source = 'desk.assignment:' || OLD.id;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.person_id IS NULL OR NEW.accepted_at IS NULL THEN
        RETURN NULL;
    END IF;
    until := coalesce(NEW.ended_at, greatest(NEW.promised_at, NEW.accepted_at + interval '4 hours'));
    IF until > NEW.accepted_at THEN
        INSERT INTO reservations_busytime (person_id, kind, period, source)
        VALUES (NEW.person_id, 'level3', tstzrange(NEW.accepted_at, until),
            'desk.assignment:' || NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER level3_begun AFTER INSERT ON desk_assignment
    FOR EACH ROW WHEN (NEW.level = 'level_3') EXECUTE FUNCTION desk_level3_written();
CREATE TRIGGER level3_changed AFTER UPDATE ON desk_assignment
    FOR EACH ROW WHEN (OLD.level = 'level_3' OR NEW.level = 'level_3')
    EXECUTE FUNCTION desk_level3_written();
CREATE TRIGGER level3_gone AFTER DELETE ON desk_assignment
    FOR EACH ROW WHEN (OLD.level = 'level_3') EXECUTE FUNCTION desk_level3_written();
INSERT INTO reservations_busytime (person_id, kind, period, source)
SELECT person_id, 'level3', tstzrange(accepted_at, coalesce(ended_at,
        greatest(promised_at, accepted_at + interval '4 hours'))), 'desk.assignment:' || id
FROM desk_assignment
WHERE level = 'level_3' AND person_id IS NOT NULL AND accepted_at IS NOT NULL
    AND (ended_at IS NULL OR ended_at > accepted_at);
"""
UNDONE = """
DROP TRIGGER level3_begun ON desk_assignment;
DROP TRIGGER level3_changed ON desk_assignment;
DROP TRIGGER level3_gone ON desk_assignment;
DROP FUNCTION desk_level3_written();
DELETE FROM reservations_busytime WHERE source LIKE 'desk.assignment:%';
"""


class Migration(migrations.Migration):
    """Level 3 work draws hours on the calendar of who accepted it. docs/rules/reservations.md.

    Whoever ends an assignment, a customer's contact too, gives the hours back: the function writes
    as its owner.
    """

    dependencies = [
        ("desk", "0046_indexes_that_begin_another"),
        ("reservations", "0004_hours_by_calendar"),
    ]

    operations = [migrations.RunSQL(WRITTEN, UNDONE)]
