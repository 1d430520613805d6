"""The words of alerts, read into `AlertWords` after the alerts were written.

Source: docs/decisions/0024-the-words-of-alerts-beside-them.md.
"""

from typing import Final

from django.db import connection, transaction

from opale.run.events.queries.words import SAID

AT_ONCE: Final = 25
"""So many rows of `UnreadWords` are read in one transaction: up to 5,000 alerts."""
TURN: Final = "SELECT pg_try_advisory_xact_lock(hashtext('events_read_words'))"
READ: Final = f"""
    WITH taken AS (
        DELETE FROM events_unreadwords WHERE id IN (
            SELECT id FROM events_unreadwords ORDER BY id LIMIT %s
        )
        RETURNING alert_ids
    )
    INSERT INTO events_alertwords AS kept (alert_id, said)
    SELECT id, {SAID} FROM events_alert WHERE id = ANY (ARRAY(SELECT unnest(alert_ids) FROM taken))
    ON CONFLICT (alert_id) DO UPDATE SET said = excluded.said WHERE kept.said <> excluded.said
"""  # noqa: S608  # made of constants
"""One statement: what it takes away is what it reads, and whoever searches sees both or neither."""
LEFT: Final = "SELECT coalesce(sum(cardinality(alert_ids)), 0) FROM events_unreadwords"


def read_words(*, leave: int = 0) -> None:
    """Read the words of what was written until no more than so many alerts are left.

    One at a time reads, so that nobody writes down what somebody has read anew: where another
    does already, this one does nothing.
    """
    while _left() > leave and _read_some():
        pass


def _left() -> int:
    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        return int(cursor.fetchone()[0])


def _read_some() -> bool:
    """Whether it was this one's turn."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TURN)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(READ, [AT_ONCE])
    return True
