"""Preview of the effect of a plan change on running tickets.

Source: docs/rules/clocks.md, "When a plan changes".
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from opale.customers.models import Coverage
from opale.customers.ports import ChangedClock, ChangedTicket, Preview, Proposal
from opale.customers.queries.promises import PromiseBook, Sale, promise_book
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.business_time import Calendar
from opale.run.desk.domain import clocks
from opale.run.desk.domain.clocks import ClassifiedPeriod, Promise, Record
from opale.run.desk.models import Commitment, DeskQuerySet, Ticket
from opale.run.desk.queries.clocks import SOLD_MEASURES, Reading, TicketPromises, readings
from opale.run.desk.states import OPEN_STATES

MOST = 500
INSTANT = timedelta(microseconds=1)


def preview_plan_change(proposal: Proposal, seen_by: Actor) -> Preview:
    """Return the running tickets under the plan, or on the service, whose due times would differ.

    Computed as if the change were in force from now on: the time used so far stays used. What was
    sold by contract beyond the plan stays as it is.
    """
    at, book = clock.now(), promise_book()
    tickets = _concerned(proposal).visible_to(seen_by)
    total = tickets.count()
    nearest = tickets.select_related("customer__calendar").order_by("next_due_at", "pk")[:MOST]
    found = []
    for reading in readings(list(nearest), book):
        changed = tuple(_changed(reading.record, _proposed(reading, proposal, book, at), at))
        if changed:
            found.append(_line(reading.ticket, proposal, changed))
    found.sort(key=lambda line: (not line.breaks, not line.follows))
    looked_at = min(total, MOST)
    return Preview(tuple(found), looked_at, total - looked_at)


def open_tickets_under(proposal_plan: int | None, service_id: int | None) -> DeskQuerySet[Ticket]:
    """Return the open tickets under a plan, or on a service and its parts."""
    rows = Ticket.objects.filter(state__in=OPEN_STATES)
    if service_id is not None:
        return rows.filter(Q(service=service_id) | Q(service__parent=service_id))
    return rows.filter(plan_version__plan=proposal_plan)


def _concerned(proposal: Proposal) -> DeskQuerySet[Ticket]:
    return open_tickets_under(proposal.plan.pk, proposal.service.pk if proposal.service else None)


def _proposed(reading: Reading, proposal: Proposal, book: PromiseBook, at: datetime) -> Record:
    """Return the record with the change in force from `at` on."""
    ticket, record = reading.ticket, reading.record
    if ticket.customer is None:
        return record
    matrix = proposal.premium_matrix if ticket.premium else proposal.matrix
    priority = matrix[str(ticket.impact)][str(ticket.urgency)]
    sale = Sale(
        ticket.customer.pk,
        ticket.service_id,
        None,
        ticket.premium,
        priority,
        ticket.received_at.date(),
    )
    hours = Calendar.from_record(ticket.customer.calendar.record)
    promised = {
        target.measure: _promise(target.measure, target.target, target.coverage, hours)
        for target in sorted(proposal.targets, key=lambda target: target.premium)
        if target.priority == priority and target.premium in (False, ticket.premium)
    }
    for sold in book.promises(sale):
        promised[sold.measure] = _promise(sold.measure, sold.target, sold.coverage, hours)
    last = record.held[-1]
    own = [promise for promise in last.promises if promise.measure not in SOLD_MEASURES]
    promises = TicketPromises(book).with_that_of_type(
        ticket, last.kind, (*own, *promised.values()), wanted=ticket.wanted_at
    )
    held = ClassifiedPeriod(max(at, last.since + INSTANT), last.kind, promises)
    return replace(record, held=(*record.held, held))


def _promise(measure: str, target: timedelta, coverage: str, hours: Calendar) -> Promise:
    always = coverage == Coverage.ALWAYS
    calendar = Calendar.around_the_clock() if always else hours
    return Promise(measure, target, coverage, calendar)  # type: ignore[arg-type]  # as stored


def _changed(record: Record, proposed: Record, at: datetime) -> Iterator[ChangedClock]:
    now, then = clocks.ticket_clocks(record), clocks.ticket_clocks(proposed)
    for measure in Commitment.Measure.values:
        before = next((c for m, c in now.items() if m == measure), None)
        after = next((c for m, c in then.items() if m == measure), None)
        running = before or after
        if measure not in SOLD_MEASURES or running is None or running.met_at is not None:
            continue
        due = (before.due_at if before else None, after.due_at if after else None)
        same = before and after and before.promise.target == after.promise.target
        if due[0] == due[1] and same:
            continue
        was_kept = before is None or before.breached_at(at) is None
        breaks = after is not None and after.breached_at(at + 2 * INSTANT) is not None
        label = str(Commitment.Measure(measure).label)
        yield ChangedClock(measure, label, *due, breaks and was_kept)


def _line(ticket: Ticket, proposal: Proposal, changed: tuple[ChangedClock, ...]) -> ChangedTicket:
    return ChangedTicket(
        ticket.reference,
        reverse("desk_ticket", args=[ticket.number]),
        ticket.subject,
        ticket.customer.name if ticket.customer else "",
        ticket.received_at.date() >= proposal.starts,
        changed,
    )
