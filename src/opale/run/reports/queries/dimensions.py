"""What reports are narrowed to and broken down by, each defined once.

Source: docs/rules/reports.md, "Dimensions".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Service, Stream, SupportPlan
from opale.customers.queries.plans import plan_name
from opale.kernel.actor import Actor
from opale.kernel.whole_numbers import parse_number
from opale.listings.filters import covers
from opale.listings.selection import IS_NOT
from opale.organisation.models import Team
from opale.run.desk.models import Assignment, DeskQuerySet, Kind, Ticket
from opale.run.desk.rights import READ

Label = str | Promise
Names = Callable[[Iterable[Any], Actor], Mapping[Any, Label]]
NONE: Final = "none"
"""What an address says for tickets without a value."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """Column of a ticket by which reports are narrowed and broken down.

    `path` is the column, `names` finds the names of values in one query. `right`: who may see it.
    `nothing` names tickets without a value.
    """

    name: str
    label: Label
    path: str
    names: Names
    nothing: Label
    right: str = ""
    empty: object = None

    def added(self, rows: DeskQuerySet[Ticket]) -> DeskQuerySet[Ticket]:
        """Return the rows with the column."""
        if self.path != TEAM:
            return rows
        asked = Assignment.objects.filter(ticket=OuterRef("pk"), team__isnull=False)
        last = asked.order_by("-asked_at", "-pk").values("team_id")[:1]
        return rows.annotate(**{TEAM: Subquery(last)})

    def narrowed(
        self, rows: DeskQuerySet[Ticket], value: str, *, excluded: bool = False
    ) -> DeskQuerySet[Ticket]:
        """Return the rows with a value, as an address writes it, or those without it."""
        if value != NONE and self.name in KEYED and parse_number(value) is None:
            return rows if excluded else rows.none()
        wanted = Q(**{self.path: self.empty if value == NONE else value})
        if excluded:
            # What has no value has not this one: of a column that is worked out, SQL is not sure.
            missing = Q(**{f"{self.path}__isnull": True}) if value != NONE else Q()
            wanted = ~wanted | missing
        return self.added(rows).filter(wanted)

    def written(self, value: object) -> str:
        """Return a value as an address writes it."""
        return NONE if value == self.empty else str(value)

    def offered_to(self, actor: Actor) -> bool:
        return not self.right or covers(actor, self.right, READ)


TEAM = "last_team"
KEYED = frozenset({"customer", "service", "team", "plan", "priority"})
"""Dimensions whose values are numbers: any other text is the value of no ticket."""


def _of_choices(choices: Iterable[tuple[Any, Label]]) -> Names:
    known = dict(choices)
    return lambda values, _actor: {one: known.get(one, str(one)) for one in values}


def _customers(values: Iterable[Any], actor: Actor) -> Mapping[Any, Label]:
    found = Customer.objects.visible_to(actor).filter(pk__in=values)
    return dict(found.values_list("pk", "name"))


def _services(values: Iterable[Any], actor: Actor) -> Mapping[Any, Label]:
    found = Service.objects.visible_to(actor).filter(pk__in=values)
    rows = found.values_list("pk", "name", "customer__name")
    return {pk: f"{name}, {customer}" for pk, name, customer in rows}


def _teams(values: Iterable[Any], actor: Actor) -> Mapping[Any, Label]:
    return dict(Team.objects.visible_to(actor).filter(pk__in=values).values_list("pk", "name"))


def _plans(values: Iterable[Any], actor: Actor) -> Mapping[Any, Label]:
    found = SupportPlan.objects.visible_to(actor).filter(pk__in=values)
    return {one.pk: plan_name(one) for one in found}


_PRIORITIES = [(number, f"P{number}") for number in range(1, 6)]
NO_CUSTOMER = pgettext_lazy("tickets without customer", "Internal")
DIMENSIONS: Final[Mapping[str, Dimension]] = {
    one.name: one
    for one in (
        Dimension(
            "stream", _("Stream"), "stream", _of_choices(Stream.choices), _("No stream"), empty=""
        ),
        Dimension("customer", _("Customer"), "customer", _customers, NO_CUSTOMER, "customers.read"),
        Dimension("service", _("Service"), "service", _services, _("No service"), "customers.read"),
        Dimension(
            "team", _("Last escalated to"), TEAM, _teams, _("Not escalated"), "organisation.read"
        ),
        Dimension(
            "plan", _("Support plan"), "plan_version__plan", _plans, _("No plan"), "customers.read"
        ),
        Dimension("priority", _("Priority"), "priority", _of_choices(_PRIORITIES), ""),
        Dimension("kind", _("Kind"), "kind", _of_choices(Kind.choices), ""),
    )
}


def narrowed(rows: DeskQuerySet[Ticket], values: Mapping[str, str]) -> DeskQuerySet[Ticket]:
    """Return the rows that have all these values, by name of the dimension.

    `is_not` among them names the dimensions of which the rows must not have the value.
    """
    excluded = _excluded(values)
    for name, value in values.items():
        if name != IS_NOT:
            rows = DIMENSIONS[name].narrowed(rows, value, excluded=name in excluded)
    return rows


def with_value(values: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """Return the values with that of one dimension, which is excluded no longer."""
    found = {**values, name: value}
    if IS_NOT in found:
        found[IS_NOT] = ",".join(one for one in _excluded(values) if one != name)
    return {one: said for one, said in found.items() if said or one != IS_NOT}


def _excluded(values: Mapping[str, str]) -> list[str]:
    return values.get(IS_NOT, "").split(",")
