"""Daily partitions of events: created ahead, dropped whole when they are old."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from opale.kernel.clock import now
from opale.run.events.actions.change_notices import delete_old_change_notices
from opale.run.events.models import Integration, IntegrationHour, UnreadableDelivery

PARTITIONS_AHEAD: Final = 7
UNREADABLE_KEPT: Final = timedelta(days=30)
UNREADABLE_COUNT: Final = 1_000
HOURS_KEPT: Final = timedelta(days=15)
LOCK_WAIT: Final = timedelta(seconds=1)


def create_partition(day: date) -> None:
    create_partitions(day, 1)


def create_partitions(first: date, count: int) -> None:
    """Create so many daily partitions in one round trip; those that exist stay as they are."""
    days = [first + timedelta(days=ahead) for ahead in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_open_day(day) FROM unnest(%s::date[]) AS day", [days])


def create_partitions_ahead() -> None:
    """Create the partitions of today and the next days, so that ingestion finds them.

    Errors: OperationalError, when something long reads events (a backup).
    """
    with _short_lock_wait():
        create_partitions(now().date(), PARTITIONS_AHEAD + 1)


def drop_old_partitions() -> list[str]:
    """Drop the partitions beyond retention; return the names of their tables.

    Errors: OperationalError, when something long reads events (a backup).
    """
    first = now().date() - timedelta(days=settings.EVENTS_KEPT_DAYS)
    with _short_lock_wait(), connection.cursor() as cursor:
        cursor.execute("SELECT events_drop_days_before(%s)", [first])
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def _short_lock_wait() -> Iterator[None]:
    """Run the block in a transaction that gives up when it must wait for a lock.

    Whoever waits to change a table of events stops all that want to write events after it: they
    would wait for as long as a backup reads.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            milliseconds = LOCK_WAIT // timedelta(milliseconds=1)
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
        yield


def delete_old_unreadable() -> int:
    """Delete old unreadable deliveries, and of each integration all but the newest ones."""
    count, _ = UnreadableDelivery.objects.filter(received_at__lt=now() - UNREADABLE_KEPT).delete()
    for integration in Integration.objects.all():
        kept = integration.unreadable.order_by("-id").values_list("pk", flat=True)
        oldest = list(kept[UNREADABLE_COUNT : UNREADABLE_COUNT + 1])
        if oldest:
            dropped, _ = integration.unreadable.filter(pk__lte=oldest[0]).delete()
            count += dropped
    return count


def delete_old_usage() -> int:
    count, _ = IntegrationHour.objects.filter(hour__lt=now() - HOURS_KEPT).delete()
    return count


def delete_expired() -> None:
    """Delete each night whatever is beyond its retention."""
    delete_old_usage()
    drop_old_partitions()
    delete_old_unreadable()
    delete_old_change_notices()
