from django.db import migrations

from opale.kernel.isolation import isolate

HELD = """
CREATE FUNCTION reservations_holds(state text) RETURNS boolean IMMUTABLE LANGUAGE sql
    RETURN state IN ('tentative', 'confirmed', 'consumed');

CREATE FUNCTION reservations_line_checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held reservations_reservation;
    room numeric;
    taken numeric;
BEGIN
    SELECT * INTO held FROM reservations_reservation WHERE id = NEW.reservation_id FOR SHARE;
    NEW.holds := coalesce(reservations_holds(held.state), false);
    IF NOT NEW.holds THEN
        RETURN NEW;
    END IF;
    IF NEW.overbooked THEN
        IF held.approved_by_id IS NULL THEN
            RAISE EXCEPTION 'overbooking without an approver'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'overbooking_is_approved';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.pool_id IS NOT NULL THEN
        SELECT capacity INTO room FROM infrastructure_capacitypool
            WHERE id = NEW.pool_id FOR NO KEY UPDATE;
        SELECT max(sum) INTO taken FROM (
            SELECT (SELECT sum(other.quantity) FROM reservations_reservationline AS other
                    WHERE other.holds AND other.pool_id = NEW.pool_id AND other.id <> NEW.id
                        AND other.days @> peak.day) AS sum
            FROM (
                SELECT coalesce(lower(NEW.days), '-infinity'::date) AS day
                UNION
                SELECT lower(days) FROM reservations_reservationline
                WHERE holds AND pool_id = NEW.pool_id AND NEW.days @> lower(days)
            ) AS peak
        ) AS peaks;
        IF coalesce(taken, 0) + NEW.quantity > room THEN
            RAISE EXCEPTION 'pool % has no room for %', NEW.pool_id, NEW.quantity
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'pool_has_room';
        END IF;
    ELSIF NEW.person_id IS NOT NULL THEN
        PERFORM FROM organisation_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM generate_series(
                lower(NEW.days)::timestamp, upper(NEW.days) - interval '1 day', interval '1 day'
            ) AS day
            WHERE extract(isodow FROM day) < 6
                AND NEW.quantity + reservations_hours_taken(NEW.person_id, day::date, NEW.id) > 8
        ) THEN
            RAISE EXCEPTION 'person % has no % hours a day', NEW.person_id, NEW.quantity
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'person_has_time';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION reservations_hours_taken(person bigint, day date, but bigint)
RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT coalesce((
        SELECT sum(quantity) FROM reservations_reservationline
        WHERE holds AND person_id = person AND days @> day AND id <> but
    ), 0) + coalesce((
        SELECT sum(extract(epoch FROM upper(period * here) - lower(period * here)) / 3600)
        FROM (
            SELECT period FROM reservations_busytime WHERE person_id = person AND kind = 'duty'
            UNION ALL
            SELECT period FROM organisation_absence WHERE person_id = person
        ) AS taken,
        (
            SELECT tstzrange(day::timestamp AT TIME ZONE time_zone,
                (day + 1)::timestamp AT TIME ZONE time_zone) AS here
            FROM organisation_person WHERE id = person
        ) AS local_day
        WHERE period && here
    ), 0)
$$;

CREATE TRIGGER line_checked BEFORE INSERT OR UPDATE ON reservations_reservationline
    FOR EACH ROW EXECUTE FUNCTION reservations_line_checked();

CREATE FUNCTION reservations_state_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reservations_reservationline SET holds = reservations_holds(NEW.state)
    WHERE reservation_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER state_followed AFTER UPDATE OF state ON reservations_reservation
    FOR EACH ROW WHEN (reservations_holds(OLD.state) <> reservations_holds(NEW.state))
    EXECUTE FUNCTION reservations_state_followed();
"""
UNDONE = """
DROP TRIGGER state_followed ON reservations_reservation;
DROP FUNCTION reservations_state_followed();
DROP TRIGGER line_checked ON reservations_reservationline;
DROP FUNCTION reservations_line_checked();
DROP FUNCTION reservations_hours_taken(bigint, date, bigint);
DROP FUNCTION reservations_holds(text);
"""


class Migration(migrations.Migration):
    """What is held is never held twice, whoever writes it. docs/rules/reservations.md."""

    dependencies = [("reservations", "0001_initial")]

    operations = [
        migrations.RunSQL(HELD, UNDONE),
        isolate("reservations_reservation", readable=False),
        isolate("reservations_reservationevent", readable=False),
    ]
