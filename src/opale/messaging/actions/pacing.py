"""Mails to one domain go at a pace that its servers bear.

A mail counts for the domain of the first address it goes to.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F

from opale.kernel import clock
from opale.messaging.mail_addresses import parts_of
from opale.messaging.models import DomainPace, OutgoingMail
from opale.messaging.states import MailState

MINUTE: Final = timedelta(minutes=1)
BUSY: Final = timedelta(seconds=5)
PAUSES: Final = tuple(timedelta(minutes=n) for n in (1, 2, 5, 10, 20, 30))
"""How long a domain is left alone after it asked so, once more and once more."""
STAY_AWAY: Final = frozenset({421, 450})


def domain_of(addresses: Sequence[str]) -> str:
    return parts_of(addresses[0]).address.rpartition("@")[2].lower()[:255] if addresses else ""


def wait_for(domain: str) -> timedelta | None:
    """Begin a talk with the domain, or how long to wait for one; inside the claim's transaction."""
    if not domain:
        return None
    now = clock.now()
    paces = DomainPace.objects.select_for_update()
    pace = paces.filter(domain=domain).first()
    if pace is None:
        DomainPace.objects.get_or_create(domain=domain)
        pace = paces.get(domain=domain)
    if pace.held_until is not None and pace.held_until > now:
        return pace.held_until - now
    talking = OutgoingMail.objects.filter(
        domain=domain, state=MailState.QUEUED, claimed_until__gt=now
    )
    if talking.count() >= settings.MAIL_PER_DOMAIN_AT_ONCE:
        return BUSY
    if pace.minute <= now - MINUTE:
        pace.minute, pace.begun = now, 0
    if pace.begun >= settings.MAIL_PER_DOMAIN_PER_MINUTE:
        return pace.minute + MINUTE - now
    pace.begun += 1
    pace.save(update_fields=["minute", "begun"])
    return None


def leave_alone(domain: str) -> None:
    """The domain's server asked us to come back later: no mail goes there for a while."""
    pace = DomainPace.objects.select_for_update().filter(domain=domain).first()
    if pace is not None:
        pause = PAUSES[min(pace.refusals, len(PAUSES) - 1)]
        DomainPace.objects.filter(domain=domain).update(
            refusals=F("refusals") + 1, held_until=clock.now() + pause
        )


def go_on(domain: str) -> None:
    """The domain's server took a mail."""
    DomainPace.objects.filter(domain=domain, refusals__gt=0).update(refusals=0, held_until=None)
