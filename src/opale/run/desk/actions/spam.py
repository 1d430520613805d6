"""Spam: its ticket is cancelled without a word to the sender, whose further mails go to quarantine.

Source: docs/rules/mail.md, "Spam".
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.customers.queries.parties import PUBLIC_DOMAINS, party_of
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.messaging.actions.suppressions import block_sender, unblock_senders
from opale.messaging.models import Mailbox
from opale.run.desk.actions.endings import Ended, begin_ending, undo_ending
from opale.run.desk.actions.lifecycle import cancel_ticket, reopen_ticket
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.models import Ticket
from opale.run.desk.queries.spam import is_marked_as_spam, sender_of_mail, spam_cause
from opale.run.desk.states import TicketState


def mark_as_spam(ticket: Ticket, *, by: Actor, whole_domain: bool = False) -> Ended:
    """Cancel a ticket that is spam, and block its sender; with `whole_domain` the sender's domain.

    Nobody is written to. Errors: NotFound, NotAllowed, IllegalMove, Invalid (no mail names a
    sender, or the domain is a customer's, a public one or our own).
    """
    with attributed(by):
        held, before = begin_ending(ticket, by=by)
        sender = sender_of_mail(held)
        if not sender:
            raise Invalid(_("No mail of this ticket names a sender."))
        domain = sender.rpartition("@")[2].lower()
        if whole_domain:
            _refuse_domain(domain)
        cancelled = cancel_ticket(held, by=by, reason=spam_cause())
        block_sender(f"@{domain}" if whole_domain else sender, by=by, origin=held.reference)
    return Ended(cancelled, before)


def undo_spam(ticket: Ticket, *, by: Actor, before: Mapping[str, Any] | None = None) -> None:
    """Return a ticket that was no spam to its state `before`, else reopen it; its sender is not
    blocked any more.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict (the ticket has changed since).
    """
    with attributed(by, reason=pgettext("a mail", "No spam")):
        if before is not None:
            undo_ending(ticket, before, None, ended=TicketState.CANCELLED, by=by)
        else:
            spam = is_marked_as_spam(lock_ticket(ticket, by=by))
            reopened = reopen_ticket(ticket, by=by)
            if spam:
                change_ticket(reopened, cause="")
        unblock_senders(ticket.reference, by=by)


def _refuse_domain(domain: str) -> None:
    if domain in PUBLIC_DOMAINS:
        raise Invalid(whole_domain=_("%(domain)s is a public mail domain.") % {"domain": domain})
    party = party_of(f"postmaster@{domain}")
    customer = party.customer or next(iter(party.candidates), None)
    if customer is not None:
        words = {"domain": domain, "customer": customer.name}
        raise Invalid(whole_domain=_("%(domain)s is the domain of %(customer)s.") % words)
    if Mailbox.objects.filter(address__iendswith=f"@{domain}").exists():
        raise Invalid(whole_domain=_("%(domain)s is our own domain.") % {"domain": domain})
