"""Cache of reference data: what nearly every request reads and rarely changes, kept by the process
until it changes.

Logins, contract terms, the on-call schedule: read once and used for thousands of tickets. A watched
table leaves a mark in the transaction that changes it, so a process sees with its next question
what another one has committed, and its own changes at once; a mark is never the same twice, so what
a rolled back transaction saw is never used.
Source: docs/decisions/0008-reference-data-remembered.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.db.migrations.operations import RunSQL

from opale.kernel import clock
from opale.kernel.context_vars import override_var
from opale.kernel.isolation import is_customer_request
from opale.kernel.models import ReferenceChange
from opale.kernel.prepared_statements import fetch_rows

P = ParamSpec("P")
T = TypeVar("T")

KEPT_FOR = timedelta(hours=1)
REVISION = "SELECT coalesce(bit_xor(mark), 0) FROM kernel_referencechange"

_steady: ContextVar[int | None] = ContextVar("steady", default=None)


def cached(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Cache the results of a reading function, up to `size` of them.

    The function reads watched tables alone, its arguments are keys and dates, and its results are
    never modified. A customer's request bypasses the cache: it sees other rows.
    """

    def remember(read: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=size)
        def kept(_revision: int, *args: P.args, **kwargs: P.kwargs) -> T:
            return read(*args, **kwargs)

        @wraps(read)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            if is_customer_request():
                return read(*args, **kwargs)
            return kept(revision(), *args, **kwargs)  # type: ignore[arg-type]  # keys and dates

        return answer

    return remember


@contextmanager
def pinned(known: int | None = None) -> Iterator[None]:
    """Check for changes of reference data once for the block, which makes none itself; not at all
    where the revision is `known`, from a moment ago and before any change of one's own.
    """
    if _steady.get() is not None or is_customer_request():
        yield
        return
    with override_var(_steady, _revision() if known is None else known):
        yield


def revision() -> int:
    """Return a number that differs whenever a watched table has changed."""
    held = _steady.get()
    return _revision() if held is None else held


def delete_expired() -> int:
    """Delete marks that nothing is compared with any more; cached values are then read again."""
    count, _ = ReferenceChange.objects.filter(made_at__lt=clock.now() - KEPT_FOR).delete()
    return count


def watch(table: str, *columns: str) -> RunSQL:
    """Return the migration operation by which a change of `table` changes the revision.

    With `columns`, an update of other columns (such as the time of the last visit) does not.
    """
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    return RunSQL(
        sql=f"""
        CREATE TRIGGER reference_changed
            AFTER INSERT OR {update} OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_reference_changed();
        """,
        reverse_sql=f"DROP TRIGGER reference_changed ON {table}",
    )


def _revision() -> int:
    ((mark,),) = fetch_rows(REVISION)
    return int(mark)
