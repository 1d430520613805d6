"""Spam: its ticket is cancelled without a word to the sender, whose further mails go to quarantine.

Source: docs/rules/mail.md, "Spam".
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.customers.queries.parties import PUBLIC_DOMAINS, party_of
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.messaging.actions.suppressions import block_sender, unblock_senders
from opale.messaging.models import Mailbox
from opale.run.desk.actions.lifecycle import cancel_ticket, reopen_ticket
from opale.run.desk.actions.ticket_locks import lock_ticket
from opale.run.desk.models import Ticket
from opale.run.desk.queries.spam import sender_of_mail


def mark_as_spam(ticket: Ticket, *, by: Actor, whole_domain: bool = False) -> Ticket:
    """Cancel a ticket that is spam, and block its sender; with `whole_domain` the sender's domain.

    Nobody is written to. Errors: NotFound, NotAllowed, IllegalMove, Invalid (no mail names a
    sender, or the domain is a customer's, a public one or our own).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        sender = sender_of_mail(held)
        if not sender:
            raise Invalid(_("No mail of this ticket names a sender."))
        domain = sender.rpartition("@")[2].lower()
        if whole_domain:
            _refuse_domain(domain)
        cancelled = cancel_ticket(held, by=by, reason=pgettext("a mail", "Spam"))
        block_sender(f"@{domain}" if whole_domain else sender, by=by, origin=held.reference)
    return cancelled


def undo_spam(ticket: Ticket, *, by: Actor) -> Ticket:
    """Reopen a ticket that was no spam; its sender is not blocked any more.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        reopened = reopen_ticket(ticket, by=by, reason=pgettext("a mail", "No spam"))
        unblock_senders(ticket.reference, by=by)
    return reopened


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
