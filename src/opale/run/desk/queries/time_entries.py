"""Time spent: on a ticket, and against the hours that contracts include."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from opale.customers.models import Contract, ContractedHours
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions
from opale.run.desk.models import Ticket, TimeEntry

HOUR = timedelta(hours=1)
HISTORY_FIELDS = ("starts", "ends", "note")
"""The fields of an entry that its history shows; its contract follows from them."""


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The time spent on a ticket, with the asker's own timer if it runs here.

    People are named only where figures per agent are switched on; one's own entries always are.
    """

    total: timedelta
    entries: list[TimeEntry]
    running: TimeEntry | None
    names_shown: bool


@dataclass(frozen=True, slots=True)
class ContractHours:
    """The hours that a contract includes during a period, and those used."""

    contract: Contract
    included: Decimal
    used: timedelta
    starts: date
    ends: date | None

    @property
    def used_hours(self) -> Decimal:
        return Decimal(self.used / HOUR).quantize(Decimal("0.01"))

    @property
    def left_hours(self) -> Decimal:
        return self.included - self.used_hours


def time_spent(ticket: Ticket, *, seen_by: Actor) -> TimeSpent:
    """Return the ended entries, the newest first."""
    rows = TimeEntry.objects.filter(ticket=ticket)
    ended = list(rows.exclude(ends=None).select_related("person", "contract").order_by("-starts"))
    running = rows.filter(ends=None, person=seen_by.person_id).first()
    total = sum((e.ends - e.starts for e in ended if e.ends), timedelta())
    return TimeSpent(total, ended, running, settings.FIGURES_PER_AGENT)


def history_of_time(ticket: Ticket) -> list[Revision]:
    """Return the corrections and removals of entries; stopping a timer is no correction."""
    return [
        change
        for change in revisions(TimeEntry, ticket_id=ticket.pk)
        if change.deleted
        or any(d.column in HISTORY_FIELDS and d.before is not None for d in change.differences)
    ]


def get_time_entry(ticket: Ticket, entry_id: int) -> TimeEntry:
    """Errors: NotFound."""
    found = TimeEntry.objects.filter(ticket=ticket, pk=entry_id).select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def contract_hours_of(contract: Contract, on: date) -> ContractHours | None:
    """Return the hours that a contract includes on a day and those used in its period, or None."""
    row = ContractedHours.objects.filter(contract=contract, period__contains=on).first()
    if row is None:
        return None
    starts, ends = row.period.lower, row.period.upper
    used = _within(TimeEntry.objects.filter(contract=contract).exclude(ends=None), starts, ends)
    total = used.aggregate(total=Sum(F("ends") - F("starts")))["total"] or timedelta()
    return ContractHours(contract, row.hours, total, starts, ends)


def _within(
    rows: QuerySet[TimeEntry], starts: date | None, ends: date | None
) -> QuerySet[TimeEntry]:
    if starts is not None:
        rows = rows.filter(starts__gte=datetime.combine(starts, time(), UTC))
    if ends is not None:
        rows = rows.filter(starts__lt=datetime.combine(ends, time(), UTC))
    return rows
