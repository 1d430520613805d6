from django.db import migrations

LATCH = """
CREATE OR REPLACE FUNCTION desk_commitment_is_latched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.breached_at IS NOT NULL
        AND (TG_OP = 'DELETE' OR NEW.breached_at IS DISTINCT FROM OLD.breached_at)
        -- What a merge alone broke was never broken once the merge is undone.
        AND current_setting('opale.undone_merge', true) IS DISTINCT FROM OLD.ticket_id::text
    THEN
        RAISE EXCEPTION 'a promise that was broken stays broken: commitment %', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION desk_commitment_is_latched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.breached_at IS NOT NULL
        AND (TG_OP = 'DELETE' OR NEW.breached_at IS DISTINCT FROM OLD.breached_at)
    THEN
        RAISE EXCEPTION 'a promise that was broken stays broken: commitment %', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    """The undoing of a merge takes back what the merge alone did to the promises."""

    dependencies = [("desk", "0014_words")]

    operations = [migrations.RunSQL(sql=LATCH, reverse_sql=AS_BEFORE)]
