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


def release_address(suppression: Suppression, *, by: Actor) -> None:
    """Take an address off the list. Errors: NotFound, NotAllowed."""
    if not by.can(rights.RETRY):
        raise NotAllowed
    with attributed(by):
        if not Suppression.objects.visible_to(by).filter(pk=suppression.pk).delete()[0]:
            raise NotFound
        live_topics.publish(SUPPRESSED)


def without_suppressed(addresses: Sequence[str]) -> list[str]:
    """Return the addresses that are not suppressed."""
    lower = [address.lower() for address in addresses]
    found = Suppression.objects.filter(address__in=lower).values_list("address", flat=True)
    gone = set(found) if lower else set()
    return [address for address in addresses if address.lower() not in gone]
