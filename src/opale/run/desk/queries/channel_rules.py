"""Rules that notify teams and people by a channel, and the events that they ask for."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.messaging.models import Channel
from opale.run.desk.models import ChannelRule, Commitment, DeskQuerySet, Ticket
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.run.desk.states import OPEN_STATES

Measure = Commitment.Measure
WATCHED = (Measure.ACKNOWLEDGE, Measure.FIRST_RESPONSE, Measure.UPDATE, Measure.RESTORE)
"""The commitments to the customer; pages show the targets of triage and colleagues."""


@cached(1)
def _told_events() -> frozenset[str]:
    return frozenset().union(*ChannelRule.objects.values_list("events", flat=True))


def is_event_in_use(event: str) -> bool:
    """Return whether any rule asks for the event: most facts need not be looked at."""
    return event in _told_events()


def channel_rules(*, seen_by: Actor) -> DeskQuerySet[ChannelRule]:
    """Return all rules, for those who work at the desk."""
    rows = ChannelRule.objects.all() if seen_by.can(CONSOLE) else ChannelRule.objects.none()
    return rows.select_related("team", "person", "channel")


def get_channel_rule(rule_id: int, *, seen_by: Actor) -> ChannelRule:
    """Errors: NotFound."""
    found = channel_rules(seen_by=seen_by).filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found


def may_edit_rule(rule: ChannelRule, actor: Actor) -> bool:
    return actor.can(ADMINISTER) or (
        rule.person_id is not None and rule.person_id == actor.person_id
    )


def rules_for(ticket: Ticket, event: str) -> Iterable[ChannelRule]:
    rows = ChannelRule.objects.filter(
        Q(stream="") | Q(stream=ticket.stream),
        events__contains=[event],
        priority__gte=ticket.priority,
        channel__is_on=True,
    )
    return rows.select_related("channel", "team__company", "person__user").order_by("pk")


def due_between(since: datetime, until: datetime) -> Iterable[Commitment]:
    """Return the commitments that break in this time unless they are met."""
    rows = Commitment.objects.filter(
        met_at=None, breached_at=None, due_at__gt=since, due_at__lte=until, measure__in=WATCHED
    )
    return rows.filter(ticket__state__in=OPEN_STATES).order_by("due_at", "id")[:500]


def selectable_channels(*, seen_by: Actor) -> QuerySet[Channel]:
    """Return the channels that can be chosen at the desk; their addresses stay hidden."""
    rows = Channel.objects.filter(is_on=True)
    return rows if seen_by.can(CONSOLE) else rows.none()
