from django.db import migrations

FILL = """
UPDATE desk_ticket SET next_due_at = nearest.due_at
FROM (
    SELECT ticket_id, min(due_at) AS due_at FROM desk_commitment
    WHERE met_at IS NULL AND due_at IS NOT NULL
    GROUP BY ticket_id
) AS nearest
WHERE desk_ticket.id = nearest.ticket_id
  AND desk_ticket.state IN ('new', 'in_progress', 'pending', 'held');
"""


class Migration(migrations.Migration):
    """The nearest due time of the tickets that were open before the queue was ordered by it."""

    dependencies = [("desk", "0011_next_due")]

    operations = [migrations.RunSQL(sql=FILL, reverse_sql=migrations.RunSQL.noop)]
