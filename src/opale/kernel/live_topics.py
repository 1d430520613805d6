"""Live topics: which topics changed, recorded in the transaction that changed them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import ClassVar, Final

from django.db import connection, transaction

from opale.kernel import clock
from opale.kernel.array_literals import text_array
from opale.kernel.context_vars import override_var
from opale.kernel.models import Change
from opale.kernel.prepared_statements import prepared_cursor, typed
from opale.kernel.whole_numbers import parse_number

CHANNEL = "opale_changes"
KEPT_FOR = timedelta(hours=24)
PUBLISH: Final = (
    "INSERT INTO kernel_change (topic, customer_id) SELECT unnest(%s::text[]), %s::bigint"
)
NOTIFY_EVERY_SECONDS: Final = 0.05
"""Time after a wake-up within which a reader is sure to read once more, by itself."""

_gathered: ContextVar[dict[int | None, dict[str, None]] | None] = ContextVar(
    "gathered", default=None
)
"""Topics touched in this block, by customer, which are published at its end."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Place in the stream of changes, up to which everything has been seen."""

    transaction: int
    id: int

    def __str__(self) -> str:
        return f"{self.transaction}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        head, _, tail = text.partition("-")
        first, last = parse_number(head), parse_number(tail)
        return None if first is None or last is None else cls(first, last)


def publish(*topics: str, customer_id: int | None = None) -> None:
    """Publish that these topics changed. Listeners are woken once, when the transaction commits.

    A topic is `<model label>:<id>` (`desk.ticket:12`), or a list that has no row of its own
    (`desk.queue`). With `customer_id`, the customer's contacts may receive it too.
    """
    if not topics:
        return
    if (held := _gathered.get()) is not None:
        held.setdefault(customer_id, {}).update(dict.fromkeys(topics))
        return
    with prepared_cursor() as cursor:
        # One array for all topics: a batch of events touches a thousand.
        cursor.execute(PUBLISH, typed([text_array(dict.fromkeys(topics)), customer_id]))
    _wake_readers()


class LastNotification:
    """Moment at which this process last woke the readers, by the clock of the machine."""

    at: ClassVar[float] = -NOTIFY_EVERY_SECONDS


def touch_all(topics: Mapping[int | None, Iterable[str]]) -> None:
    """Publish topics of several customers (None for internal ones) in one statement."""
    if (held := _gathered.get()) is not None:
        for customer_id, names in topics.items():
            held.setdefault(customer_id, {}).update(dict.fromkeys(names))
        return
    rows = [
        Change(topic=name, customer_id=customer_id)
        for customer_id, names in topics.items()
        for name in dict.fromkeys(names)
    ]
    if rows:
        Change.objects.bulk_create(rows)
        _wake_readers()


def _wake_readers() -> None:
    """Notify the readers to look at the table as soon as this transaction has committed.

    By a notification after the commit: commits that notify wait for each other until the disk has
    them, and none shares its write with another. A lost notification only delays the reader.
    """
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    now = monotonic()
    if now - LastNotification.at < NOTIFY_EVERY_SECONDS:
        return
    LastNotification.at = now
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


@contextmanager
def publish_once() -> Iterator[None]:
    """Publish at the end of the block, each topic once, what is touched within it: for a
    transaction of many actions, which wakes its readers at the commit anyway. A failed block
    publishes nothing.
    """
    if _gathered.get() is not None:
        yield
        return
    held: dict[int | None, dict[str, None]] = {}
    with override_var(_gathered, held):
        yield
    touch_all(held)


_HORIZON = """
    SELECT coalesce(
        min(running::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    )
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE NOT EXISTS (
        SELECT FROM pg_stat_activity AS session
        WHERE session.backend_xid::text::bigint = running::text::bigint & 4294967295
          AND session.datname <> current_database()
    )
"""
"""Oldest transaction that may still commit changes with an early number.

The whole server shares the numbers: without the check of each session's database, a long
transaction in another database would hold back every reader of this one. What ended since the
snapshot is no session's any more, and so counts as running until the next reading.
"""

SINCE = f"""
    SELECT transaction, id, topic, customer_id FROM kernel_change
    WHERE (transaction, id) > (%s, %s) AND transaction < ({_HORIZON})
    ORDER BY transaction, id LIMIT %s
"""  # noqa: S608  # written above
"""Shared with the asynchronous reader of the live stream: parameters are a cursor and a limit."""

HEAD = f"SELECT ({_HORIZON}) - 1"
"""The newest transaction that a reader may count as seen."""


def since(cursor: Cursor, limit: int = 1000) -> list[tuple[Cursor, str, int | None]]:
    with connection.cursor() as c:
        c.execute(SINCE, [cursor.transaction, cursor.id, limit])
        return [(Cursor(row[0], row[1]), row[2], row[3]) for row in c.fetchall()]


def delete_expired() -> int:
    """Delete changes that no reader may still ask for; a reader with an older cursor starts afresh.

    The newest of the dropped changes stays without its topic: it marks how far deletion went.
    """
    old = Change.objects.filter(made_at__lt=clock.now() - KEPT_FOR)
    mark = old.order_by("-transaction", "-id").values_list("pk", flat=True).first()
    if mark is None:
        return 0
    Change.objects.filter(pk=mark).update(topic="")
    count, _ = old.exclude(pk=mark).delete()
    return count


def topics_of(changes: Iterable[tuple[Cursor, str, int | None]]) -> list[str]:
    return list(dict.fromkeys(topic for _, topic, _ in changes))
