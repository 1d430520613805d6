"""Tickets of those who leave, with all that their cards tell, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from opale.organisation.models import Person, PersonSkill
from opale.run.desk.models import (
    FOREVER,
    Assignment,
    Commitment,
    Kind,
    Level,
    Message,
    News,
    OfficialSentence,
    Ownership,
    Pause,
    Ticket,
)
from opale.run.desk.states import OPEN_STATES, AssignmentState, TicketState
from opale.run.handover.domain.proposals import ArrivingPerson, TicketNeed
from opale.run.handover.domain.urgency import Evidence

RECEIVED_REASONS = (
    Ownership.Reason.RECEIVED,
    Ownership.Reason.RECEIVED_BY_LEAD,
    Ownership.Reason.RECEIVED_BY_MANAGER,
)
CARD_COLUMNS = (
    "number",
    "subject",
    "kind",
    "state",
    "priority",
    "language",
    "owner",
    "received_at",
    "customer__name",
    "service__offering__family",
)
"""Columns of a ticket: the largest record reads thousands of them each time it is followed."""


@dataclass(slots=True)
class LeaverTicket:
    """A ticket with the data of its card."""

    ticket: Ticket
    evidence: Evidence
    told: dict[str, Any] = field(default_factory=dict)


def open_tickets_of(people: Collection[int]) -> list[Ticket]:
    """Return the open tickets of these people, described, without those not yet acknowledged:
    they pass with the triage.
    """
    rows = Ticket.objects.filter(owner__in=people, state__in=OPEN_STATES)
    untaken = Ownership.objects.filter(
        ends=FOREVER, reason__in=RECEIVED_REASONS, person__in=people, ticket__acknowledged_at=None
    ).values("ticket_id")
    rows = rows.exclude(pk__in=untaken, state=TicketState.NEW)
    rows = rows.select_related("customer", "service__offering").only(*CARD_COLUMNS)
    return list(rows.order_by("priority", "next_due_at", "pk"))


def describe_tickets(
    tickets: Collection[Ticket], back: Mapping[int, datetime], unknown: datetime
) -> list[LeaverTicket]:
    """Return each ticket with its evidence; `back` is when its owner is next on duty,
    `unknown` where the roster does not say.
    """
    keys = [ticket.pk for ticket in tickets]
    promises, asked, pauses = _promises(keys), _asked(keys), _pauses(keys)
    replied, suppliers, majors = _replied(keys), _suppliers(keys), _majors(keys)
    found = []
    for ticket in tickets:
        pk = ticket.pk
        running, pause, clock = asked.get(pk, []), pauses.get(pk), promises.get(pk)
        dates = [
            clock.due_at if clock else None,
            pause.until if pause else None,
            *(one.promised_at for one in running),
        ]
        due_at = min((date for date in dates if date), default=None)
        evidence = Evidence(
            priority=ticket.priority,
            major=pk in majors or (ticket.kind == Kind.INCIDENT and ticket.priority == 1),
            due_at=due_at,
            back_at=back.get(ticket.owner_id, unknown),
            customer=pk in replied and replied[pk] > ticket.received_at,
            supplier=pk in suppliers,
        )
        told = _told(ticket, evidence, running, pause, clock)
        found.append(LeaverTicket(ticket, evidence, told))
    return found


def _told(
    ticket: Ticket,
    of: Evidence,
    running: list[Assignment],
    pause: Pause | None,
    clock: Commitment | None,
) -> dict[str, Any]:
    """Return the content of the card in codes: it is worded when read."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "state": ticket.state,
        "customer": ticket.customer.name if ticket.customer else "",
        "next": _next(of, running, pause, ticket),
        "pause": pause.kind if pause else "",
        "pause_reason": pause.reason if pause else "",
        "until": _iso(pause.until) if pause else None,
        "measure": clock.measure if clock else "",
        "starts": _iso(clock.starts_at) if clock else None,
        "clock": _iso(clock.due_at) if clock else None,
        "asked": [
            {"whom": one.whom, "state": one.state, "promised": _iso(one.promised_at)}
            for one in running
        ],
    }


def _next(of: Evidence, running: list[Assignment], pause: Pause | None, ticket: Ticket) -> str:
    if of.customer:
        return "answer"
    if of.supplier:
        return "look"
    if any(one.state == AssignmentState.REQUESTED for one in running):
        return "accept"
    if running:
        return "follow"
    if pause is not None:
        return "wait"
    return "triage" if ticket.state == TicketState.NEW else "work"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _promises(keys: Collection[int]) -> dict[int, Commitment]:
    rows = Commitment.objects.filter(ticket__in=keys, met_at=None, due_at__isnull=False)
    rows = rows.filter(assignment=None).order_by("ticket_id", "due_at").distinct("ticket_id")
    return {row.ticket_id: row for row in rows}


def _asked(keys: Collection[int]) -> dict[int, list[Assignment]]:
    found = defaultdict[int, list[Assignment]](list)
    rows = Assignment.objects.running().filter(ticket__in=keys)
    for row in rows.select_related("team", "supplier").order_by("id"):
        found[row.ticket_id].append(row)
    return found


def _pauses(keys: Collection[int]) -> dict[int, Pause]:
    return {row.ticket_id: row for row in Pause.objects.filter(ticket__in=keys, ends=None)}


def _replied(keys: Collection[int]) -> dict[int, datetime]:
    """Return when the customer last wrote, for tickets without an answer since."""
    rows = (
        Message.objects.filter(ticket__in=keys, visibility=Message.Visibility.PUBLIC)
        .order_by()
        .values("ticket_id")
        .annotate(
            heard=Max("at", filter=Q(direction=Message.Direction.RECEIVED)),
            told=Max("at", filter=Q(direction=Message.Direction.SENT, is_notice=False)),
        )
    )
    return {
        row["ticket_id"]: row["heard"]
        for row in rows
        if row["heard"] and (row["told"] is None or row["heard"] > row["told"])
    }


def _suppliers(keys: Collection[int]) -> set[int]:
    """Return tickets whose supplier returned or ended its work, and whose owner has not looked."""
    unseen = News.objects.filter(ticket__in=keys).values("ticket_id")
    ended = Assignment.objects.filter(
        ticket__in=unseen,
        level=Level.SUPPLIER,
        state__in=(AssignmentState.RETURNED, AssignmentState.DONE),
    )
    return set(ended.values_list("ticket_id", flat=True))


def _majors(keys: Collection[int]) -> set[int]:
    """Return the incidents with an official sentence."""
    rows = OfficialSentence.objects.filter(ticket__in=keys).order_by("ticket_id", "-id")
    return {row.ticket_id for row in rows.distinct("ticket_id") if not row.withdrawn}


def ticket_needs_of(
    works: Iterable[LeaverTicket], refused: Mapping[int, set[int]]
) -> list[TicketNeed]:
    """Return what each of these tickets asks of its taker."""
    work = list(works)
    keys = [one.ticket.pk for one in work]
    owned, wrote = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for ticket_id, person in Ownership.objects.filter(
        ticket__in=keys, reason__in=("taken", "given", "handed_over")
    ).values_list("ticket_id", "person_id"):
        owned[ticket_id].add(person)
    for ticket_id, author in (
        Message.objects.filter(ticket__in=keys, person__isnull=False)
        .order_by()
        .values_list("ticket_id", "person_id")
        .distinct()
    ):
        wrote[ticket_id].add(author)
    return [
        TicketNeed(
            key=one.ticket.pk,
            language=one.ticket.language,
            subject=one.ticket.subject,
            family=one.ticket.service.offering.family if one.ticket.service else "",
            owned_by=owned[one.ticket.pk],
            wrote=wrote[one.ticket.pk],
            refused_by=refused.get(one.ticket.pk, set()),
        )
        for one in work
    ]


def arriving_people(people: Collection[Person], at: datetime) -> list[ArrivingPerson]:
    """Return those who arrive, with their load, languages and skills."""
    keys = [person.pk for person in people]
    opened = Ticket.objects.filter(owner__in=keys, state__in=OPEN_STATES)
    loads = dict(opened.order_by().values_list("owner_id").annotate(number=Count("pk")))
    skills = defaultdict[int, set[str]](set)
    valid = PersonSkill.objects.filter(person__in=keys).filter(
        Q(valid_until=None) | Q(valid_until__gte=at.date())
    )
    for person, name, family in valid.values_list("person_id", "skill__name", "skill__family"):
        skills[person] |= {name.casefold(), family.casefold()} - {""}
    return [
        ArrivingPerson(
            person.pk, person.name, loads.get(person.pk, 0), person.languages, skills[person.pk]
        )
        for person in people
    ]
