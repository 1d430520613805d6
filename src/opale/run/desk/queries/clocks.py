"""The clocks of tickets, computed from their record against what was promised.

One ticket or ten thousand: the record is read in the same few queries.
Source: docs/rules/clocks.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from opale.customers.models import ClocksShown, Coverage
from opale.customers.queries.promises import PromiseBook, Sale, promise_book
from opale.kernel import business_time
from opale.kernel.business_time import Calendar, NeverOpen
from opale.kernel.business_time import Pause as Stop
from opale.kernel.compiled_queries import compiled
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions
from opale.kernel.isolation import as_application
from opale.kernel.reference_cache import cached
from opale.run.desk.domain import clocks
from opale.run.desk.domain.clocks import (
    AssignedWork,
    ClassifiedPeriod,
    CustomerUpdate,
    Measure,
    Promise,
    Record,
    Term,
)
from opale.run.desk.domain.merged_record import AbsorbedRecord, combine_records
from opale.run.desk.models import (
    Assignment,
    Commitment,
    InternalTarget,
    Level,
    LevelTarget,
    Pause,
    Source,
    StreamSettings,
    Ticket,
)
from opale.run.desk.queries.clock_records import (
    ClassificationRow,
    assignments_by_ticket,
    clock_pauses,
    read_records,
)
from opale.run.desk.queries.links import tickets_merged_into
from opale.run.desk.states import ENDED_STATES, TicketState

SOLD_MEASURES = frozenset({"acknowledge", "first_response", "update", "restore", "resolve"})
Kind = Literal["request", "incident"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The dated record of a ticket and of the work asked of others on it."""

    ticket: Ticket
    record: Record
    works: Mapping[int, AssignedWork]

    def clocks(self) -> dict[Measure, clocks.Clock]:
        return clocks.ticket_clocks(self.record)


def clocks_of(ticket: Ticket) -> dict[Measure, clocks.Clock]:
    """Return the clocks that apply to a ticket, computed now from its record."""
    return readings([ticket])[0].clocks()


def readings(
    tickets: Sequence[Ticket],
    book: PromiseBook | None = None,
    *,
    updates: bool = True,
) -> list[Reading]:
    """Return the record of each ticket, in their order. Without `updates`, those sent to customers
    are left out: other measures do not read them and long conversations have many."""
    keys = [ticket.pk for ticket in tickets]
    record = read_records(keys, updates=updates)
    said = record.said
    for ticket in tickets:
        said.setdefault(ticket.pk, [current_classification(ticket)])
    shelf = TicketPromises(book or promise_book())
    shelf.read(tickets, said)
    pauses = clock_pauses(record.moves, keys)
    works, absorbed = assignments_by_ticket(keys), _absorbed(keys)
    return [
        Reading(
            ticket,
            combine_records(
                _record(
                    ticket,
                    shelf.held(ticket, said[ticket.pk]),
                    tuple(pauses[ticket.pk]),
                    tuple(record.told[ticket.pk]),
                    [one.record.answered_at for one in absorbed.get(ticket.pk, ())],
                ),
                absorbed.get(ticket.pk, ()),
            ),
            {
                row.pk: _work(row, shelf.terms(row, said[ticket.pk]), pauses[ticket.pk])
                for row in works[ticket.pk]
            },
        )
        for ticket in tickets
    ]


def _absorbed(keys: Sequence[int]) -> dict[int, list[AbsorbedRecord]]:
    """Return the tickets merged into each ticket, each with its own record."""
    rows = tickets_merged_into(keys) if keys else []
    if not rows:
        return {}
    gone = [merged.pk for _survivor, merged, _at in rows]
    pauses = clock_pauses(read_records(gone, updates=False).moves, gone)
    found: dict[int, list[AbsorbedRecord]] = defaultdict(list)
    for survivor, merged, merged_at in rows:
        record = _record(merged, (), tuple(pauses[merged.pk]), ())
        found[survivor].append(AbsorbedRecord(record, merged_at))
    return found


def first_reading(ticket: Ticket) -> Reading:
    """Return the record of a ticket that was just received."""
    shelf, said = TicketPromises(promise_book()), [current_classification(ticket)]
    shelf.read([ticket], {ticket.pk: said})
    return Reading(ticket, _record(ticket, shelf.held(ticket, said), (), ()), {})


def current_classification(ticket: Ticket) -> ClassificationRow:
    """Return the ticket's present classification as a row of the record."""
    return {
        "at": ticket.received_at,
        "kind": ticket.kind,
        "customer_id": ticket.customer_id,
        "service_id": ticket.service_id,
        "plan_version_id": ticket.plan_version_id,
        "plan_version__stream": ticket.stream,
        "premium": ticket.premium,
        "priority": ticket.priority,
        "wanted_at": ticket.wanted_at,
    }


@cached(1)
def _triage_targets() -> Mapping[str, timedelta]:
    return dict(StreamSettings.objects.values_list("stream", "triage_target"))


@cached(1)
def _internal_targets() -> Mapping[int, InternalTarget]:
    return {row.priority: row for row in InternalTarget.objects.select_related("calendar")}


def _internal_promises(priority: int) -> tuple[Promise, ...]:
    """Return what an incident of no customer is promised inside the house."""
    row = _internal_targets().get(priority)
    if row is None:
        return ()
    calendar, coverage = _hours(row.calendar.record if row.calendar else None)
    source = _("Desk settings: internal incidents, P%(priority)s") % {"priority": priority}
    lengths: tuple[tuple[Measure, timedelta], ...] = (
        ("acknowledge", row.acknowledge),
        ("first_response", row.first_response),
        ("restore", row.restore),
    )
    return tuple(
        Promise(measure, length, coverage, calendar, source) for measure, length in lengths
    )


class TicketPromises:
    """The promises to tickets, from contracts, plans and the desk's own settings."""

    def __init__(self, book: PromiseBook) -> None:
        self._book = book
        self._triage: Mapping[str, timedelta] = {}
        self._levels: dict[tuple[str, int | None], LevelTarget] | None = None
        self._known: dict[tuple[object, ...], tuple[Promise, ...]] = {}
        self._hours_of_employee: dict[int, Calendar] = {}

    def read(
        self, tickets: Iterable[Ticket], said: Mapping[int, Sequence[ClassificationRow]]
    ) -> None:
        self._triage = _triage_targets()
        self._book.read(
            [
                _sale(row, row["customer_id"], ticket.received_at.date())
                for ticket in tickets
                for row in said[ticket.pk]
                if row["customer_id"]
            ]
        )

    def held(
        self, ticket: Ticket, said: Sequence[ClassificationRow]
    ) -> tuple[ClassifiedPeriod, ...]:
        """Return the classifications with their promises, by the contracts of the day of
        receipt."""
        on = ticket.received_at.date()
        return tuple(
            ClassifiedPeriod(
                row["at"],
                cast(Kind, row["kind"]),
                self.with_that_of_type(
                    ticket, row["kind"], self._promises(row, on), wanted=row["wanted_at"]
                ),
            )
            for row in said
        )

    def with_that_of_type(
        self,
        ticket: Ticket,
        kind: str,
        promises: tuple[Promise, ...],
        *,
        wanted: datetime | None,
    ) -> tuple[Promise, ...]:
        """Replace the promised resolution by the date for which it is wanted, else by what its type
        promised on its day, while the ticket is a request."""
        within = ticket.promised_within
        if kind != "request" or (wanted is None and within is None):
            return promises
        if wanted is not None:
            always = Calendar.around_the_clock()
            source = _("Requested date")
            own = Promise(
                "resolve", wanted - ticket.received_at, clocks.ALWAYS, always, source, until=wanted
            )
        else:
            own = Promise(
                "resolve",
                within or timedelta(),
                ticket.promised_coverage,
                self.hours_of(ticket),
                _("Request catalogue"),
            )
        return (*(one for one in promises if one.measure != "resolve"), own)

    def hours_of(self, ticket: Ticket) -> Calendar:
        """Return the hours in which the promise of the request type counts: all, those of the
        customer, or those of an employee's company."""
        if ticket.promised_coverage == Coverage.ALWAYS:
            return Calendar.around_the_clock()
        if ticket.customer_id is not None:
            return self._book.hours_of(ticket.customer_id)
        if ticket.employee_id is None or ticket.employee is None:
            return Calendar.around_the_clock()
        if ticket.employee_id not in self._hours_of_employee:
            found = Calendar.from_record(ticket.employee.company.calendar.record)
            self._hours_of_employee[ticket.employee_id] = found
        return self._hours_of_employee[ticket.employee_id]

    def terms(
        self, row: Assignment, said: Sequence[ClassificationRow]
    ) -> dict[Measure, list[Term]]:
        """Return a level's internal targets as the priority changes; or a supplier's own, with the
        provider's expectation where the supplier states none. Work on a dated request is to be
        delivered by its date."""
        stated = _terms_of_supplier(row)
        found: dict[Measure, list[Term]] = {"accept": [], "deliver": []}
        for one in said:
            target = self._level(row.level, one["priority"])
            if target is None:
                continue
            words = {"level": Level(row.level).label, "priority": one["priority"]}
            source = _("Desk settings: %(level)s, P%(priority)s") % words
            calendar, coverage = _hours(target.calendar.record if target.calendar else None)
            dated = one["wanted_at"] if one["kind"] == "request" else None
            until = dated if dated is not None and dated > row.asked_at else None
            accept = Promise("accept", target.accept, coverage, calendar, source)
            deliver = Promise("deliver", target.deliver, coverage, calendar, source, until=until)
            found["accept"].append(Term(one["at"], accept))
            found["deliver"].append(Term(one["at"], deliver))
        return found | stated

    def _promises(self, row: ClassificationRow, on: date) -> tuple[Promise, ...]:
        stream = row["plan_version__stream"] or ""
        internal = row["customer_id"] is None and row["kind"] == "incident"
        key = (
            internal,
            row["customer_id"],
            row["service_id"],
            row["plan_version_id"],
            row["premium"],
            row["priority"],
            on,
        )
        if key not in self._known:
            sold = (
                self._book.promises(_sale(row, row["customer_id"], on))
                if row["customer_id"]
                else ()
            )
            self._known[key] = (
                *self._triage_promise(stream),
                *(_internal_promises(row["priority"]) if internal else ()),
                *(
                    Promise(cast(Measure, s.measure), s.target, s.coverage, s.calendar, s.source)
                    for s in sold
                ),
            )
        return self._known[key]

    def _triage_promise(self, stream: str) -> tuple[Promise, ...]:
        """Return the triage target around the clock; the strictest one until the stream is
        known."""
        target = self._triage.get(stream) or min(self._triage.values(), default=None)
        if target is None:
            return ()
        source = _("Desk settings: triage")
        always = Calendar.around_the_clock()
        return (Promise("triage", target, Coverage.ALWAYS.value, always, source),)

    def _level(self, level: str, priority: int) -> LevelTarget | None:
        if self._levels is None:
            rows = LevelTarget.objects.select_related("calendar")
            self._levels = {(row.level, row.priority): row for row in rows}
        return self._levels.get((level, priority)) or self._levels.get((level, None))


def _sale(row: ClassificationRow, customer_id: int | None, on: date) -> Sale:
    return Sale(
        customer_id or 0,
        row["service_id"],
        row["plan_version_id"],
        row["premium"],
        row["priority"],
        on,
    )


def _terms_of_supplier(row: Assignment) -> dict[Measure, list[Term]]:
    supplier = row.supplier
    if supplier is None:
        return {}
    calendar, coverage = _hours(supplier.calendar.record if supplier.calendar else None)
    source = _("Promised by %(supplier)s") % {"supplier": supplier.name}
    lengths: tuple[tuple[Measure, timedelta | None], ...] = (
        ("accept", supplier.accepts_within),
        ("deliver", supplier.restores_within),
    )
    return {
        measure: [Term(row.asked_at, Promise(measure, length, coverage, calendar, source))]
        for measure, length in lengths
        if length is not None
    }


def _hours(record: dict[str, object] | None) -> tuple[Calendar, str]:
    if record is None:
        return Calendar.around_the_clock(), Coverage.ALWAYS.value
    return Calendar.from_record(record), Commitment.OWN_HOURS


def _record(
    ticket: Ticket,
    held: tuple[ClassifiedPeriod, ...],
    pauses: tuple[Stop, ...],
    told: tuple[CustomerUpdate, ...],
    also_answered: Sequence[datetime | None] = (),
) -> Record:
    answered = min((at for at in (ticket.answered_at, *also_answered) if at), default=None)
    withdrawn = ticket.state in ENDED_STATES - {TicketState.CLOSED}
    return Record(
        received_at=ticket.received_at,
        held=held,
        asked=_is_asked(ticket),
        triaged_at=ticket.triaged_at,
        acknowledged_at=ticket.acknowledged_at,
        answered_at=ticket.answered_at,
        restored_at=ticket.restored_at,
        resolved_at=ticket.resolved_at,
        withdrawn_at=ticket.closed_at if withdrawn else None,
        pauses=pauses,
        # An acknowledgement of receipt, sent before, is no update.
        told=tuple(one for one in told if answered and one.at >= answered),
    )


def _is_asked(ticket: Ticket) -> bool:
    """Return whether somebody awaits a first response: nobody does where monitoring, or an agent
    in nobody's name, opened the ticket."""
    if ticket.source == Source.AGENT:
        return ticket.customer_id is not None or ticket.employee_id is not None
    return ticket.source != Source.EVENT


def _work(
    row: Assignment, terms: Mapping[Measure, list[Term]], pauses: Sequence[Stop]
) -> AssignedWork:
    return AssignedWork(
        asked_at=row.asked_at,
        terms=terms,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        pauses=tuple(pauses),
        of_supplier=row.level == Level.SUPPLIER,
    )


def commitments_of(ticket: Ticket) -> list[Commitment]:
    """Return the commitments on the ticket itself; of updates, the present period only."""
    newest = {row.measure: row for row in _own_commitments(ticket.pk)}
    return [newest[measure] for measure in Commitment.Measure.values if measure in newest]


@compiled
def _own_commitments(ticket_id: int, /) -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(ticket=ticket_id, assignment=None)
    return rows.order_by("starts_at", "id")


def end_of_type(ticket: Ticket) -> datetime | None:
    """Return when a request would be due by its type alone, from receipt on; None where the type
    promises nothing. The ticket need not be saved."""
    if ticket.promised_within is None:
        return None
    hours = TicketPromises(promise_book()).hours_of(ticket)
    try:
        return business_time.due(hours, ticket.received_at, ticket.promised_within, [])
    except NeverOpen:
        return None


def promised_end(ticket: Ticket) -> datetime | None:
    """Return when whoever asked was promised that it is done; None where nothing is promised, it
    is done, or the clock is on hold. The caller checks that the ticket may be seen."""
    ends = {Commitment.Measure.RESTORE, Commitment.Measure.RESOLVE}
    with as_application():
        found = [row for row in commitments_of(ticket) if row.measure in ends]
    due = [row.due_at for row in found if row.met_at is None and row.due_at is not None]
    return min(due, default=None)


def commitments_of_work(ticket: Ticket, assignment_id: int) -> list[Commitment]:
    """Return the commitments of a level or a supplier on one assignment of the ticket."""
    return list(Commitment.objects.filter(ticket=ticket, assignment=assignment_id).order_by("id"))


def all_commitments_of(ticket: Ticket) -> list[Commitment]:
    """Return every stored commitment of a ticket, with broken update periods and assignments."""
    return list(Commitment.objects.filter(ticket=ticket).order_by("starts_at", "id"))


def shown_commitments(ticket: Ticket) -> list[Commitment]:
    """Return the commitments that a customer sees on its ticket, as the plan's version sets.

    The measures that were sold alone. Promises: due times without outcome.
    """
    version = ticket.plan_version
    shown = version.clocks_shown if version else ClocksShown.NONE
    if shown == ClocksShown.NONE:
        return []
    rows = [row for row in commitments_of(ticket) if row.measure in SOLD_MEASURES]
    if shown == ClocksShown.PROMISES:
        for row in rows:
            row.met_at = row.breached_at = None
    return rows


def pauses_of(ticket: Ticket) -> list[Pause]:
    return list(Pause.objects.filter(ticket=ticket).order_by("starts", "id"))


def running_pause(ticket: Ticket) -> Pause | None:
    """Return the pause that keeps a ticket on hold now."""
    return Pause.objects.filter(ticket=ticket, ends=None).order_by("-starts").first()


def get_pause(ticket: Ticket, pause_id: int) -> Pause:
    """Errors: NotFound."""
    found = Pause.objects.filter(ticket=ticket, pk=pause_id).select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def history_of_pauses(ticket: Ticket) -> list[Revision]:
    """Return the corrections of a ticket's pauses; the end of a pause is no correction."""
    return [
        change
        for change in revisions(Pause, ticket_id=ticket.pk)
        if change.deleted or any(d.column != "ends" or d.before for d in change.differences)
    ]
