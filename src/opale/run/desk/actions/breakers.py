"""Breakers against mail loops: mail that comes too fast is kept, and no longer answered.

Source: docs/rules/mail.md, "Loops".
"""

from datetime import timedelta

from django.db.models import F

from opale.kernel import clock
from opale.run.desk.domain.incoming_mail.rate_limits import (
    ACKNOWLEDGEMENT_LIMIT,
    NOTICE_LIMIT,
    OPEN_FOR,
    OPENED_TICKET_LIMIT,
    THREAD_LIMIT,
    RateLimit,
)
from opale.run.desk.models import Breaker, ReceivedMail, Ticket
from opale.run.desk.queries.incoming_mail import (
    count_acknowledgements_since,
    count_mails_since,
    count_tickets_opened_since,
)
from opale.run.desk.queries.notices import count_notices_since

RETENTION = timedelta(days=90)


def may_acknowledge(address: str) -> bool:
    """Return whether one more acknowledgement to an address is within the limit."""
    since = clock.now() - ACKNOWLEDGEMENT_LIMIT.within
    return _passes(
        Breaker.Kind.ACKNOWLEDGED,
        ACKNOWLEDGEMENT_LIMIT,
        count_acknowledgements_since(address, since),
        address,
    )


def may_open(address: str) -> bool:
    """Return whether one more ticket of an address is within the limit."""
    since = clock.now() - OPENED_TICKET_LIMIT.within
    return _passes(
        Breaker.Kind.OPENED,
        OPENED_TICKET_LIMIT,
        count_tickets_opened_since(address, since),
        address,
    )


def may_mark_unread(address: str, ticket: Ticket) -> bool:
    """Return whether one more mail of an address on a ticket may mark it as unread."""
    since = clock.now() - THREAD_LIMIT.within
    came = count_mails_since(address, since, message__ticket=ticket)
    return _passes(Breaker.Kind.IN_THREAD, THREAD_LIMIT, came, address, ticket)


def may_notify(address: str) -> bool:
    """Return whether one more notice to an address is within the limit."""
    since = clock.now() - NOTICE_LIMIT.within
    return _passes(Breaker.Kind.NOTICED, NOTICE_LIMIT, count_notices_since(address, since), address)


def _passes(
    kind: Breaker.Kind, rate: RateLimit, count: int, address: str, ticket: Ticket | None = None
) -> bool:
    """Return whether the breaker is closed. Once open, it stays open while mail comes too fast."""
    now = clock.now()
    rows = Breaker.objects.filter(kind=kind, address=address, ticket=ticket, until__gt=now)
    standing = rows.select_for_update().first()
    if count < rate.most and standing is None:
        return True
    if standing is not None:
        Breaker.objects.filter(pk=standing.pk).update(until=now + OPEN_FOR, held=F("held") + 1)
    else:
        Breaker.objects.create(
            kind=kind, address=address, ticket=ticket, opened_at=now, until=now + OPEN_FOR
        )
    return False


def last_opened_by(address: str) -> Ticket | None:
    """Return the ticket of an address's newest mail: mail that comes too fast goes there."""
    last = ReceivedMail.objects.filter(address=address).order_by("-at", "-pk").first()
    return last.message.ticket if last else None


def delete_old_breakers() -> int:
    gone, _by_model = Breaker.objects.filter(until__lt=clock.now() - RETENTION).delete()
    return gone
