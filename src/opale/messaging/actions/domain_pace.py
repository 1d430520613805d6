"""The pace of mails to each domain: limited to what its servers accept.

A mail counts for the domain of the first address it goes to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet

from opale.kernel import clock
from opale.messaging.domain.mail_addresses import split_address
from opale.messaging.models import DomainPace, OutgoingMail
from opale.messaging.states import MailState

MINUTE: Final = timedelta(minutes=1)
BUSY_WAIT: Final = timedelta(seconds=5)
PAUSES: Final = tuple(timedelta(minutes=n) for n in (1, 2, 5, 10, 20, 30))
"""How long a domain gets no mail after its server asked so once, twice, and so on."""
PAUSE_CODES: Final = frozenset({421, 450})


def domain_of(addresses: Sequence[str]) -> str:
    return split_address(addresses[0]).address.rpartition("@")[2].lower()[:255] if addresses else ""


def begin_or_wait(domain: str) -> timedelta | None:
    """Begin a talk with the domain, or return how long to wait; inside the claim's transaction."""
    if not domain:
        return None
    now, at_once = clock.now(), settings.MAIL_PER_DOMAIN_AT_ONCE
    pace = _pace(domain).first()
    if pace is None:
        DomainPace.objects.get_or_create(domain=domain)
        pace = DomainPace.objects.select_for_update().get(domain=domain)
    if pace.held_until is not None and pace.held_until > now:
        return pace.held_until - now
    if len(_talking(domain, now, limit=at_once)) >= at_once:
        return BUSY_WAIT
    if pace.minute <= now - MINUTE:
        pace.minute, pace.begun = now, 0
    if pace.begun >= settings.MAIL_PER_DOMAIN_PER_MINUTE:
        return pace.minute + MINUTE - now
    pace.begun += 1
    pace.save(update_fields=["minute", "begun"])
    return None


def _pace(domain: str) -> QuerySet[DomainPace]:
    return DomainPace.objects.select_for_update().filter(domain=domain)


def _talking(domain: str, now: datetime, *, limit: int) -> QuerySet[OutgoingMail, int]:
    """Return the mails that are being sent to the domain now."""
    claimed = OutgoingMail.objects.filter(domain=domain, state=MailState.QUEUED)
    return claimed.filter(claimed_until__gt=now).values_list("pk", flat=True)[:limit]


def pause_domain(domain: str) -> None:
    """Send the domain no mail for a while: its server asked us to come back later."""
    pace = _pace(domain).first()
    if pace is not None:
        pause = PAUSES[min(pace.refusals, len(PAUSES) - 1)]
        DomainPace.objects.filter(domain=domain).update(
            refusals=F("refusals") + 1, held_until=clock.now() + pause
        )


def resume_domain(domain: str) -> None:
    """Record that the domain's server accepted a mail."""
    DomainPace.objects.filter(domain=domain, refusals__gt=0).update(refusals=0, held_until=None)
