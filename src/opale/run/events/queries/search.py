"""Search among alerts: each of the searched words, wherever it stands in an alert.

The words of alerts are kept in `AlertWords`, where an index finds them. Alerts written since the
last update of that are searched directly, so a search finds all that is committed.
Source: docs/decisions/0024-the-words-of-alerts-beside-them.md.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from opale.run.events.models import Alert, AlertsQuerySet, UnreadWords
from opale.run.events.states import Severity

SEARCHED_TEXT: Final = (
    "lower(events_alert.title || ' ' || events_alert.identity || ' ' ||"
    " events_alert.labels::text || ' ' || left(events_alert.text, 500))"
)
"""The text of an alert that a search reads, as `AlertWords` keeps it."""
SELECT_INDEXED: Final = "SELECT alert_id FROM events_alertwords WHERE {kept}"
SELECT_UNINDEXED: Final = "SELECT unnest(alert_ids) FROM events_unreadwords"
# The array keeps PostgreSQL from reading all alerts where it believes that many are unindexed.
SELECT_INDEXED_AND_NOT: Final = f"""
    {SELECT_INDEXED} AND alert_id NOT IN ({SELECT_UNINDEXED})
    UNION ALL
    SELECT id FROM events_alert
    WHERE id = ANY (ARRAY({SELECT_UNINDEXED})) AND {{within}} AND {{unread}}
"""  # noqa: S608  # made of constants


def alerts_matching(
    rows: AlertsQuerySet[Alert], text: str, *, gathered: Severity | None = None
) -> AlertsQuerySet[Alert]:
    """Return those with each word in the title, the identity, a label or the start of the text.

    `gathered` where many are known to match, and all the rows are of that severity: to be read
    under `prefer_hash_join`.
    """
    words = search_words(text)
    if not words:
        return rows
    patterns = _patterns(words)
    kept, unread = _each("said", words), _each(SEARCHED_TEXT, words)
    if has_unindexed_alerts():
        within = "TRUE" if gathered is None else f"severity = {gathered:d}"
        found = SELECT_INDEXED_AND_NOT.format(kept=kept, within=within, unread=unread)
        values = (*patterns, *patterns)
    else:
        # PostgreSQL estimates this better, and has better plans for frequent words.
        found, values = SELECT_INDEXED.format(kept=kept), (*patterns,)
    return rows.filter(pk__in=RawSQL(found, values))  # noqa: S611  # made of constants


@contextmanager
def prefer_hash_join() -> Iterator[None]:
    """Have PostgreSQL join by hash: for a query that finds many rows by a word among many others.

    Under row security PostgreSQL assumes that one in 120 alerts has a word, and would look each
    of them up by itself, or go through all that were found for each.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def indexed_alerts_matching(
    rows: AlertsQuerySet[Alert], words: Sequence[str]
) -> AlertsQuerySet[Alert]:
    """Return those that had each word when last indexed: enough to tell many from few."""
    found = SELECT_INDEXED.format(kept=_each("said", words))
    return rows.filter(pk__in=RawSQL(found, (*_patterns(words),)))  # noqa: S611  # made of constants


def has_unindexed_alerts() -> bool:
    return UnreadWords.objects.exists()


def few_alerts_matching(
    rows: AlertsQuerySet[Alert], words: Collection[str]
) -> AlertsQuerySet[Alert]:
    """Return what `alerts_matching` does, for few rows: each is read, without the index."""
    for n, word in enumerate(words):
        rows = rows.alias(**{f"at_{n}": StrIndex(_said(), Value(word))}).filter(
            **{f"at_{n}__gt": 0}
        )
    return rows


def search_words(text: str) -> list[str]:
    """Return the words of a search, each of which has to be found somewhere."""
    return text.replace("\x00", "").lower().split()


def _each(said: str, words: Sequence[Any]) -> str:
    return " AND ".join([f"{said} LIKE %s"] * len(words))


def _patterns(words: Sequence[str]) -> list[str]:
    return [f"%{connection.ops.prep_for_like_query(word)}%" for word in words]


def _said() -> RawSQL:
    return RawSQL(SEARCHED_TEXT, (), output_field=models.TextField())  # noqa: S611  # no user's text in it
