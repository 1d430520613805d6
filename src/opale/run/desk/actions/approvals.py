"""Approvals by contacts with the authority: asked for, then granted or refused once.

While an approval is awaited, the time to intervene runs and the work stands still: a pause for the
customer. Source: docs/rules/request-catalogue.md, "Authority".
"""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.isolation import as_application
from opale.run.desk.actions.assignments import request_team_work
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.messages import add_internal_note, notify_requester
from opale.run.desk.actions.outgoing_mail import TicketMail, queue_ticket_mail
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.rejections import reject_locked_ticket
from opale.run.desk.actions.ticket_locks import (
    change_ticket,
    lock_ticket,
    record_ticket_moves,
    touch_ticket,
)
from opale.run.desk.domain.catalogue.answer_text import answers_as_text
from opale.run.desk.domain.catalogue.form_fields import in_language, parse_form
from opale.run.desk.facts import ApprovalAsked, ApprovalDecided
from opale.run.desk.models import (
    Approval,
    Authority,
    Pause,
    Refusal,
    RequestDetails,
    Ticket,
)
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries.requests import awaited_approval, contacts_with_authority, has_authority
from opale.run.desk.rights import READ, WORK
from opale.run.desk.states import OPEN_STATES, RESUME, TicketState


def request_approval(
    held: Ticket, details: RequestDetails, authority: Authority, *, by: Actor
) -> None:
    """Ask the contacts with the authority for approval, each in their language; the work pauses.

    Runs inside the transaction of an action that holds the ticket. Asked again before an answer
    (the request changed), it is the same approval.
    """
    at = clock.now()
    approval = awaited_approval(held)
    if approval is None:
        approval = Approval.objects.create(
            ticket=held, customer_id=held.customer_id, authority=authority, asked_at=at
        )
        announce(
            ApprovalAsked(ticket_id=held.pk, approval_id=approval.pk, authority=authority, at=at),
            by=by,
        )
    pause_for_approval(held)
    asked = list(contacts_with_authority(authority, held.customer_id)) if held.customer_id else []
    reached = [contact for contact in asked if contact.email]
    for contact in reached:
        _mail(held, details, approval, contact, by=by)
    _say_who_is_asked(held, authority, reached, by=by)
    refresh_commitments(held)
    touch_ticket(held)


def decide_approval(
    ticket: Ticket,
    *,
    granted: bool,
    by: Actor,
    heard_from: Contact | None = None,
    reason: str = "",
) -> Approval:
    """Grant or refuse an approval: a contact directly, or an agent who was told the decision.

    The authority is checked at this moment. The first decision counts; a later one is told who
    decided. Granted, the work resumes; refused, the request is refused with it.
    Errors: NotFound, NotAllowed, Invalid (no contact named, or another customer's), IllegalMove
    (nothing is asked, or the ticket has ended), Conflict (decided in the meantime).
    """
    with as_application(), attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by, right=READ if by.contact_id else WORK)
        speaker = _speaker(held, by, heard_from)
        approval = awaited_approval(held)
        if approval is None:
            raise _decided_before(held)
        if held.state not in OPEN_STATES:
            raise IllegalMove("decide", {held.pk: held.state})
        _refuse_without_authority(speaker, Authority(approval.authority))
        _write_decision(held, approval, speaker, granted=granted, by=by, reason=reason)
        if granted:
            _go_on(held, by=by)
            team = held.request_type.team if held.request_type else None
            request_team_work(held, team, AskReason.CATALOGUE, by=by)
        else:
            with translation.override(held.language):
                author = _("Service desk")
            reject_locked_ticket(held, Refusal.NOT_APPROVED, by=by, author=author, note=reason)
    return approval


def _speaker(held: Ticket, by: Actor, heard_from: Contact | None) -> Contact:
    """Return the deciding contact, locked: its authority cannot change while it is checked."""
    pk = by.contact_id or (heard_from.pk if heard_from else None)
    if pk is None:
        raise Invalid(contact=_("Choose who made the decision."))
    speaker = Contact.objects.select_for_update(of=("self",)).get(pk=pk)
    if speaker.customer_id != held.customer_id:
        raise Invalid(contact=_("This contact belongs to another customer."))
    return speaker


def _decided_before(held: Ticket) -> IllegalMove | Conflict | NotFound:
    last = Approval.objects.filter(ticket=held).select_related("decided_by").last()
    if last is None or last.decided_by is None:
        return NotFound()
    if last.state == Approval.State.GRANTED:
        sentence = _("%(name)s has already approved this.")
    else:
        sentence = _("%(name)s has already refused this.")
    return Conflict(sentence % {"name": last.decided_by.name})


def _refuse_without_authority(speaker: Contact, authority: Authority) -> None:
    if not has_authority(speaker, authority):
        raise NotAllowed(
            _("%(name)s does not have the required authority: %(authority)s.")
            % {"name": speaker.name, "authority": authority.label}
        )


def _write_decision(
    held: Ticket, approval: Approval, speaker: Contact, *, granted: bool, by: Actor, reason: str
) -> None:
    at = clock.now()
    approval.state = Approval.State.GRANTED if granted else Approval.State.REFUSED
    approval.decided_at, approval.decided_by = at, speaker
    approval.heard_by = "" if by.contact_id else by.key
    approval.reason = reason.strip()[:300]
    approval.save(update_fields=["state", "decided_at", "decided_by", "heard_by", "reason"])
    announce(
        ApprovalDecided(ticket_id=held.pk, approval_id=approval.pk, granted=granted, at=at), by=by
    )


def pause_for_approval(held: Ticket) -> None:
    """Pause the clocks of the work without a message; a ticket already paused stays so."""
    if Pause.objects.filter(ticket=held, ends=None).exists():
        return
    with translation.override(held.language):
        reason = _("Waiting for approval")
    Pause.objects.create(
        ticket=held,
        customer_id=held.customer_id,
        kind=Pause.Kind.CUSTOMER,
        starts=max(clock.now(), held.received_at),
        reason=reason,
    )


def _go_on(held: Ticket, *, by: Actor) -> None:
    """End the pause for the customer; any other pause continues."""
    at = clock.now()
    if Pause.objects.filter(ticket=held, ends=None, kind=Pause.Kind.CUSTOMER).exists():
        end_pause(held, at=at)
        if held.state == TicketState.PENDING:
            record_ticket_moves(RESUME.name, {held.pk: held.state}, RESUME.target, by=by, at=at)
            change_ticket(held, state=RESUME.target)
    refresh_commitments(held)
    touch_ticket(held)


def _mail(
    held: Ticket, details: RequestDetails, approval: Approval, contact: Contact, *, by: Actor
) -> None:
    with translation.override(contact.language):
        own = {
            "recipient": contact.name,
            "asker": held.contact.name if held.contact else "",
            "authority": str(Authority(approval.authority).label),
            "request": in_language(details.request_type.name_en, details.request_type.name_fr),
            "text": answers_as_text(parse_form(details.fields), details.values),
        }
        desk = _("Service desk")
    post = TicketMail(
        occasion="approval",
        to=[contact.email],
        language=contact.language,
        agent=desk,
        own=own,
    )
    queue_ticket_mail(held, post, f"desk.approval:{approval.pk}", by=by)


def _say_who_is_asked(
    held: Ticket, authority: Authority, asked: Sequence[Contact], *, by: Actor
) -> None:
    """Tell the requester who is asked, or the desk that nobody can be asked."""
    names = ", ".join(contact.name for contact in asked)
    if not asked:
        with translation.override(held.owner.user.language if held.owner.user else "en"):
            body = _(
                "No contact at %(customer)s has both this authority and an e-mail address:"
                " %(authority)s. Grant it to a contact, or refuse the request."
            ) % {
                "customer": held.customer.name if held.customer else "?",
                "authority": authority.label,
            }
        add_internal_note(held, body, author="Opale")
    elif held.contact is not None:
        with translation.override(held.language):
            body = _(
                "We have recorded your request %(number)s. It requires approval; we have asked"
                " %(names)s."
            ) % {"number": held.reference, "names": names}
            author = _("Service desk")
        notify_requester(held, body, by=by, author=author, is_answer=False, occasion="recorded")
