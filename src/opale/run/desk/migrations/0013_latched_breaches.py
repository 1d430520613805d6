from django.db import migrations, models

LATCH = """
CREATE FUNCTION desk_commitment_is_latched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.breached_at IS NOT NULL
        AND (TG_OP = 'DELETE' OR NEW.breached_at IS DISTINCT FROM OLD.breached_at)
    THEN
        RAISE EXCEPTION 'a promise that was broken stays broken: commitment %', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER commitment_is_latched BEFORE UPDATE OF breached_at OR DELETE ON desk_commitment
    FOR EACH ROW EXECUTE FUNCTION desk_commitment_is_latched();
"""
UNLATCH = """
DROP TRIGGER commitment_is_latched ON desk_commitment;
DROP FUNCTION desk_commitment_is_latched();
"""


class Migration(migrations.Migration):
    """A broken promise stays in the record; each period of updates has a row of its own."""

    dependencies = [("desk", "0012_next_due_of_before")]

    operations = [
        migrations.RemoveConstraint(model_name="commitment", name="commitment_once"),
        migrations.AlterField(
            model_name="commitment",
            name="coverage",
            field=models.CharField(
                choices=[
                    ("customer_hours", "Business hours of the customer"),
                    ("always", "24/7"),
                    ("own_hours", "Hours of those who work"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("assignment", None), models.Q(("measure", "update"), _negated=True)
                ),
                fields=("ticket", "measure"),
                name="commitment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("measure", "update"), ("met_at", None)),
                fields=("ticket",),
                name="one_next_update",
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("measure", "update")),
                fields=("ticket", "starts_at"),
                name="update_period_once",
            ),
        ),
        migrations.RunSQL(sql=LATCH, reverse_sql=UNLATCH),
    ]
