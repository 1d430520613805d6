"""Assignments: work asked of others while the owner stays the owner.

Source: docs/rules/ownership.md, "Owner is not resolver".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opale.infrastructure.models import Supplier
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.states import Move, record_moves
from opale.kernel.text_limits import refuse_long
from opale.organisation.models import Membership, Person, Team
from opale.run.desk.actions import escalation_notifications
from opale.run.desk.actions.attachments import attach_to_message
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.messages import add_internal_note, with_mentions
from opale.run.desk.actions.note_mentions import notify_mentioned, notify_watchers
from opale.run.desk.actions.supplier_mail import write_to_supplier
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.actions.unread_tickets import mark_unread_for_owner
from opale.run.desk.facts import WorkAccepted, WorkAsked, WorkFinished, WorkReturned, WorkWithdrawn
from opale.run.desk.models import Assignment, Level, Message, Ticket
from opale.run.desk.models.escalation import CHECKS, AskReason, Outcome, ReturnReason
from opale.run.desk.queries.note_readers import readers_of_assignment
from opale.run.desk.rights import WORK
from opale.run.desk.states import (
    ACCEPT,
    ENDED_STATES,
    FINISH,
    OPEN_STATES,
    RETURN,
    RUNNING_ASSIGNMENTS,
    WITHDRAW,
    AssignmentState,
)

WORK_LISTS = "desk.assignments"
"""The live topic of the lists of assignments; `assist.team:<id>` is that of one team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequest:
    """Work to ask of a team or a supplier. `tried` are codes of the checklist."""

    team: Team | None = None
    supplier: Supplier | None = None
    reason: str = AskReason.SKILL
    tried: Sequence[str] = ()
    note: str = ""
    person: Person | None = None
    by_mail: bool = False


def level_of(team: Team) -> Level:
    """Return the level at which a team works for the desk."""
    if team.virtual:
        return Level.GROUP
    by_kind = {
        Team.Kind.SERVICE_DESK: Level.LEVEL_1,
        Team.Kind.RUN_ENGINEERING: Level.LEVEL_2,
    }
    return by_kind.get(Team.Kind(team.kind), Level.LEVEL_3)


def request_work(ticket: Ticket, ask: WorkRequest, *, by: Actor) -> Assignment:
    """Ask a team or a supplier for work on a ticket; its owner stays the same.

    With `by_mail` the supplier is mailed in the same action.
    Errors: NotFound, NotAllowed, IllegalMove (the ticket is not open), Invalid, Conflict (asked
    already and not ended).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        return _ask(held, ask, by=by)


def request_team_work(
    held: Ticket, team: Team | None, reason: AskReason, *, by: Actor
) -> Assignment | None:
    """Ask the team named by the catalogue or triage for work, inside the action that holds the
    ticket.

    Does nothing for the desk itself, for a team that already has the work, or for one that no
    longer exists.
    """
    if team is None or team.closed_on is not None or level_of(team) == Level.LEVEL_1:
        return None
    if Assignment.objects.running().filter(ticket=held, team=team).exists():
        return None
    return _ask(held, WorkRequest(team=team, reason=reason), by=by)


def _ask(held: Ticket, ask: WorkRequest, *, by: Actor) -> Assignment:
    if held.state not in OPEN_STATES:
        raise IllegalMove("ask", {held.pk: held.state})
    _refuse_contradictions(ask)
    running = Assignment.objects.running().filter(ticket=held)
    if running.filter(team=ask.team, supplier=ask.supplier).exists():
        whom = ask.team.name if ask.team else ask.supplier.name if ask.supplier else ""
        raise Conflict(_("%(name)s already owns this ticket.") % {"name": whom})
    at = clock.now()
    assignment = Assignment.objects.create(
        ticket=held,
        customer_id=held.customer_id,
        level=level_of(ask.team) if ask.team else Level.SUPPLIER,
        team=ask.team,
        supplier=ask.supplier,
        person=ask.person,
        reason=ask.reason,
        tried=list(dict.fromkeys(ask.tried)),
        note=ask.note.strip(),
        asked_by_id=by.person_id,
        asked_at=at,
    )
    record_moves(Assignment, "ask", {assignment.pk: ""}, AssignmentState.REQUESTED, by=by, at=at)
    if ask.by_mail:
        write_to_supplier(held, assignment, assignment.note, by=by)
    _changed(held, assignment)
    announce(WorkAsked(assignment_id=assignment.pk, ticket_id=held.pk, at=at), by=by)
    escalation_notifications.notify_requested(held, assignment, by=by)
    return assignment


def accept_assignment(
    assignment: Assignment,
    *,
    by: Actor,
    person: Person | None = None,
    promised_at: datetime | None = None,
    reference: str = "",
) -> Assignment:
    """Accept the work: by a person of the team, who may be named; for a supplier, by its
    confirmation.

    Units: `promised_at` is when it will be done, as they say; later than now.
    Errors: NotFound, NotAllowed, IllegalMove (somebody was faster), Invalid (not of the team).
    """
    with attributed(by):
        ticket, held = lock_assignment(assignment, ACCEPT, by=by)
        worker = _worker(held, person, by=by)
        at = clock.now()
        told = _told(reference, promised_at, at)
        _move(held, ACCEPT, by=by, at=at, accepted_at=at, person=worker, **told)
        _changed(ticket, held)
        announce(WorkAccepted(assignment_id=held.pk, ticket_id=ticket.pk, at=at), by=by)
    return held


def return_assignment(
    assignment: Assignment, reason: str, *, by: Actor, note: str = ""
) -> Assignment:
    """Return the work undone, with the reason and the findings. The owner decides what is next.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    if reason not in ReturnReason.values:
        raise Invalid(reason=_("This reason is not in the list."))
    with attributed(by):
        ticket, held = lock_assignment(assignment, RETURN, by=by)
        at = clock.now()
        _end(held, RETURN, by=by, at=at, outcome=reason, outcome_note=note.strip())
        mark_unread_for_owner(ticket, of=by.person_at_work)
        _changed(ticket, held)
        fact = WorkReturned(assignment_id=held.pk, ticket_id=ticket.pk, reason=reason, at=at)
        announce(fact, by=by)
        escalation_notifications.notify_returned(ticket, held, by=by)
    return held


def finish_assignment(
    assignment: Assignment, outcome: str, *, by: Actor, note: str = ""
) -> Assignment:
    """Finish the work with its outcome. Restoring and resolving the ticket are separate acts.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    if outcome not in Outcome.values:
        raise Invalid(outcome=_("This outcome is not in the list."))
    with attributed(by):
        ticket, held = lock_assignment(assignment, FINISH, by=by)
        at = clock.now()
        _end(held, FINISH, by=by, at=at, outcome=outcome, outcome_note=note.strip())
        mark_unread_for_owner(ticket, of=by.person_at_work)
        _changed(ticket, held)
        fact = WorkFinished(assignment_id=held.pk, ticket_id=ticket.pk, outcome=outcome, at=at)
        announce(fact, by=by)
        escalation_notifications.notify_completed(ticket, held, by=by)
    return held


def withdraw_assignment(assignment: Assignment, *, by: Actor) -> Assignment:
    """Withdraw work that is no longer needed; also the undo of asking.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        ticket, held = lock_assignment(assignment, WITHDRAW, by=by)
        _withdraw(held, by=by, at=clock.now())
        _changed(ticket, held)
    return held


def withdraw_running(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Withdraw the running assignments of a ticket, inside the action that ends it."""
    rows = Assignment.objects.running().filter(ticket=ticket).order_by("pk")
    for held in rows.select_for_update(of=("self",)):
        _withdraw(held, by=by, at=at)
        touch_assignment(held)


def update_assignment(
    assignment: Assignment,
    *,
    by: Actor,
    reference: str | None = None,
    promised_at: datetime | None = None,
) -> Assignment:
    """Record the resolver's number for the work, and when they say that it will be done.

    Errors: NotFound, NotAllowed, IllegalMove (the work has ended), Invalid.
    """
    with attributed(by):
        ticket, held = lock_assignment(assignment, by=by)
        if held.state not in RUNNING_ASSIGNMENTS:
            raise IllegalMove("follow", {held.pk: held.state})
        told = _told(held.reference if reference is None else reference, promised_at, clock.now())
        _write(held, **told)
        _changed(ticket, held)
    return held


def add_assignment_note(
    assignment: Assignment,
    body: str,
    *,
    by: Actor,
    attachments: Sequence[int] = (),
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message:
    """Add an internal note that the team of the assignment reads too, with files that the actor
    attached to the ticket before.

    A note in Markdown tells the people whom it mentions.
    Errors: NotFound, NotAllowed, Invalid (nothing written, a file that is gone, or who is mentioned
    may not read it).
    """
    if not body.strip():
        raise Invalid(body=_("Write a note first."))
    refuse_long(body=body)
    with attributed(by):
        ticket, held = lock_assignment(assignment, by=by)
        body, mentioned = with_mentions(body, readers_of_assignment(held), text_format)
        message = add_internal_note(
            ticket,
            body,
            author=by.signature,
            person_id=by.person_id,
            assignment=held,
            text_format=text_format,
        )
        attach_to_message(message, attachments, by=by)
        change_ticket(ticket)
        touch_assignment(held)
        notify_mentioned(message, mentioned, by=by)
        notify_watchers(message, mentioned, by=by)
    return message


def mail_supplier(
    assignment: Assignment, body: str, *, by: Actor, attachments: Sequence[int] = ()
) -> Message:
    """Write to the supplier of an assignment, in its language, with both numbers and the files
    that the actor attached to the ticket before.

    Errors: NotFound, NotAllowed, Invalid (no supplier, no address, nothing written, a file that is
    gone).
    """
    if not body.strip():
        raise Invalid(body=_("Write a message first."))
    refuse_long(body=body)
    if not by.can(WORK):
        raise NotAllowed
    with attributed(by):
        ticket, held = lock_assignment(assignment, by=by)
        message = write_to_supplier(ticket, held, body, by=by, attachments=attachments)
        change_ticket(ticket)
        touch_assignment(held)
    return message


def lock_assignment(
    assignment: Assignment, move: Move | None = None, *, by: Actor
) -> tuple[Ticket, Assignment]:
    """Lock the ticket, then its assignment, if the actor may make the move."""
    seen = Assignment.objects.visible_to(by)
    ticket = Ticket.objects.filter(assignments__in=seen.filter(pk=assignment.pk))
    held_ticket = ticket.select_for_update(of=("self",)).first()
    held = (
        seen.select_for_update(of=("self",)).filter(pk=assignment.pk).first()
        if held_ticket
        else None
    )
    if held_ticket is None or held is None:
        raise NotFound
    right = move.right if move else ACCEPT.right
    if not Assignment.objects.within(by, right).filter(pk=held.pk).exists():
        raise NotAllowed
    if move and held.state not in move.sources:
        raise IllegalMove(move.name, {held.pk: held.state}, _no_more(held))
    return held_ticket, held


def _no_more(held: Assignment) -> str:
    if held.state == AssignmentState.ACCEPTED and held.person:
        return _("%(name)s has already accepted this escalation.") % {"name": held.person.name}
    state = AssignmentState(held.state).label
    return _("This escalation is already “%(state)s”.") % {"state": state}


def _worker(held: Assignment, person: Person | None, *, by: Actor) -> Person | None:
    if held.team_id is None:
        return None
    members = Membership.objects.filter(team_id=held.team_id, period__contains=clock.now())
    asked = person.pk if person else by.person_id
    found = members.filter(person_id=asked).select_related("person").first() if asked else None
    if found is None:
        raise Invalid(person=_("Choose a team member as the assignee."))
    return found.person


def _refuse_contradictions(ask: WorkRequest) -> None:
    wrong: dict[str, str] = {}
    if (ask.team is None) == (ask.supplier is None):
        wrong["to"] = _("Choose either a team or a supplier.")
    if ask.team and ask.team.closed_on is not None:
        wrong["to"] = _("This team is closed.")
    if ask.supplier and ask.supplier.left_on is not None:
        wrong["to"] = _("This supplier is no longer active.")
    if ask.reason not in AskReason.values:
        wrong["reason"] = _("This reason is not in the list.")
    if any(code not in CHECKS for code in ask.tried):
        wrong["tried"] = _("This check is not on the list.")
    if ask.person and not _is_member(ask.person, ask.team):
        wrong["person"] = _("%(name)s is not a member of this team.") % {"name": ask.person.name}
    if wrong:
        raise Invalid(**wrong)


def _is_member(person: Person, team: Team | None) -> bool:
    held = Membership.objects.filter(team=team, person=person, period__contains=clock.now())
    return team is not None and held.exists()


def _told(reference: str, promised_at: datetime | None, at: datetime) -> dict[str, Any]:
    if promised_at is not None and promised_at <= at:
        raise Invalid(promised_at=_("The promised time must be in the future."))
    told: dict[str, Any] = {"reference": " ".join(reference.split())[:60]}
    return told if promised_at is None else told | {"promised_at": promised_at}


def _move(held: Assignment, move: Move, *, by: Actor, at: datetime, **fields: Any) -> None:
    record_moves(Assignment, move.name, {held.pk: held.state}, move.target, by=by, at=at)
    _write(held, state=move.target, **fields)
    escalation_notifications.settle_requested(held, by=by)


def _end(held: Assignment, move: Move, *, by: Actor, at: datetime, **fields: Any) -> None:
    _move(held, move, by=by, at=at, ended_at=at, **fields)


def _withdraw(held: Assignment, *, by: Actor, at: datetime) -> None:
    _end(held, WITHDRAW, by=by, at=at)
    announce(WorkWithdrawn(assignment_id=held.pk, ticket_id=held.ticket_id, at=at), by=by)


def _write(held: Assignment, **fields: Any) -> None:
    Assignment.objects.filter(pk=held.pk).update(**fields)
    for name, value in fields.items():
        setattr(held, name, value)


def _changed(ticket: Ticket, assignment: Assignment) -> None:
    """Recompute the clocks and refresh open pages, after every act on an assignment."""
    if ticket.state not in ENDED_STATES:
        refresh_commitments(ticket)
    change_ticket(ticket)
    touch_assignment(assignment)


def touch_assignment(assignment: Assignment) -> None:
    """Tell the pages and lists that show an assignment to draw it again."""
    live_topics.publish(
        WORK_LISTS,
        f"desk.assignment:{assignment.pk}",
        *([f"assist.team:{assignment.team_id}"] if assignment.team_id else []),
    )
