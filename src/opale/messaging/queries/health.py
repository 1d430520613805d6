"""How the mail is: the figures of the page Mail health and of /metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Sum

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.messaging.models import IncomingMail, IncomingTally, Mailbox, OutgoingMail
from opale.messaging.queries.incoming import mailboxes
from opale.messaging.states import IncomingState, MailboxSource, MailState, Outcome

SILENT_AFTER: Final = timedelta(minutes=10)
"""A source that looks all the time, and had no success for so long, is in trouble."""


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """`silent` is how long the source has had no success; None where nothing is fetched."""

    mailbox: Mailbox
    silent: timedelta | None
    is_well: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """`oldest` is since when the first of what waits has waited."""

    waiting: int
    oldest: datetime | None
    retried: int
    quarantined: int
    quarantined_since: datetime | None
    queued: int
    given_up: int

    @property
    def lag(self) -> timedelta:
        return max(clock.now() - self.oldest, timedelta()) if self.oldest else timedelta()


def mailbox_health(*, seen_by: Actor) -> list[MailboxHealth]:
    return [health_of(box) for box in mailboxes(seen_by=seen_by)]


def health_of(mailbox: Mailbox) -> MailboxHealth:
    if mailbox.source != MailboxSource.IMAP or not mailbox.is_on:
        return MailboxHealth(mailbox, None, True)
    silent = clock.now() - mailbox.last_success_at if mailbox.last_success_at else None
    well = silent is not None and silent < SILENT_AFTER and not mailbox.last_error
    return MailboxHealth(mailbox, silent, well)


def figures() -> Figures:
    """Numbers alone, which belong to nobody."""
    received = IncomingMail.objects.filter(state=IncomingState.RECEIVED)
    waiting = received.aggregate(count=Count("pk"), oldest=Min("received_at"))
    stuck = IncomingMail.objects.filter(state=IncomingState.QUARANTINED).aggregate(
        count=Count("pk"), oldest=Min("processed_at")
    )
    unsent = OutgoingMail.objects.filter(state__in=[MailState.QUEUED, MailState.FAILED])
    sent = dict(unsent.order_by().values_list("state").annotate(Count("pk")))
    return Figures(
        waiting=waiting["count"],
        oldest=waiting["oldest"],
        retried=received.filter(attempts__gt=0).count(),
        quarantined=stuck["count"],
        quarantined_since=stuck["oldest"],
        queued=sent.get(MailState.QUEUED, 0),
        given_up=sent.get(MailState.FAILED, 0),
    )


def outcomes() -> dict[str, int]:
    """How many mails had each outcome, ever."""
    rows = IncomingTally.objects.values_list("outcome").annotate(Sum("count")).order_by()
    counted = dict(rows)
    return {outcome: counted.get(outcome, 0) for outcome in Outcome.values}
