"""Announcements about alerts: moves and changes, facts, live pages, and the timers of rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.bulk_sql import insert_many
from opale.kernel.clock import now
from opale.kernel.facts import Fact, announce, announce_all
from opale.kernel.models import StateMove
from opale.kernel.reference_cache import pinned
from opale.kernel.states import move_columns
from opale.run.events.actions.alert_changes import alert_change_values
from opale.run.events.actions.alert_rows import BatchResult
from opale.run.events.actions.qualification import schedule_qualification
from opale.run.events.facts import AlertsCall, AlertsCleared, AlertsRaised, AlertsRisen
from opale.run.events.models import Alert, AlertChange
from opale.run.events.models.querysets import NOT_QUIET

BOARD = "events.board"


def announce_batch(written: BatchResult, *, by: Actor, senders: Mapping[int, Actor]) -> None:
    """Announce what a batch wrote, once and in its transaction."""
    at = now()
    _record_moves(written, senders)
    _record_changes(written, senders)
    with pinned():
        if facts := _facts(written, at):
            announce_all(facts, by=by)
        if worth_a_rule := written.worth_a_rule():
            schedule_qualification(worth_a_rule, at=at)
    _touch(written)


def touch_alerts(ids: Collection[int]) -> None:
    """Have the board and the pages of these alerts drawn again."""
    live_topics.publish(BOARD)
    topics: dict[int | None, list[str]] = defaultdict(list)
    for pk, customer_id in Alert.objects.filter(pk__in=ids).values_list("pk", "customer_id"):
        topics[customer_id].append(f"events.alert:{pk}")
    for whose, touched in topics.items():
        live_topics.publish(*touched, customer_id=whose)


def announce_call(alert_ids: Collection[int], reason: str, *, by: Actor, at: datetime) -> None:
    """Announce that somebody has to be woken for these alerts; muted or held ones are left out."""
    heard = Alert.objects.filter(NOT_QUIET, pk__in=alert_ids).order_by("pk")
    if ids := tuple(heard.values_list("pk", flat=True)):
        announce(AlertsCall(alert_ids=ids, reason=reason, at=at), by=by)


def _facts(written: BatchResult, at: datetime) -> list[Fact]:
    facts: list[Fact] = []
    if raised := written.raised():
        facts.append(AlertsRaised(alert_ids=tuple(a.id for a in raised), at=at))
    if cleared := written.cleared():
        facts.append(AlertsCleared(alert_ids=tuple(a.id for a in cleared), at=at))
    if risen := [a.id for a in written.alerts if a.life.risen]:
        facts.append(AlertsRisen(alert_ids=tuple(risen), at=at))
    calling: dict[str, list[int]] = defaultdict(list)
    for alert in written.alerts:
        if (reason := alert.call) and alert.id not in written.muted:
            calling[reason].append(alert.id)
    facts += [AlertsCall(alert_ids=tuple(ids), reason=why, at=at) for why, ids in calling.items()]
    return facts


def _record_moves(written: BatchResult, senders: Mapping[int, Actor]) -> None:
    rows = [
        move_columns(
            Alert,
            alert.id,
            move.name,
            move.source,
            move.target,
            by=senders[alert.integration_id],
            at=move.at,
        )
        for alert in written.alerts
        for move in alert.life.moves
    ]
    insert_many(StateMove, rows)


def _record_changes(written: BatchResult, senders: Mapping[int, Actor]) -> None:
    rows = [
        alert_change_values(
            alert.id,
            change.kind,
            by=senders[alert.integration_id],
            at=change.at,
            source=change.source,
            target=change.target,
        )
        for alert in written.alerts
        for change in alert.life.changes
    ]
    insert_many(AlertChange, rows)


def _touch(written: BatchResult) -> None:
    """Redraw the board, and the pages of older alerts: nobody has a new one's page open."""
    topics: dict[int | None, list[str]] = defaultdict(list)
    changed = written.changed()
    for alert in changed:
        if alert.life.id is not None:
            topics[alert.customer_id].append(f"events.alert:{alert.id}")
    if changed:
        topics[None].insert(0, BOARD)
    for customer_id, touched in topics.items():
        live_topics.publish(*touched, customer_id=customer_id)
