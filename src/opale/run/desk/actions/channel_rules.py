"""Channel rules: which tickets teams and people are told of on channels, beside mail and pages.

Source: docs/rules/channels.md.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opale.customers.models import Stream
from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging.actions.channels import queue_channel_message
from opale.messaging.models import Channel
from opale.organisation.models import Person, Team
from opale.run.desk.facts import (
    CommitmentBreached,
    TicketClassified,
    TicketReceived,
    TicketReopened,
)
from opale.run.desk.models import ChannelRule, Commitment, Ticket
from opale.run.desk.queries.channel_rules import WATCHED, due_between, is_event_in_use, rules_for
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.run.desk.states import OPEN_STATES

Event = ChannelRule.Event
SOON = timedelta(minutes=30)
NOTIFIER = system("channels")


def create_channel_rule(
    channel: Channel,
    *,
    by: Actor,
    events: Collection[str],
    team: Team | None = None,
    person: Person | None = None,
    stream: str = "",
    priority: int = 5,
) -> ChannelRule:
    """Create a rule that tells a team or a person on a channel: for oneself, or as administrator.

    Errors: NotAllowed, Invalid.
    """
    _refuse_maker(by, person)
    wrong: dict[str, str] = {}
    if (team is None) == (person is None):
        wrong["team"] = _("Choose a team or a person.")
    if not events or set(events) - set(Event.values):
        wrong["events"] = _("Choose at least one event from the list.")
    if stream and stream not in Stream.values:
        wrong["stream"] = _("This stream does not exist.")
    if priority not in range(1, 6):
        wrong["priority"] = _("Priority must be between 1 and 5.")
    if wrong:
        raise Invalid(**wrong)
    with attributed(by):
        return ChannelRule.objects.create(
            team=team,
            person=person,
            channel=channel,
            stream=stream,
            priority=priority,
            events=sorted(set(events)),
        )


def delete_channel_rule(rule: ChannelRule, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    _refuse_maker(by, rule.person)
    with attributed(by):
        if not ChannelRule.objects.filter(pk=rule.pk).delete()[0]:
            raise NotFound


def _refuse_maker(by: Actor, person: Person | None) -> None:
    own = person is not None and person.pk == by.person_id
    if not (by.can(CONSOLE) and (own or by.can(ADMINISTER))):
        raise NotAllowed


# Notifications


def notify_received(fact: TicketReceived, by: Actor) -> None:
    _tell(fact.ticket_id, Event.OPENED, "", by=by)


def notify_classified(fact: TicketClassified, by: Actor) -> None:
    """Tell rules of a ticket that got its stream or priority after receipt; each rule once."""
    _tell(fact.ticket_id, Event.OPENED, "", by=by)


def notify_reopened(fact: TicketReopened, by: Actor) -> None:
    _tell(fact.ticket_id, Event.REOPENED, fact.at.isoformat(), by=by)


def notify_breached(fact: CommitmentBreached, by: Actor) -> None:
    if fact.measure in WATCHED:
        about = f"{fact.measure}.{fact.due_at.isoformat()}"
        _tell(fact.ticket_id, Event.BREACHED, about, by=by, measure=fact.measure, due=fact.due_at)


def notify_due_soon() -> None:
    """Tell channels of promises that break soon; once for each due time."""
    if not is_event_in_use(Event.BREACHED_SOON):
        return
    now = clock.now()
    for row in due_between(now, now + SOON):
        if row.due_at is not None:
            about = f"{row.measure}.{row.due_at.isoformat()}"
            with transaction.atomic():
                _tell(
                    row.ticket_id,
                    Event.BREACHED_SOON,
                    about,
                    by=NOTIFIER,
                    measure=row.measure,
                    due=row.due_at,
                )


def _tell(
    ticket_id: int,
    event: Event,
    about: str,
    *,
    by: Actor,
    measure: str = "",
    due: datetime | None = None,
) -> None:
    """Send to each matching rule. A confidential ticket is never sent."""
    rows = Ticket.objects.filter(pk=ticket_id, confidential=False, state__in=OPEN_STATES)
    ticket = rows.select_related("customer").first()
    if ticket is None:
        return
    for rule in rules_for(ticket, event):
        with translation.override(_language(rule)):
            queue_channel_message(
                rule.channel,
                by=by,
                origin=f"desk.ticket:{ticket.pk}",
                title=f"[{ticket.reference}] P{ticket.priority} · {ticket.subject}",
                body=_words(ticket, event, measure, due),
                key=f"desk.rule:{rule.pk}:{ticket.pk}:{event}:{about}",
            )


def _language(rule: ChannelRule) -> str:
    if rule.person is not None and rule.person.user is not None:
        return rule.person.user.language
    company = rule.team.company if rule.team else None
    return company.language if company else "en"


def _words(ticket: Ticket, event: Event, measure: str, due: datetime | None) -> str:
    said = [str(event.label)]
    if measure and due is not None:
        at = date_format(due.astimezone(UTC), "SHORT_DATETIME_FORMAT")
        said.append(f"{Commitment.Measure(measure).label} · {at} UTC")
    about = [ticket.get_stream_display(), ticket.customer.name if ticket.customer else ""]
    said += [" · ".join(filter(None, about))]
    said += [settings.BASE_URL + reverse("desk_ticket", args=[ticket.number])]
    return "\n".join(filter(None, said))
