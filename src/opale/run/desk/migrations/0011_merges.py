from django.db import migrations

GUARD = """
-- A merged ticket and the one that goes on are of one customer, and following merges comes to an
-- end. The other one is held first, as two merges of the same moment would not see each other.
CREATE FUNCTION desk_merge_is_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    along bigint := NEW.merged_into_id;
    theirs bigint;
BEGIN
    SELECT customer_id INTO theirs FROM desk_ticket WHERE id = NEW.merged_into_id FOR UPDATE;
    IF NEW.customer_id IS DISTINCT FROM theirs THEN
        RAISE EXCEPTION 'ticket %: merged into a ticket of another customer', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    WHILE along IS NOT NULL LOOP
        IF along = NEW.id THEN
            RAISE EXCEPTION 'ticket %: merged in a circle', NEW.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        SELECT merged_into_id INTO along FROM desk_ticket WHERE id = along;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER merge_is_sound BEFORE UPDATE OF merged_into_id ON desk_ticket
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION desk_merge_is_sound();
"""

UNDO = """
DROP TRIGGER merge_is_sound ON desk_ticket;
DROP FUNCTION desk_merge_is_sound();
"""


class Migration(migrations.Migration):
    """The database holds that merges stay with one customer and lead somewhere."""

    dependencies = [("desk", "0010_answers_and_work")]

    operations = [migrations.RunSQL(sql=GUARD, reverse_sql=UNDO)]
