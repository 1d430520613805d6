"""The lenses of the board: active alerts grouped by service or by customer, each group folded."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast, get_args

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.actor import Actor
from opale.run.events.queries.alert_groups import (
    SEVERITIES,
    WORST_GROUP_FIRST,
    GroupBy,
    alert_groups,
    customers_hit,
    group_names,
    group_starts,
)
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.web.alert_lines import customers_text
from opale.run.events.web.filters import changed, grouped, number_in
from opale.ui.components.lists import Chip
from opale.ui.keyset import Order, Page, page

GROUP_BY_LABELS: Final[Mapping[GroupBy, str | Promise]] = {
    "item": gettext_lazy("By item"),
    "service": gettext_lazy("By service"),
    "customer": gettext_lazy("By customer"),
}
UNKNOWN_LABELS: Final[Mapping[GroupBy, str | Promise]] = {
    "item": gettext_lazy("No item"),
    "service": gettext_lazy("No single service"),
    "customer": gettext_lazy("No customer"),
}
SHOWN: Final = 30
MAX_UNFOLDED: Final = 10
"""The alerts shown when a group is unfolded; the rest is one press further."""


@dataclass(frozen=True, slots=True)
class Group:
    """A line of the board: what is hit, how badly, by how many alerts, since when."""

    lens: GroupBy
    key: int
    name: str
    whose: str
    number: str
    since: datetime
    severities: Sequence[tuple[str, str, str]]
    url: str
    inside_url: str

    @property
    def region(self) -> str:
        return f"events.{self.lens}:{self.key}"

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """Return all that the line shows, as its cache key (`drawn_once`)."""
        return (self.url, self.name, self.whose, self.number, self.since, tuple(self.severities))


def group_by_of(query: QueryDict) -> GroupBy | None:
    asked = query.get("by", "")
    return cast("GroupBy", asked) if asked in get_args(GroupBy) else None


def group_by_chips(query: QueryDict) -> list[Chip]:
    """Return the lenses of the board; a press on the present one shows single alerts again."""
    here = group_by_of(query)
    lenses = [
        Chip(label, changed(query, by="" if lens == here else lens), lens == here, False)
        for lens, label in GROUP_BY_LABELS.items()
    ]
    return lenses + [chip for lens in GROUP_BY_LABELS for chip in _narrowed_to(lens, query)]


def _narrowed_to(lens: GroupBy, query: QueryDict) -> Iterator[Chip]:
    """Yield the one service or customer whose alerts are shown."""
    if (key := number_in(query, lens)) is not None:
        name, _whose = group_names(lens, [key]).get(key, (str(UNKNOWN_LABELS[lens]), ""))
        yield Chip(name, changed(query, **{lens: ""}), on=True, removable=True)


def groups_of(
    lens: GroupBy, filters: AlertFilters, query: QueryDict, actor: Actor
) -> tuple[Page[Any], list[Group]]:
    """Return a page of groups, the worst and then the largest first."""
    asked = alert_groups(lens, filters, seen_by=actor)
    found: Page[Any] = page(asked, Order(WORST_GROUP_FIRST), query, SHOWN)
    rows: Sequence[dict[str, Any]] = found.rows
    keys = [row["key"] for row in rows]
    since = group_starts(lens, keys, filters, seen_by=actor)
    names = dict(group_names(lens, keys))
    if 0 in keys and lens != "item" and (hit := customers_hit(lens, filters, seen_by=actor)):
        names[0] = (str(UNKNOWN_LABELS[lens]), customers_text(hit))
    # A group whose alerts ended between the two queries has no start any more.
    there = [row | {"since": since[row["key"]]} for row in rows if row["key"] in since]
    return found, [_group(lens, row, names, query) for row in there]


def _group(
    lens: GroupBy, row: Mapping[str, Any], names: Mapping[int, tuple[str, str]], query: QueryDict
) -> Group:
    name, whose = names.get(row["key"], (str(UNKNOWN_LABELS[lens]), ""))
    severities = [
        (code, _("%(severity)s: %(count)s") % {"severity": grade.label, "count": count}, count)
        for grade in SEVERITIES
        if row[code := grade.name.lower()] and (count := grouped(row[code]))
    ]
    whole = changed(query, by="", **{lens: str(row["key"])})
    return Group(
        lens,
        row["key"],
        name,
        whose,
        grouped(row["number"]),
        row["since"],
        severities,
        whole,
        f"{reverse('events_board')}{whole}&inside=1",
    )
