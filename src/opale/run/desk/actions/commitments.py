"""Commitments: the stored answers of the clocks, rebuilt from the record after each change.

Source: docs/rules/clocks.md, "What is stored".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import update_rows
from opale.kernel.context_vars import override_var
from opale.kernel.facts import announce_all
from opale.run.desk.actions.ticket_locks import notify_readers
from opale.run.desk.domain import clocks
from opale.run.desk.facts import CommitmentBreached
from opale.run.desk.models import FOREVER, Commitment, DeskQuerySet, Ticket
from opale.run.desk.queries.clocks import Reading, first_reading, readings

BATCH = 500
STORED_COLUMNS = (
    "customer_id",
    "target",
    "coverage",
    "starts_at",
    "due_at",
    "met_at",
    "breached_at",
)
CLOCKS = system("clocks")

_later: ContextVar[set[int] | None] = ContextVar("later", default=None)
"""The tickets to recompute at the end of a `deferred_refresh` block."""


def refresh_commitments(ticket: Ticket, *, at: datetime | None = None) -> None:
    """Recompute what was promised on a ticket and when it is due, with its running work.

    For a locked ticket; every action that changes its record ends with this.
    """
    refresh_all([ticket], at=at)


def refresh_all(
    tickets: Sequence[Ticket],
    *,
    at: datetime | None = None,
) -> None:
    """Recompute the commitments of many tickets, with as many queries as for one."""
    if (later := _later.get()) is not None:
        later.update(ticket.pk for ticket in tickets)
    elif tickets:
        _store(readings(tickets), at or clock.now())


@contextmanager
def deferred_refresh() -> Iterator[None]:
    """Recompute the tickets of all actions in the block once, at its end: for a transaction that
    records hours of work and reads no due time before its end."""
    keys: set[int] = set()
    with override_var(_later, keys):
        yield
    refresh_all(list(Ticket.objects.filter(pk__in=keys).order_by("pk")))


def first_commitments(ticket: Ticket) -> list[Commitment]:
    """Return the commitments of an unsaved ticket, and set its nearest due time."""
    kept = CommitmentChanges(clock.now())
    kept.compare(first_reading(ticket), [])
    return kept.made


def announce_early_breaches(commitments: Iterable[Commitment]) -> None:
    """Announce promises broken before the ticket was recorded, as it was received earlier."""
    _announce_breaches([row for row in commitments if row.breached_at and row.met_at is None])


def rebuild_commitments(
    tickets: DeskQuerySet[Ticket],
    *,
    by: Actor = CLOCKS,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Recompute the commitments of many tickets from the record, in batches of one transaction.

    Safe at any time and repeatable: a breach once seen stays. Returns how many were done.
    """
    done, last = 0, 0
    while True:
        with attributed(by):
            rows = tickets.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))
            held = list(rows[:BATCH])
            if not held:
                return done
            _store(readings(held), clock.now())
        done, last = done + len(held), held[-1].pk
        progress(done)


def mark_breaches() -> int:
    """Mark and announce the promises whose time has run out; run every 20 seconds."""
    with attributed(CLOCKS):
        broken = list(
            Commitment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(met_at=None, breached_at=None, due_at__lt=clock.now())
            .select_related("ticket")
            .order_by("due_at")[:BATCH]
        )
        for commitment in broken:
            commitment.breached_at = commitment.due_at
        Commitment.objects.bulk_update(broken, ["breached_at"])
        _announce_breaches(broken)
        for ticket in {row.ticket_id: row.ticket for row in broken}.values():
            notify_readers(ticket)
    return len(broken)


@dataclass(slots=True)
class CommitmentChanges:
    """Differences between the clocks and the stored commitments."""

    moment: datetime
    made: list[Commitment] = field(default_factory=list)
    changed: list[Commitment] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    broken: list[Commitment] = field(default_factory=list)
    nearest: list[Ticket] = field(default_factory=list)

    def compare(self, reading: Reading, stored: Sequence[Commitment]) -> None:
        """Collect the commitments of a ticket to create, change or delete."""
        left, rows = list(stored), []
        for assignment_id, running in _wanted(reading, self.moment):
            before = _take(left, assignment_id, running)
            rows.append(self._keep(reading.ticket, assignment_id, running, before))
        for row in left:
            if row.breached_at is None:
                self.gone.append(row.pk)
            elif row.met_at is None:
                # Breached and no longer owed: it stays in the record, but stops running.
                row.met_at = self.moment
                self.changed.append(row)
        due = min((r.due_at for r in rows if r.met_at is None and r.due_at), default=FOREVER)
        if due != reading.ticket.next_due_at:
            reading.ticket.next_due_at = due
            self.nearest.append(reading.ticket)

    def write(self) -> None:
        if self.gone:
            Commitment.objects.filter(pk__in=self.gone).delete()
        # A breached update is ended before the next one begins.
        if self.changed:
            update_rows(self.changed, [*_columns(), "computed_at"])
        if self.made:
            Commitment.objects.bulk_create(self.made)
        if self.nearest:
            update_rows(self.nearest, ["next_due_at"])
        _announce_breaches([row for row in self.broken if row.met_at is None])

    def _keep(
        self,
        ticket: Ticket,
        assignment_id: int | None,
        running: clocks.Clock,
        before: Commitment | None,
    ) -> Commitment:
        latched = before.breached_at if before else None
        wanted = {
            "customer_id": ticket.customer_id,
            "target": running.promise.target,
            "coverage": running.promise.coverage,
            "starts_at": running.starts_at,
            "due_at": running.due_at,
            "met_at": running.met_at,
            "breached_at": latched or running.breached_at(self.moment),
        }
        row = before or Commitment(
            ticket=ticket, assignment_id=assignment_id, measure=running.promise.measure
        )
        same = before is not None and all(
            getattr(row, name) == wanted[name] for name in STORED_COLUMNS
        )
        if not same:
            for name, value in wanted.items():
                setattr(row, name, value)
            row.computed_at = self.moment
            (self.changed if before else self.made).append(row)
            if row.breached_at and not latched:
                self.broken.append(row)
        return row


def _store(found: Sequence[Reading], moment: datetime) -> None:
    stored: dict[int, list[Commitment]] = defaultdict(list)
    rows = Commitment.objects.filter(ticket__in=[reading.ticket.pk for reading in found])
    for row in rows.order_by("starts_at", "id"):
        stored[row.ticket_id].append(row)
    kept = CommitmentChanges(moment)
    for reading in found:
        kept.compare(reading, stored[reading.ticket.pk])
    kept.write()


def _wanted(reading: Reading, moment: datetime) -> Iterator[tuple[int | None, clocks.Clock]]:
    """Yield the clocks to store: of past periods of updates, only the breached ones."""
    present = None
    for measure, running in reading.clocks().items():
        if measure == "update":
            present = running
        yield None, running
    for period in clocks.update_periods(reading.record):
        if present is not None and period.starts_at == present.starts_at:
            continue
        if period.breached_at(moment) is not None:
            yield None, period
    for assignment_id, work in reading.works.items():
        for running in clocks.assignment_clocks(work).values():
            yield assignment_id, running


def _take(
    stored: list[Commitment], assignment_id: int | None, running: clocks.Clock
) -> Commitment | None:
    """Take the stored row of a clock out of the list; for an update, that of its period, or an
    unbroken one that can be reused."""
    measure = running.promise.measure
    rows = [r for r in stored if r.assignment_id == assignment_id and r.measure == measure]
    if measure == "update":
        rows = [row for row in rows if row.starts_at == running.starts_at] or [
            row for row in rows if row.breached_at is None
        ]
    if not rows:
        return None
    stored.remove(rows[0])
    return rows[0]


def _columns() -> Iterable[str]:
    return (name.removesuffix("_id") for name in STORED_COLUMNS)


def _announce_breaches(broken: Sequence[Commitment]) -> None:
    facts = [
        CommitmentBreached(ticket_id=row.ticket_id, measure=row.measure, due_at=row.breached_at)
        for row in broken
        if row.breached_at is not None
    ]
    if facts:
        announce_all(facts, by=CLOCKS)
