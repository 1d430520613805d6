"""Spam: its ticket is cancelled without a word to the sender, whose further mails go to quarantine.

Source: docs/rules/mail.md, "Spam".
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.customers.models import Contact
from opale.customers.queries.parties import PUBLIC_DOMAINS, party_of
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.messaging.actions.suppressions import block_sender, unblock_sender
from opale.messaging.models import Mailbox
from opale.organisation.models import Person
from opale.run.desk.actions.endings import Ended, cancel, undo_ending
from opale.run.desk.actions.lifecycle import reopen_ticket
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.models import Ticket
from opale.run.desk.queries.spam import is_marked_as_spam, sender_of_mail, spam_cause
from opale.run.desk.states import TicketState


def mark_as_spam(ticket: Ticket, *, by: Actor, whole_domain: bool = False) -> Ended:
    """Cancel a ticket that is spam, and block its sender; with `whole_domain` the sender's domain.

    Nobody is written to. Errors: NotFound, NotAllowed, IllegalMove, Invalid (no mail names a
    sender; the sender is a contact, a colleague or a mailbox of ours, as a forged one may be; the
    domain is a customer's, a public one or our own).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        sender = sender_of_mail(held)
        if not sender:
            raise Invalid(_("No mail of this ticket names a sender."))
        _refuse_known(sender)
        domain = sender.rpartition("@")[2].lower()
        if whole_domain:
            _refuse_domain(domain)
        ended = cancel(held, by=by, reason=spam_cause())
        block_sender(f"@{domain}" if whole_domain else sender, by=by, origin=held.reference)
    return ended


def undo_spam(ticket: Ticket, *, by: Actor, before: Mapping[str, Any] | None = None) -> bool:
    """Return a ticket that was no spam to its state `before`, else reopen it, and block its sender
    no longer; return whether the sender is free, whose domain may be blocked for another ticket.

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
        return unblock_sender(sender_of_mail(ticket), by=by, origin=ticket.reference)


def _refuse_known(sender: str) -> None:
    """Refuse to block somebody whom a forged mail names as its sender."""
    contact = Contact.objects.filter(email__iexact=sender, left_on=None).first()
    words = {"address": sender, "customer": contact.customer.name if contact else ""}
    if contact is not None:
        raise Invalid(
            _("%(address)s is a contact of %(customer)s: cancel the ticket instead.") % words
        )
    if Person.objects.filter(email__iexact=sender, left_on=None).exists():
        raise Invalid(_("%(address)s is a colleague: cancel the ticket instead.") % words)
    if Mailbox.objects.filter(address__iexact=sender).exists():
        raise Invalid(_("%(address)s is our own mailbox: cancel the ticket instead.") % words)


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
