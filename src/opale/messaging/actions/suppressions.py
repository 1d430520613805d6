"""Actions on the list of addresses that get no automatic mail."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging import rights
from opale.messaging.domain.failure_reasons import SPAM_SENDER_STATUS
from opale.messaging.models import OutgoingMail, Suppression

SUPPRESSED = "messaging.suppressed"
"""The live topic of the list."""


def suppress_address(
    address: str, *, by: Actor, answer: str = "", mail: OutgoingMail | None = None
) -> Suppression:
    """Put an address on the list; one that is already listed is not changed.

    Errors: NotAllowed, Invalid (no address).
    """
    if not by.can(rights.RETRY):
        raise NotAllowed
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(
            address=_("“%(address)s” is not a valid email address.") % {"address": address[:100]}
        ) from None
    with attributed(by):
        said = {"answer": answer[:2000], "mail": mail, "since": clock.now()}
        row, _made = Suppression.objects.get_or_create(address=address, defaults=said)
        live_topics.publish(SUPPRESSED)
    return row


def block_sender(sender: str, *, by: Actor, origin: str) -> Suppression:
    """Put an address, or a domain (`@example.com`), on the list as one that sends spam: its mails
    go to quarantine, and no automatic mail is sent there.

    For actions of upper apps, which say who may; `origin` names what was marked.
    Errors: Invalid (no address or domain).
    """
    sender = sender.strip().lower()
    try:
        validate_email(f"x{sender}" if sender.startswith("@") else sender)
    except ValidationError:
        raise Invalid(
            address=_("“%(address)s” is not a valid email address.") % {"address": sender[:100]}
        ) from None
    with attributed(by):
        mark = f"{SPAM_SENDER_STATUS} {origin}"
        said = {"answer": mark, "since": clock.now()}
        row, made = Suppression.objects.get_or_create(address=sender, defaults=said)
        if not made and not row.answer.startswith(SPAM_SENDER_STATUS):
            # What was known of the address is kept below, for `unblock_sender`.
            row.answer = f"{mark}\n{row.answer}"
            row.save(update_fields=["answer"])
        live_topics.publish(SUPPRESSED)
    return row


def unblock_sender(address: str, *, by: Actor, origin: str) -> bool:
    """Block an address no longer as one that sends spam, nor its domain where `origin` was marked;
    return whether its mails are accepted again.

    An address that was on the list before stays there, for its former reason.
    """
    own, domain = _entries_of(address)
    with attributed(by):
        rows = Suppression.objects.filter(answer__startswith=SPAM_SENDER_STATUS)
        for row in rows.filter(address__in=(own, domain)).select_for_update(of=("self",)):
            mark, below, former = row.answer.partition("\n")
            if row.address == domain and mark != f"{SPAM_SENDER_STATUS} {origin}":
                continue
            if below:
                row.answer = former
                row.save(update_fields=["answer"])
            else:
                row.delete()
        live_topics.publish(SUPPRESSED)
    return not sends_spam(address)


def sends_spam(address: str) -> bool:
    """Return whether an address, or its domain, is blocked as one that sends spam."""
    rows = Suppression.objects.filter(address__in=_entries_of(address))
    return bool(address) and rows.filter(answer__startswith=SPAM_SENDER_STATUS).exists()


def _entries_of(address: str) -> tuple[str, str]:
    """Return the entries of the list that are about an address: itself and its domain."""
    lower = address.strip().lower()
    return lower, f"@{lower.rpartition('@')[2]}"


def release_address(suppression: Suppression, *, by: Actor) -> None:
    """Take an address off the list. Errors: NotFound, NotAllowed."""
    if not by.can(rights.RETRY):
        raise NotAllowed
    with attributed(by):
        if not Suppression.objects.visible_to(by).filter(pk=suppression.pk).delete()[0]:
            raise NotFound
        live_topics.publish(SUPPRESSED)


def without_suppressed(addresses: Sequence[str]) -> list[str]:
    """Return the addresses that are not suppressed, nor their domains."""
    entries = {address: _entries_of(address) for address in addresses}
    wanted = {entry for both in entries.values() for entry in both}
    found = Suppression.objects.filter(address__in=wanted).values_list("address", flat=True)
    gone = set(found) if wanted else set()
    return [address for address in addresses if not gone & {*entries[address]}]
