"""Watches of the next shift, and whom they page. Source: docs/rules/handover.md, "Watch list"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.states import perform, record_moves
from opale.organisation.models import Team
from opale.run.events.models import Alert
from opale.run.events.states import AlertState
from opale.run.handover.actions.paging import page_for_watch
from opale.run.handover.actions.records import BOARD_TOPIC
from opale.run.handover.models import WatchItem, WatchItemQuerySet
from opale.run.handover.rights import WORK
from opale.run.handover.states import CALL, END_WATCH, WatchState
from opale.run.paging.actions.answers import end_calls_about
from opale.run.shifts.queries.duties import service_desk

ACTIVE_ALERT_STATES = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchInput:
    """What to watch and until when, whom to page, and how long an alert lasts before it pages."""

    text: str
    until: datetime
    calls: Team
    item: ConfigurationItem | None = None
    longest: timedelta | None = None


def create_watch(asked: WatchInput, *, by: Actor) -> WatchItem:
    """Errors: NotAllowed, Invalid (text, until, longest)."""
    if not by.can(WORK):
        raise NotAllowed
    if not asked.text.strip():
        raise Invalid(text=_("Enter what to watch."))
    if asked.until <= clock.now():
        raise Invalid(until=_("This is in the past."))
    if asked.longest is not None and asked.item is None:
        raise Invalid(item=_("Choose an item: only alerts on an item page automatically."))
    with attributed(by):
        made = WatchItem.objects.create(
            team=service_desk(),
            text=" ".join(asked.text.split())[:300],
            until=asked.until,
            calls=asked.calls,
            item=asked.item,
            longest=asked.longest,
            made_by_id=by.person_id,
        )
        record_moves(WatchItem, "watch", {made.pk: ""}, made.state, by=by, at=made.made_at)
        live_topics.publish(BOARD_TOPIC)
    return made


def trigger_watch(watch: WatchItem, *, by: Actor) -> WatchItem:
    """Page the people of a watch: what it is for has happened.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict (no escalation policy serves).
    """
    at = clock.now()
    with attributed(by):
        perform(CALL, _held(watch, by), by=by, at=at, called_at=at)
        if not page_for_watch(watch, by=by, at=at):
            raise Conflict(
                _("No escalation policy applies. Call %(team)s by phone.")
                % {"team": watch.calls.name}
            )
        live_topics.publish(BOARD_TOPIC)
    watch.refresh_from_db()
    return watch


def end_watch(watch: WatchItem, *, by: Actor) -> WatchItem:
    """End a watch and its paging. Errors: NotFound, NotAllowed."""
    at = clock.now()
    with attributed(by):
        perform(END_WATCH, _held(watch, by), by=by, at=at, ended_at=at)
        end_calls_about([watch.about], by=by, at=at)
        live_topics.publish(BOARD_TOPIC)
    watch.refresh_from_db()
    return watch


def check_watches(*, by: Actor, at: datetime) -> int:
    """Page for alerts that last too long, end watches past their time; return how many paged."""
    called = 0
    with attributed(by):
        rows = WatchItem.objects.exclude(state=WatchState.OVER)
        held = list(
            rows.select_for_update(of=("self",)).select_related("calls").order_by("until", "pk")
        )
        for watch in held:
            if watch.until <= at and watch.state == WatchState.WATCHED:
                end_watch(watch, by=by)
            elif watch.state == WatchState.WATCHED and _stands_too_long(watch, at):
                called += _called_by_itself(watch, by=by, at=at)
    return called


def _stands_too_long(watch: WatchItem, at: datetime) -> bool:
    if watch.item_id is None or watch.longest is None:
        return False
    since = at - watch.longest
    standing = Alert.objects.filter(item=watch.item_id, state__in=ACTIVE_ALERT_STATES)
    return standing.filter(started_at__lte=since).exists()


def _called_by_itself(watch: WatchItem, *, by: Actor, at: datetime) -> int:
    """Page for a watch; where no policy matches, it stays open and the page asks for a call."""
    if not page_for_watch(watch, by=by, at=at):
        return 0
    before = {watch.pk: watch.state}
    WatchItem.objects.filter(pk=watch.pk).update(state=WatchState.CALLED, called_at=at)
    record_moves(WatchItem, CALL.name, before, WatchState.CALLED, by=by, at=at)
    live_topics.publish(BOARD_TOPIC)
    return 1


def _held(watch: WatchItem, by: Actor) -> WatchItemQuerySet:
    rows = WatchItem.objects.visible_to(by).filter(pk=watch.pk)
    if not rows.exists():
        raise NotFound
    return rows
