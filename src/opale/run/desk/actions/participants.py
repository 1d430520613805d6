"""The owner's decisions on participants of a ticket, and on links proposed by mail.

Source: docs/rules/mail.md, "Who may join" and "A proposed link".
"""

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.action_steps import require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound
from opale.messaging.models import Mailbox
from opale.run.desk.actions.merges import merge_tickets
from opale.run.desk.actions.ticket_locks import lock_current_ticket, touch_ticket
from opale.run.desk.models import MailboxRules, Merge, Participant, ProposedLink, Ticket
from opale.run.desk.rights import ADMINISTER

State = Participant.State
Link = ProposedLink.State


def accept_participant(participant: Participant, *, by: Actor) -> None:
    """Accept a participant: answers go to them too. Errors: NotFound, NotAllowed."""
    _decide(participant, State.ACCEPTED, by=by)


def remove_participant(participant: Participant, *, by: Actor) -> None:
    """Remove a participant. Their messages stay; their next mail opens a ticket of its own.

    Errors: NotFound, NotAllowed.
    """
    _decide(participant, State.REMOVED, by=by)


def _decide(participant: Participant, state: State, *, by: Actor) -> None:
    with attributed(by):
        held = lock_current_ticket(participant.ticket, by=by)
        rows = Participant.objects.filter(pk=participant.pk, ticket=held)
        if not rows.update(state=state, decided_at=clock.now()):
            raise NotFound
        touch_ticket(held)


def accept_proposed_link(ticket: Ticket, *, by: Actor) -> Merge:
    """Merge a ticket that a mail opened into the one that the mail named.

    Errors: NotFound, NotAllowed, Conflict (decided before), Invalid (the two may not become one).
    """
    with attributed(by):
        link = _hold(ticket, by=by)
        (merge,) = merge_tickets([link.ticket], link.other, by=by)
        _settle(link, Link.JOINED)
    return merge


def refuse_proposed_link(ticket: Ticket, *, by: Actor) -> None:
    """Refuse a proposed link between two tickets. Errors: NotFound, NotAllowed, Conflict."""
    with attributed(by):
        link = _hold(ticket, by=by)
        _settle(link, Link.REFUSED)
        touch_ticket(link.ticket)


def reopen_proposed_link(ticket: Ticket, *, by: Actor) -> None:
    """Take a refusal back. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = lock_current_ticket(ticket, by=by)
        rows = ProposedLink.objects.filter(ticket=held, state=Link.REFUSED)
        if not rows.update(state=Link.OPEN, decided_at=None):
            raise NotFound
        touch_ticket(held)


def _hold(ticket: Ticket, *, by: Actor) -> ProposedLink:
    held = lock_current_ticket(ticket, by=by)
    link = ProposedLink.objects.select_for_update().filter(ticket=held).first()
    if link is None or not Ticket.objects.visible_to(by).filter(pk=link.other_id).exists():
        raise NotFound
    if link.state != Link.OPEN:
        raise Conflict(_("Already decided."))
    link.ticket = held
    link.other = lock_current_ticket(link.other, by=by)
    return link


def _settle(link: ProposedLink, state: Link) -> None:
    ProposedLink.objects.filter(pk=link.pk).update(state=state, decided_at=clock.now())


def edit_mailbox_rules(
    mailbox: Mailbox, *, by: Actor, stream: str, kind: str, believes: bool
) -> MailboxRules:
    """Set how the desk handles mail to a mailbox from now on. Errors: NotAllowed."""
    require_everywhere(by, ADMINISTER)
    with attributed(by):
        held, _made = MailboxRules.objects.select_for_update().get_or_create(mailbox=mailbox)
        update_changed(held, {"stream": stream, "kind": kind, "believes": believes})
    return held
