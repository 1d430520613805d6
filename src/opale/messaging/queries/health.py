"""The figures of the page Mail health and of /metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, OuterRef, Subquery, Sum

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.messaging.models import IncomingMail, IncomingTally, Mailbox, OutgoingMail
from opale.messaging.queries.incoming import mailboxes
from opale.messaging.states import IncomingState, MailboxSource, MailState, Outcome

SILENT_AFTER: Final = timedelta(minutes=10)
"""A polled source without success for so long is in trouble."""


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """The health of a mailbox.

    `succeeded_at` is when the source last looked without an error, or brought a mail; `silent` is
    how long it has had no success, None where nothing is fetched.
    """

    mailbox: Mailbox
    succeeded_at: datetime | None
    silent: timedelta | None
    is_well: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of mails; `oldest` is since when the oldest waiting mail has waited."""

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
    newest = IncomingMail.objects.filter(mailbox=OuterRef("pk")).order_by("-received_at", "-id")
    brought = Subquery(newest.values("received_at")[:1])
    rows = mailboxes(seen_by=seen_by).annotate(brought_at=brought)
    return [health_of(box, getattr(box, "brought_at", None)) for box in rows]


def health_of(mailbox: Mailbox, brought_at: datetime | None = None) -> MailboxHealth:
    """Return a mailbox's health; `brought_at` is when its newest mail came, for passive sources."""
    if mailbox.source != MailboxSource.IMAP:
        return MailboxHealth(mailbox, brought_at, None, True)
    if not mailbox.is_on:
        return MailboxHealth(mailbox, mailbox.last_success_at, None, True)
    silent = clock.now() - mailbox.last_success_at if mailbox.last_success_at else None
    well = silent is not None and silent < SILENT_AFTER and not mailbox.last_error
    return MailboxHealth(mailbox, mailbox.last_success_at, silent, well)


def figures() -> Figures:
    """Return the figures: numbers alone, so no rights are checked."""
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
    """Return how many mails ever had each outcome."""
    rows = IncomingTally.objects.values_list("outcome").annotate(Sum("count")).order_by()
    counted = dict(rows)
    return {outcome: counted.get(outcome, 0) for outcome in Outcome.values}
