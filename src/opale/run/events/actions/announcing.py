"""What others are told of a written batch: moves, facts, live pages, and the timers of rules."""

from collections import defaultdict
from collections.abc import Mapping

from opale.kernel import changes
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.facts import announce
from opale.kernel.models import StateMove
from opale.run.events.actions.alert_rows import Written
from opale.run.events.actions.qualifying import watch
from opale.run.events.facts import AlertsCleared, AlertsRaised
from opale.run.events.models import Alert

BOARD = "events.board"


def tell(written: Written, *, by: Actor, senders: Mapping[int, Actor]) -> None:
    """Once for the whole batch, in its transaction."""
    at = now()
    _record_moves(written, senders)
    raised, cleared = written.raised(), written.cleared()
    if raised:
        announce(AlertsRaised(alert_ids=tuple(a.id for a in raised), at=at), by=by)
        watch(raised, at=at)
    if cleared:
        announce(AlertsCleared(alert_ids=tuple(a.id for a in cleared), at=at), by=by)
    _touch(written)


def _record_moves(written: Written, senders: Mapping[int, Actor]) -> None:
    label = Alert._meta.label_lower
    rows = [
        StateMove(
            subject=label,
            subject_id=alert.id,
            move=move.name,
            source=move.source,
            target=move.target,
            actor=senders[alert.integration_id].key,
            actor_name=senders[alert.integration_id].name,
            at=move.at,
        )
        for alert in written.alerts
        for move in alert.life.moves
    ]
    if rows:
        StateMove.objects.bulk_create(rows)


def _touch(written: Written) -> None:
    topics: dict[int | None, list[str]] = defaultdict(list)
    for alert in written.changed():
        topics[alert.customer_id].append(f"events.alert:{alert.id}")
    if topics:
        topics[None].insert(0, BOARD)
    for customer_id, touched in topics.items():
        changes.touch(*touched, customer_id=customer_id)
