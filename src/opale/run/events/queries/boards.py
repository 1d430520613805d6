"""Pages of the board that only its view narrows: what is asked for most, so that the questions are
made once. To plan such a question takes PostgreSQL longer than to answer it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from opale.kernel.actor import Actor
from opale.kernel.compiled_queries import compiled
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.queries.alerts import AlertFilters, alerts
from opale.run.events.states import Severity
from opale.ui.keyset import Kinds, Order

ORDER_TYPES: Final[Kinds] = {
    "severity": range(min(Severity), max(Severity) + 1),
    "started_at": datetime,
    "id": int,
}


def is_whole_view(filters: AlertFilters) -> bool:
    return replace(filters, states=(), muted=None) == AlertFilters()


def board_page(
    filters: AlertFilters,
    size: int,
    *,
    seen_by: Actor,
    place: Sequence[Any] = (),
    back: bool = False,
) -> list[Alert]:
    """The first alerts of a view, or the first beyond a place (the values of its order). With
    `back` from the end on, so that the place's nearest comes first."""
    known = dict(zip(Order(filters.order).names(), place, strict=bool(place)))
    severity = known.pop("severity", None)
    return _on_board(
        tuple(known.values()),
        filters=filters,
        seen_by=seen_by,
        size=size,
        severity=severity,
        back=back,
    )


@compiled
def _on_board(
    place: Sequence[Any],
    /,
    *,
    filters: AlertFilters,
    seen_by: Actor,
    size: int,
    severity: int | None,
    back: bool,
) -> AlertsQuerySet[Alert]:
    """`severity` is that of the place, of which there are few."""
    rows = alerts(filters, seen_by=seen_by)
    order = Order(filters.order).reversed() if back else Order(filters.order)
    if place:
        rows = rows.filter(order.beyond(place if severity is None else (severity, *place)))
    return rows.order_by(*order.expressions())[:size]
