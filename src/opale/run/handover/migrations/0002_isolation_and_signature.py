from django.db import migrations

from opale.kernel.isolation import isolate

SIGNED = """
CREATE FUNCTION handover_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'a signed handover is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER signed_handover_stays BEFORE UPDATE OR DELETE ON handover_handover
    FOR EACH ROW EXECUTE FUNCTION handover_is_signed();

CREATE FUNCTION handover_of_item_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        about := NEW.handover_id;
    ELSE
        about := OLD.handover_id;
    END IF;
    -- The customer of a ticket may be corrected later: it is the wall, and no part of the record.
    IF EXISTS (SELECT FROM handover_handover WHERE id = about AND state = 'signed')
        AND NOT (TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id')
    THEN
        RAISE EXCEPTION 'what stands in a signed handover is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER item_of_signed_handover_stays
    BEFORE INSERT OR UPDATE OR DELETE ON handover_handoveritem
    FOR EACH ROW EXECUTE FUNCTION handover_of_item_is_signed();
"""

UNDO = """
DROP TRIGGER item_of_signed_handover_stays ON handover_handoveritem;
DROP FUNCTION handover_of_item_is_signed();
DROP TRIGGER signed_handover_stays ON handover_handover;
DROP FUNCTION handover_is_signed();
"""


class Migration(migrations.Migration):
    """The wall between customers, and the database keeps what is signed."""

    dependencies = [("handover", "0001_initial")]

    operations = [
        isolate("handover_handoveritem", readable=False),
        isolate("handover_sleepingticket", readable=False),
        migrations.RunSQL(sql=SIGNED, reverse_sql=UNDO),
    ]
