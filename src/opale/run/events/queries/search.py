"""What a search finds among alerts: each of its words, wherever it stands.

The words of alerts lie beside them in `AlertWords`, where an index finds them. What was written
since they were read last is looked through itself: whoever searches finds what is committed.
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
"""What a search looks through of an alert, as `AlertWords` keeps it."""
SELECT_INDEXED: Final = "SELECT alert_id FROM events_alertwords WHERE {kept}"
SELECT_UNINDEXED: Final = "SELECT unnest(alert_ids) FROM events_unreadwords"
# The array keeps PostgreSQL from reading all alerts where it believes that many are unread.
SELECT_INDEXED_AND_NOT: Final = f"""
    {SELECT_INDEXED} AND alert_id NOT IN ({SELECT_UNINDEXED})
    UNION ALL
    SELECT id FROM events_alert
    WHERE id = ANY (ARRAY({SELECT_UNINDEXED})) AND {{within}} AND {{unread}}
"""  # noqa: S608  # made of constants


def alerts_matching(
    rows: AlertsQuerySet[Alert], text: str, *, gathered: Severity | None = None
) -> AlertsQuerySet[Alert]:
    """Those with each word in the title, the identity, a label or the beginning of the text.

    `gathered` where many are known to match, and all the rows are of that severity: to be read
    `joined_by_hash`.
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
        # PostgreSQL knows better how many it will find, and has better ways for frequent words.
        found, values = SELECT_INDEXED.format(kept=kept), (*patterns,)
    return rows.filter(pk__in=RawSQL(found, values))  # noqa: S611  # made of constants


@contextmanager
def prefer_hash_join() -> Iterator[None]:
    """What is read in it finds many rows by a word, once, and then those among many others.

    Under row security PostgreSQL takes it that one in 120 alerts says a word, and would look each
    of them up by itself, or go through all that were found for each.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def indexed_alerts_matching(
    rows: AlertsQuerySet[Alert], words: Sequence[str]
) -> AlertsQuerySet[Alert]:
    """Those that said each word when their words were last read: enough to tell many from few."""
    found = SELECT_INDEXED.format(kept=_each("said", words))
    return rows.filter(pk__in=RawSQL(found, (*_patterns(words),)))  # noqa: S611  # made of constants


def has_unindexed_alerts() -> bool:
    return UnreadWords.objects.exists()


def few_alerts_matching(
    rows: AlertsQuerySet[Alert], words: Collection[str]
) -> AlertsQuerySet[Alert]:
    """As `matching`, of few rows: each is looked at, and the index of words is not asked."""
    for n, word in enumerate(words):
        rows = rows.alias(**{f"at_{n}": StrIndex(_said(), Value(word))}).filter(
            **{f"at_{n}__gt": 0}
        )
    return rows


def search_words(text: str) -> list[str]:
    """What a search asks for: each of these words, wherever it stands."""
    return text.replace("\x00", "").lower().split()


def _each(said: str, words: Sequence[Any]) -> str:
    return " AND ".join([f"{said} LIKE %s"] * len(words))


def _patterns(words: Sequence[str]) -> list[str]:
    return [f"%{connection.ops.prep_for_like_query(word)}%" for word in words]


def _said() -> RawSQL:
    return RawSQL(SEARCHED_TEXT, (), output_field=models.TextField())  # noqa: S611  # no user's text in it
