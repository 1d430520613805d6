"""Records of what changed on alerts without being a move of their state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from opale.kernel.actor import Actor
from opale.kernel.bulk_sql import insert_many
from opale.kernel.errors import NotAllowed, NotFound
from opale.run.events.models import Alert, AlertChange, AlertsQuerySet
from opale.run.events.rights import WORK


def lock_alerts(alerts: AlertsQuerySet[Alert], *, by: Actor) -> list[Alert]:
    """Return these alerts, locked in the order of their keys, inside the transaction of an action.

    Errors: NotFound (nothing visible), NotAllowed (not on all of them).
    """
    rows = alerts.visible_to(by).order_by(*Alert.lock_order)
    held = list(rows.select_for_update(of=("self",), no_key=True))
    if not held:
        raise NotFound
    ids = [alert.pk for alert in held]
    if Alert.objects.within(by, WORK).filter(pk__in=ids).count() < len(ids):
        raise NotAllowed
    return held


def record_alert_changes(
    alert_ids: Iterable[int],
    kind: AlertChange.Kind,
    *,
    by: Actor,
    at: datetime,
    source: str = "",
    target: str = "",
    until: datetime | None = None,
) -> None:
    """Record the same change of many alerts."""
    insert_many(
        AlertChange,
        [
            alert_change_values(pk, kind, by=by, at=at, source=source, target=target, until=until)
            for pk in alert_ids
        ],
    )


def alert_change_values(
    alert_id: int,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    source: str = "",
    target: str = "",
    until: datetime | None = None,
) -> dict[str, Any]:
    """Return the columns of a change."""
    return {
        "alert_id": alert_id,
        "kind": kind,
        "source": source,
        "target": target,
        "until": until,
        "actor": by.key,
        "actor_name": by.name,
        "at": at,
    }
