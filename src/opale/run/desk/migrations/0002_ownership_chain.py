from django.db import migrations

CHAIN = """
-- Each link but the first begins where another ends: the chain has no gap. Checked at commit, since
-- the predecessor is ended and the successor begun in one transaction.
ALTER TABLE desk_ownership ADD CONSTRAINT owner_has_predecessor
    FOREIGN KEY (ticket_id, previous_end) REFERENCES desk_ownership (ticket_id, ends)
    DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION desk_ownership_is_permanent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the ownership of a ticket is never deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Of a written link only the end may move, once, from "still" to a moment (and the customer
    -- column, which is the wall between customers, follows the ticket).
    IF NEW.ends <> OLD.ends AND OLD.ends <> '9999-12-31 00:00:00+00'
        OR (NEW.id, NEW.ticket_id, NEW.person_id, NEW.starts, NEW.reason, NEW.actor, NEW.recorded_at)
            IS DISTINCT FROM
           (OLD.id, OLD.ticket_id, OLD.person_id, OLD.starts, OLD.reason, OLD.actor, OLD.recorded_at)
        OR NEW.previous_end IS DISTINCT FROM OLD.previous_end
    THEN
        RAISE EXCEPTION 'the past ownership of a ticket is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ownership_is_permanent BEFORE UPDATE OR DELETE ON desk_ownership
    FOR EACH ROW EXECUTE FUNCTION desk_ownership_is_permanent();

-- At commit: the first owner begins at the minute of receipt, somebody answers now, and the ticket
-- names that person.
CREATE FUNCTION desk_ticket_has_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about bigint;
    ticket record;
    first_starts timestamptz;
    present_owner bigint;
BEGIN
    IF TG_TABLE_NAME = 'desk_ticket' THEN
        about := NEW.id;
    ELSE
        about := NEW.ticket_id;
    END IF;
    SELECT received_at, owner_id INTO ticket FROM desk_ticket WHERE id = about;
    SELECT starts INTO first_starts FROM desk_ownership
        WHERE ticket_id = about AND previous_end IS NULL;
    SELECT person_id INTO present_owner FROM desk_ownership
        WHERE ticket_id = about AND ends = '9999-12-31 00:00:00+00';
    IF first_starts IS DISTINCT FROM ticket.received_at THEN
        RAISE EXCEPTION 'ticket %: ownership begins at %, not at the minute of receipt %',
            about, first_starts, ticket.received_at USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF present_owner IS NULL OR present_owner <> ticket.owner_id THEN
        RAISE EXCEPTION 'ticket %: nobody answers for it, or it names somebody else', about
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ticket_has_owner AFTER INSERT OR UPDATE ON desk_ownership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION desk_ticket_has_owner();
CREATE CONSTRAINT TRIGGER ticket_has_owner
    AFTER INSERT OR UPDATE OF owner_id, received_at, state ON desk_ticket
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION desk_ticket_has_owner();

REVOKE DELETE, TRUNCATE ON desk_ownership FROM opale_app;
"""

UNDO = """
DROP TRIGGER ticket_has_owner ON desk_ticket;
DROP TRIGGER ticket_has_owner ON desk_ownership;
DROP FUNCTION desk_ticket_has_owner();
DROP TRIGGER ownership_is_permanent ON desk_ownership;
DROP FUNCTION desk_ownership_is_permanent();
ALTER TABLE desk_ownership DROP CONSTRAINT owner_has_predecessor;
GRANT DELETE ON desk_ownership TO opale_app;
"""


class Migration(migrations.Migration):
    """The database holds the chain of ownership, whoever writes. docs/rules/ownership.md."""

    dependencies = [("desk", "0001_initial")]

    operations = [migrations.RunSQL(sql=CHAIN, reverse_sql=UNDO)]
