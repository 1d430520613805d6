from django.db import migrations, models

HOURS = """
CREATE OR REPLACE FUNCTION reservations_open_seconds(hours jsonb) RETURNS int4multirange
STABLE LANGUAGE sql AS $$
    SELECT coalesce(range_agg(int4range(
        extract(epoch FROM split_part(text, '-', 1)::interval)::int,
        extract(epoch FROM split_part(text, '-', 2)::interval)::int
    )), '{}')
    FROM jsonb_array_elements_text(coalesce(hours, '[]')) AS text
$$;

CREATE OR REPLACE FUNCTION reservations_special_seconds(record jsonb, day date, kind text)
RETURNS int4multirange STABLE LANGUAGE sql AS $$
    SELECT coalesce(range_agg(part), '{}')
    FROM jsonb_array_elements(coalesce(record -> 'exceptions', '[]')) AS one,
        unnest(reservations_open_seconds(coalesce(one -> 'hours', '["00:00-24:00"]'))) AS part
    WHERE one ->> 'day' = to_char(day, 'YYYY-MM-DD') AND one ->> 'kind' = kind
$$;

CREATE OR REPLACE FUNCTION reservations_hours_given(record jsonb, day date) RETURNS numeric
STABLE LANGUAGE sql AS $$
    SELECT least(8, coalesce(sum(upper(part) - lower(part)), 0) / 3600.0)
    FROM unnest(
        CASE WHEN coalesce(record -> 'holidays', '[]') ? to_char(day, 'YYYY-MM-DD')
            THEN '{}'::int4multirange
            ELSE reservations_open_seconds(record -> 'weekly' -> (ARRAY['monday', 'tuesday',
                'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
                [extract(isodow FROM day)::int])
        END
        - reservations_special_seconds(record, day, 'closing')
        + reservations_special_seconds(record, day, 'opening')
    ) AS part
$$;

CREATE OR REPLACE FUNCTION reservations_calendar_of(person bigint) RETURNS jsonb STABLE LANGUAGE sql AS $$
    SELECT coalesce(own.record, theirs.record)
    FROM organisation_person AS who
    JOIN organisation_company AS company ON company.id = who.company_id
    JOIN organisation_workingcalendar AS theirs ON theirs.id = company.calendar_id
    LEFT JOIN organisation_workingcalendar AS own ON own.id = who.calendar_id
    WHERE who.id = person
$$;

CREATE OR REPLACE FUNCTION reservations_hours_by_day(person bigint, days daterange)
RETURNS TABLE (day date, hours numeric) STABLE LANGUAGE plpgsql AS $$
DECLARE
    record jsonb := reservations_calendar_of(person);
    plain jsonb := record - 'exceptions' - 'holidays';
    special boolean := coalesce(record -> 'exceptions', '[]') <> '[]'
        OR coalesce(record -> 'holidays', '[]') <> '[]';
    week numeric[];
BEGIN
    -- 2024-01-01 was a Monday: the hours of a usual week are worked out once.
    SELECT array_agg(reservations_hours_given(plain, date '2024-01-01' + n) ORDER BY n)
        INTO week FROM generate_series(0, 6) AS n;
    RETURN QUERY SELECT one::date, CASE
        WHEN special THEN reservations_hours_given(record, one::date)
        ELSE week[extract(isodow FROM one)::int]
    END
    FROM generate_series(
        lower(days)::timestamp, upper(days) - interval '1 day', interval '1 day'
    ) AS one;
END $$;

CREATE OR REPLACE FUNCTION reservations_hours_taken(person bigint, day date, but bigint)
RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT coalesce((
        SELECT sum(quantity) FROM reservations_reservationline
        WHERE holds AND person_id = person AND days @> day AND id <> but
    ), 0) + coalesce((
        SELECT sum(extract(epoch FROM upper(period * here) - lower(period * here)) / 3600)
        FROM (
            SELECT period FROM reservations_busytime
                WHERE person_id = person AND kind <> 'standby'
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

CREATE OR REPLACE FUNCTION reservations_line_checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held reservations_reservation;
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
    IF NEW.pool_id IS NOT NULL THEN
        SELECT capacity INTO room FROM infrastructure_capacitypool
            WHERE id = NEW.pool_id FOR NO KEY UPDATE;
        taken := reservations_most_taken(NEW.pool_id, NEW.days, NEW.id);
        IF taken + NEW.quantity > room THEN
            RAISE EXCEPTION 'pool % has no room for %', NEW.pool_id, NEW.quantity
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'pool_has_room';
        END IF;
    ELSIF NEW.person_id IS NOT NULL THEN
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

CREATE OR REPLACE FUNCTION reservations_most_taken(pool bigint, span daterange, but bigint)
RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT coalesce(max(sum), 0) FROM (
        SELECT (SELECT sum(other.quantity) FROM reservations_reservationline AS other
                WHERE other.holds AND other.pool_id = pool AND other.id <> but
                    AND other.days @> peak.day) AS sum
        FROM (
            SELECT coalesce(lower(span), '-infinity'::date) AS day
            UNION
            SELECT lower(days) FROM reservations_reservationline
            WHERE holds AND pool_id = pool AND span @> lower(days)
        ) AS peak
    ) AS peaks
$$;
"""
UNDONE = "SELECT 1"  # the version before reads nothing that is better known now


class Migration(migrations.Migration):
    """A person gives the hours of the own calendar, and none after having left.

    docs/rules/reservations.md.
    """

    dependencies = [
        ("reservations", "0003_creation"),
        ("organisation", "0006_reference_data"),
    ]

    operations = [
        migrations.AlterField(
            model_name="busytime",
            name="kind",
            field=models.CharField(
                choices=[
                    ("duty", "On shift"),
                    ("standby", "On call"),
                    ("level3", "Level 3 work"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(HOURS, UNDONE),
    ]
