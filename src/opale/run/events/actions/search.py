"""The search index of alerts: `AlertWords`, updated after the alerts were written.

Source: docs/decisions/0024-the-words-of-alerts-beside-them.md.
"""

import time
from typing import Final

from django.db import connection, transaction

from opale.run.events.queries.search import SEARCHED_TEXT

AT_ONCE: Final = 25
"""Rows of `UnreadWords` indexed in one transaction: up to 5,000 alerts."""
MANY: Final = 10_000
REST_SECONDS: Final = 0.5
"""While more than `MANY` are left, reading rests as long as it worked, if not longer than this."""
SECONDS: Final = 4.0
"""The longest run, so that a stopping process need not wait longer; the next run goes on."""
STORM: Final = 1_000
"""More alerts in five seconds are a storm: to index their words costs as much as to write them."""
BACKLOG_LIMIT: Final = 1_000_000
"""The most alerts that wait for the end of a storm: a search reads them directly, 100,000 in an
eighth of a second."""
TAKE_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('events_read_words'))"
UPDATE_INDEX: Final = f"""
    WITH taken AS (
        DELETE FROM events_unreadwords WHERE id IN (
            SELECT id FROM events_unreadwords ORDER BY id LIMIT %s
        )
        RETURNING alert_ids
    )
    INSERT INTO events_alertwords AS kept (alert_id, said)
    SELECT id, {SEARCHED_TEXT} FROM events_alert
    WHERE id = ANY (ARRAY(SELECT unnest(alert_ids) FROM taken))
    ON CONFLICT (alert_id) DO UPDATE SET said = excluded.said WHERE kept.said <> excluded.said
"""  # noqa: S608  # made of constants
"""One statement: it indexes the rows that it deletes, and a search sees both or neither."""
COUNT_UNREAD: Final = """
    SELECT coalesce(sum(cardinality(alert_ids)), 0), coalesce(sum(cardinality(alert_ids))
        FILTER (WHERE added_at > statement_timestamp() - interval '5 seconds'), 0)
    FROM events_unreadwords
"""


def update_search_index() -> bool:
    """Index the alerts that were written; during a storm, only those beyond BACKLOG_LIMIT.

    Only one process indexes at a time, so that none overwrites what another has read anew: where
    another does already, this one does nothing. Return whether all are indexed.
    """
    until = time.monotonic() + SECONDS
    while True:
        left, lately = _left()
        began = time.monotonic()
        if left <= (BACKLOG_LIMIT if lately > STORM else 0) or began > until or not _read_some():
            return not left
        if left > MANY:
            # Pages are requested meanwhile: what is left of a storm gets half of a core.
            time.sleep(min(time.monotonic() - began, REST_SECONDS))


def _left() -> tuple[int, int]:
    """Return how many alerts are not indexed, and how many of them arrived just now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UNREAD)
        left, lately = cursor.fetchone()
        return int(left), int(lately)


def _read_some() -> bool:
    """Index some alerts; return whether it was this process's turn."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_LOCK)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(UPDATE_INDEX, [AT_ONCE])
    return True
