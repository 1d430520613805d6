from django.db import migrations

GUARD = """
-- One level of children: a child has no children, so a circle cannot be. The two tickets are held
-- first, since two links made at the same moment would not see each other.
CREATE FUNCTION desk_child_has_no_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM desk_ticket WHERE id IN (NEW.ticket_id, NEW.other_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM desk_ticketlink
               WHERE kind = 'child_of' AND id <> NEW.id
                 AND (ticket_id = NEW.other_id OR other_id = NEW.ticket_id)) THEN
        RAISE EXCEPTION 'ticket %: a child of a ticket has no children, and a parent no parent',
            NEW.ticket_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER child_has_no_children BEFORE INSERT OR UPDATE ON desk_ticketlink
    FOR EACH ROW WHEN (NEW.kind = 'child_of') EXECUTE FUNCTION desk_child_has_no_children();
"""

UNDO = """
DROP TRIGGER child_has_no_children ON desk_ticketlink;
DROP FUNCTION desk_child_has_no_children();
"""


class Migration(migrations.Migration):
    """The database holds that parents and children are of one level."""

    dependencies = [("desk", "0006_core_isolation")]

    operations = [migrations.RunSQL(sql=GUARD, reverse_sql=UNDO)]
