"""Owners of tickets: a chain without gap. Source: docs/rules/ownership.md."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.kernel.facts import announce_all
from opale.kernel.reference_cache import pinned
from opale.organisation.facts import PersonLeft
from opale.organisation.models import Person, Team
from opale.run.desk.actions.alert_acknowledgements import (
    acknowledge_alerts_of,
    unacknowledge_alerts_of,
)
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.owner_notifications import notify_assigned, settle_assigned
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.ticket_locks import (
    Refusals,
    change_ticket,
    change_tickets,
    lock_permitted_tickets,
    lock_ticket,
    record_ticket_moves,
)
from opale.run.desk.facts import TicketOwnerChanged
from opale.run.desk.models import FOREVER, Ownership, Ticket
from opale.run.desk.queries.requests import awaited_approval
from opale.run.desk.states import ENDED_STATES, OPEN_STATES, TAKE, WAITING_STATES, TicketState
from opale.run.shifts.queries.duties import Answerable, answerable, service_desk

MICROSECOND = timedelta(microseconds=1)

RECEIVED_AS = {
    "triage": Ownership.Reason.RECEIVED,
    "lead": Ownership.Reason.RECEIVED_BY_LEAD,
    "manager": Ownership.Reason.RECEIVED_BY_MANAGER,
}


def first_ownership(ticket: Ticket, answerable: Answerable, *, by: Actor) -> Ownership:
    """Return the first link of the chain, saved with the ticket: from the minute of receipt."""
    return Ownership(
        ticket=ticket,
        customer_id=ticket.customer_id,
        person=answerable.person,
        starts=ticket.received_at,
        reason=RECEIVED_AS[answerable.standing],
        actor=by.key,
    )


def move_ownership(
    ticket: Ticket, person: Person, *, by: Actor, at: datetime, reason: Ownership.Reason
) -> None:
    """End the present ownership and begin the next at the same instant; does nothing for the same
    person."""
    move_ownerships([ticket], person, by=by, at=at, reason=reason)


def move_ownerships(
    tickets: Sequence[Ticket], person: Person, *, by: Actor, at: datetime, reason: Ownership.Reason
) -> list[Ticket]:
    """Move the ownership of many tickets; return those that had another owner."""
    rows = Ownership.objects.select_for_update().filter(ticket__in=tickets, ends=FOREVER)
    present = {row.ticket_id: row for row in rows.exclude(person=person)}
    moved = [ticket for ticket in tickets if ticket.pk in present]
    if not moved:
        return []
    moments = {pk: max(at, row.starts + MICROSECOND) for pk, row in present.items()}
    for moment in set(moments.values()):
        ended = [row.pk for pk, row in present.items() if moments[pk] == moment]
        Ownership.objects.filter(pk__in=ended).update(ends=moment)
    Ownership.objects.bulk_create(
        Ownership(
            ticket=ticket,
            customer_id=ticket.customer_id,
            person=person,
            starts=moments[ticket.pk],
            previous_end=moments[ticket.pk],
            reason=reason,
            actor=by.key,
        )
        for ticket in moved
    )
    change_tickets(moved, lambda ticket: {"owner_id": person.pk})
    announce_all(
        [
            TicketOwnerChanged(ticket_id=ticket.pk, person_id=person.pk, at=moments[ticket.pk])
            for ticket in moved
        ],
        by=by,
    )
    notify_assigned(moved, person, by=by)
    return moved


def take_ticket(ticket: Ticket, *, by: Actor, seen_owner_id: int | None = None) -> Ticket:
    """Own a ticket and begin to work on it; the first take is the acknowledgement (GTI).

    `seen_owner_id` is the owner that the taker saw: of two who take at the same moment, the second
    is told who was first instead of taking it away unknowingly. Without it, only a ticket not yet
    taken or given can be taken.
    Errors: NotFound, NotAllowed (no person), IllegalMove, Conflict.
    """
    if by.person_id is None:
        raise NotAllowed
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        at = clock.now()
        if held.state not in TAKE.sources:
            raise IllegalMove(TAKE.name, {held.pk: held.state})
        if held.owner_id != by.person_id:
            _refuse_unseen(held, seen_owner_id)
        person = Person.objects.get(pk=by.person_id)
        settle_assigned([held], by=by)
        move_ownership(held, person, by=by, at=at, reason=Ownership.Reason.TAKEN)
        target: str = TAKE.target
        if awaited_approval(held):
            # Taking acknowledges the ticket, but its work still awaits the approval.
            target = held.state if held.state in WAITING_STATES else TicketState.PENDING
        else:
            end_pause(held, at=at)
        record_ticket_moves(TAKE.name, {held.pk: held.state}, target, by=by, at=at)
        change_ticket(
            held,
            state=target,
            acknowledged_at=held.acknowledged_at or at,
            triaged_at=held.triaged_at or at,
        )
        refresh_commitments(held)
        acknowledge_alerts_of(held, by=by)
    return held


def _refuse_unseen(held: Ticket, seen_owner_id: int | None) -> None:
    """Refuse a stale or missing `seen_owner_id`. Errors: Conflict."""
    name = {"name": held.owner.name}
    if seen_owner_id not in (None, held.owner_id):
        raise Conflict(_("%(name)s took this ticket in the meantime.") % name)
    if seen_owner_id is None and not _merely_received(held):
        raise Conflict(_("%(name)s owns this ticket. Confirm to take it over.") % name)


def _merely_received(held: Ticket) -> bool:
    """Return whether the owner only answers for new work, and nobody has looked at the ticket
    yet."""
    if held.acknowledged_at is not None:
        return False
    present = Ownership.objects.filter(ticket=held, ends=FOREVER)
    return present.filter(reason__in=RECEIVED_AS.values()).exists()


def give_ticket(
    ticket: Ticket, person: Person, *, by: Actor, seen_owner_id: int | None = None
) -> Ticket:
    """Assign a ticket to another person of the provider, who owns it from now on.

    `seen_owner_id` as in `take_ticket`; not needed for one's own ticket.
    Errors: NotFound, NotAllowed, Invalid (a person who has left), Conflict.
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        _refuse_leaver(person)
        own = held.owner_id == by.person_id
        if held.owner_id != person.pk and (seen_owner_id or not own):
            _refuse_unseen(held, seen_owner_id)
        move_ownership(held, person, by=by, at=clock.now(), reason=Ownership.Reason.GIVEN)
    return held


def give_tickets(
    tickets: Iterable[Ticket], person: Person, *, by: Actor, refused: Refusals | None = None
) -> list[Ticket]:
    """Assign many tickets; return those that had another owner.

    Errors: Invalid (a person who has left), and without `refused` NotFound and NotAllowed.
    """
    with attributed(by):
        held = lock_permitted_tickets(tickets, by=by, refused=refused)
        _refuse_leaver(person)
        reason = Ownership.Reason.GIVEN
        return move_ownerships(held, person, by=by, at=clock.now(), reason=reason)


def hand_over_tickets(
    seen: Mapping[int, int],
    person: Person,
    *,
    by: Actor,
    reason: Ownership.Reason = Ownership.Reason.HANDED_OVER,
) -> list[Ticket]:
    """Assign to a person those tickets that are still open and owned as was seen (ticket -> owner);
    return them.

    Errors: Invalid (a person who has left).
    """
    with attributed(by):
        held = lock_permitted_tickets([Ticket(pk=key) for key in seen], by=by, refused=Refusals())
        _refuse_leaver(person)
        same = [
            ticket
            for ticket in held
            if ticket.owner_id == seen[ticket.pk] and ticket.state in OPEN_STATES
        ]
        with pinned():
            move_ownerships(same, person, by=by, at=clock.now(), reason=reason)
    return same


def reassign_untaken(people: Collection[int], team: Team, *, by: Actor) -> int:
    """Reassign tickets that these people received and nobody has looked at to whoever answers for
    new work now; return how many.

    Source: docs/rules/handover.md, "What nobody has looked at".
    """
    with attributed(by):
        at = clock.now()
        untaken = Ownership.objects.filter(
            person__in=people, ends=FOREVER, reason__in=RECEIVED_AS.values()
        )
        rows = Ticket.objects.filter(
            # Filtered by owner too, who is the person of the current ownership.
            owner__in=people,
            pk__in=untaken.values("ticket"),
            state=TicketState.NEW,
            acknowledged_at=None,
        )
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            return 0
        held = lock_permitted_tickets([Ticket(pk=key) for key in keys], by=by, refused=Refusals())
        answers = answerable(team, at)
        reason = RECEIVED_AS[answers.standing]
        return len(move_ownerships(held, answers.person, by=by, at=at, reason=reason))


def _refuse_leaver(person: Person) -> None:
    if person.left_on is not None:
        raise Invalid(person=_("%(name)s has left the company.") % {"name": person.name})


def give_back(ticket: Ticket, *, by: Actor) -> Ticket:
    """Undo a take: the previous owner owns the ticket again from now on. The chain keeps both
    links, and the acknowledgement stays.

    Errors: NotFound, NotAllowed, Conflict (the actor did not take it last, or nobody had it
    before), Invalid (the former owner has left).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        links = Ownership.objects.filter(ticket=held).select_related("person").order_by("-starts")
        present, *former = links[:2]
        taken = present.person_id == by.person_id and present.reason == Ownership.Reason.TAKEN
        if not taken or not former:
            raise Conflict(_("You did not take this ticket just now."))
        unacknowledge_alerts_of(held, by=by)
        return give_ticket(held, former[0].person, by=by, seen_owner_id=held.owner_id)


def reassign_work_of_leaver(fact: PersonLeft, by: Actor) -> None:
    """Reassign the running tickets of a leaver to whoever answers for new work.

    Ended tickets stay with the leaver in the record; once reopened, they are reassigned too. Hears
    organisation.PersonLeft.
    """
    running = Ticket.objects.filter(owner_id=fact.person_id).exclude(state__in=ENDED_STATES)
    for ticket in running.order_by("pk"):
        with attributed(by):
            held = lock_ticket(ticket, by=by)
            at = clock.now()
            person = answerable(service_desk(), at).person
            if held.owner_id == fact.person_id and person.pk != fact.person_id:
                move_ownership(held, person, by=by, at=at, reason=Ownership.Reason.GIVEN)
