"""The worst alerts that a search finds, also where a word is frequent, but not among the worst.

PostgreSQL assumes that a word is as frequent among the worst as among all. Where none of the worst
has it, it would go through all of them in their order, and compute the text of each. So here a few
matches are sorted; where there are many, a few alerts of each severity are read in their order, and
the others of that severity gathered by the index of words.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.queries.search import (
    alerts_matching,
    few_alerts_matching,
    has_unindexed_alerts,
    indexed_alerts_matching,
    prefer_hash_join,
    search_words,
)
from opale.run.events.states import Severity
from opale.ui.keyset import Order, first

FEW: Final = 600
"""The most rows that are read as soon as they are counted: enough for a page of a frequent word."""
INDEXED: Final = 3
"""The shortest word that the index finds."""


class SearchReader:
    """Reader of the rows of a page (`opale.ui.keyset.Read`) that match a text.

    The rows that it is given are not searched in yet, and in the order of their severity.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = search_words(text)

    @property
    def indexed(self) -> bool:
        return min(map(len, self.words), default=0) >= INDEXED

    def __call__(
        self, rows: AlertsQuerySet[Alert], order: Order, size: int, place: Sequence[Any]
    ) -> list[Alert]:
        bare = rows.select_related(None)
        few = self.few(bare.order_by())
        if few is not None:
            return first(rows.filter(pk__in=few), order, size, place)
        found = self.by_severity(bare, order, size, place)
        read = {alert.pk: alert for alert in rows.filter(pk__in=found)}
        return [read[key] for key in found if key in read]

    def few(self, rows: AlertsQuerySet[Alert]) -> list[int] | None:
        """Return all that match, where they are few, else None.

        Unindexed alerts, many in a storm, are searched only where the indexed ones leave that open.
        """
        if (
            has_unindexed_alerts()
            and len(_ids(indexed_alerts_matching(rows, self.words)[: FEW + 1])) > FEW
        ):
            return None
        found = _ids(alerts_matching(rows, self.text)[: FEW + 1])
        return found if len(found) <= FEW else None

    def by_severity(
        self, rows: AlertsQuerySet[Alert], order: Order, size: int, place: Sequence[Any]
    ) -> list[int]:
        falling = order.columns[0].startswith("-")
        within = Order(order.columns[1:])
        found: list[int] = []
        for level in sorted(Severity, reverse=falling):
            beyond: Sequence[Any] = ()
            if place and level == int(place[0]):
                beyond = place[1:]
            elif place and (level > int(place[0])) == falling:
                continue
            found += self.of_one(level, rows, within, size - len(found), beyond)
            if len(found) == size:
                break
        return found

    def of_one(
        self,
        level: Severity,
        rows: AlertsQuerySet[Alert],
        order: Order,
        size: int,
        place: Sequence[Any],
    ) -> list[int]:
        """Return the matches of one severity."""
        rows = rows.filter(severity=level)
        if place:
            rows = rows.filter(order.beyond(place))
        ordered = rows.order_by(*order.expressions())
        near = _ids(ordered[:FEW])
        found = _ids(few_alerts_matching(ordered.filter(pk__in=near), self.words)[:size])
        if len(found) == size or len(near) < FEW:
            return found
        # By an order that no index has, so that PostgreSQL gathers the matches and sorts them.
        moment, *others = order.expressions()
        moment.set_source_expressions([moment.expression + timedelta(0)])
        rows = alerts_matching(rows, self.text, gathered=level).order_by(moment, *others)
        with prefer_hash_join():
            return _ids(rows[:size])


def _ids(rows: AlertsQuerySet[Alert]) -> list[int]:
    return list(rows.values_list("pk", flat=True))
