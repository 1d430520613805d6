from django.db import migrations

TREE = """
CREATE FUNCTION reservations_pools_above(pool bigint) RETURNS TABLE (id bigint, depth int)
STABLE LANGUAGE sql AS $$
    WITH RECURSIVE up AS (
        SELECT one.id, one.parent_id, 0 AS depth FROM infrastructure_capacitypool AS one
        WHERE one.id = pool
        UNION ALL
        SELECT one.id, one.parent_id, up.depth + 1 FROM up
        JOIN infrastructure_capacitypool AS one ON one.id = up.parent_id
    )
    SELECT up.id, up.depth FROM up
$$;

CREATE FUNCTION reservations_held_of(pools bigint[], span daterange)
RETURNS TABLE (pool bigint, line bigint, reservation bigint, quantity numeric, days daterange)
STABLE LANGUAGE sql AS $$
    WITH RECURSIVE below AS (
        SELECT one.id AS root, one.id, one.item_id, one.unit
        FROM infrastructure_capacitypool AS one WHERE one.id = ANY(pools)
        UNION ALL
        SELECT below.root, one.id, one.item_id, one.unit FROM below
        JOIN infrastructure_capacitypool AS one ON one.parent_id = below.id
    )
    SELECT below.root, held.id, held.reservation_id, held.quantity, held.days
    FROM below JOIN reservations_reservationline AS held ON held.pool_id = below.id
    WHERE held.holds AND held.days && span
    UNION ALL
    SELECT below.root, held.id, held.reservation_id, held.quantity, held.days
    FROM below JOIN reservations_reservationline AS held ON held.item_id = below.item_id
    WHERE held.holds AND held.days && span AND below.unit IN ('U', 'port')
$$;

CREATE OR REPLACE FUNCTION reservations_most_taken(pool bigint, span daterange, but bigint)
RETURNS numeric STABLE LANGUAGE sql AS $$
    WITH held AS MATERIALIZED (
        SELECT quantity, days FROM reservations_held_of(ARRAY[pool], span) WHERE line <> but
    )
    SELECT coalesce(max(sum), 0) FROM (
        SELECT (SELECT sum(quantity) FROM held WHERE days @> peak.day) AS sum
        FROM (
            SELECT coalesce(lower(span), '-infinity'::date) AS day
            UNION
            SELECT lower(days) FROM held WHERE span @> lower(days)
        ) AS peak
    ) AS peaks
$$;

CREATE OR REPLACE FUNCTION reservations_line_checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held reservations_reservation;
    within bigint;
    above bigint;
    room numeric;
    taken numeric;
    gone date;
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
    IF NEW.person_id IS NULL THEN
        within := NEW.pool_id;
        IF within IS NULL THEN
            SELECT id INTO within FROM infrastructure_capacitypool
                WHERE item_id = NEW.item_id AND unit IN ('U', 'port');
        END IF;
        -- From the root down, so that two at once wait for each other instead of deadlocking.
        FOR above IN SELECT id FROM reservations_pools_above(within) ORDER BY depth DESC LOOP
            SELECT capacity INTO room FROM infrastructure_capacitypool
                WHERE id = above FOR NO KEY UPDATE;
            taken := reservations_most_taken(above, NEW.days, coalesce(NEW.id, 0));
            IF taken + NEW.quantity > room THEN
                RAISE EXCEPTION 'pool % has no room for %', above, NEW.quantity
                    USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'pool_has_room';
            END IF;
        END LOOP;
    ELSE
        SELECT left_on INTO gone FROM organisation_person
            WHERE id = NEW.person_id FOR NO KEY UPDATE;
        IF gone IS NOT NULL AND upper(NEW.days) > gone + 1 THEN
            RAISE EXCEPTION 'person % has left', NEW.person_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'person_works_here';
        END IF;
        IF EXISTS (
            SELECT FROM reservations_hours_by_day(NEW.person_id, NEW.days) AS given
            WHERE given.hours > 0 AND NEW.quantity
                + reservations_hours_taken(NEW.person_id, given.day, NEW.id) > given.hours
        ) THEN
            RAISE EXCEPTION 'person % has no % hours a day', NEW.person_id, NEW.quantity
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'person_has_time';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """What is held of a pool is held of all above it, and named units of a rack count in its pool.

    docs/rules/reservations.md, "Pools".
    """

    dependencies = [
        ("reservations", "0005_less_is_free"),
        ("infrastructure", "0009_pool_tree"),
    ]

    operations = [migrations.RunSQL(TREE, migrations.RunSQL.noop)]
