"""The tickets behind a figure of a report, as a list with the report's own filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.models import Stream, SupportPlan
from opale.customers.queries import customers
from opale.customers.queries.plans import plan_name
from opale.customers.queries.services import services
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Listing
from opale.listings.filters import Choice, Filter, Label, Parameter, Pick
from opale.listings.selection import IS_NOT, Selection
from opale.organisation.queries.reference import home_zone
from opale.organisation.queries.teams import teams
from opale.run.desk.listings.tickets import TONES
from opale.run.desk.models import Kind, Ticket
from opale.run.desk.states import TicketState
from opale.run.reports.domain.periods import Period, read_period
from opale.run.reports.queries.definitions import AGE_LABELS, BACKLOG, SETS
from opale.run.reports.queries.dimensions import DIMENSIONS, NO_CUSTOMER, NONE
from opale.run.reports.queries.figures import Report, get_report
from opale.run.reports.queries.tickets import last_whole_period, reported_tickets
from opale.run.reports.rights import READ
from opale.ui.components.badges import priority, state

FIGURES: Final = [
    *((name, one.label) for name, one in SETS.items()),
    (BACKLOG, pgettext_lazy("tickets", "Backlog")),
]


@dataclass(frozen=True, slots=True)
class InPeriod(Filter):
    """Filter by a month, a week or a day in the time zone of the company."""

    @property
    def negatable(self) -> bool:
        return False

    def read(self, query: QueryDict, actor: Actor) -> str | None:
        found = read_period(query.get(self.name, ""), home_zone())
        return found.key if found else None

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        return {self.argument: read_period(value, home_zone())}

    def said(self, value: Any, actor: Actor) -> Label:
        found = read_period(value, home_zone())
        return found.name if found else ""

    def parameters(self) -> dict[str, tuple[Any, Any]]:
        return {self.api_name: (str, "")}

    def asked(self, values: Any) -> str | None:
        found = read_period(values.get(self.api_name) or "", home_zone())
        return found.key if found else None


@dataclass(frozen=True, slots=True)
class AgeOfBacklog(Choice):
    """Filter of the backlog alone: other figures have no age to be excluded."""

    @property
    def negatable(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class PickOrNone(Pick):
    """Filter by a row of another table, or by having none ("none" in an address)."""

    def read(self, query: QueryDict, actor: Actor) -> Any:
        return NONE if query.get(self.name) == NONE else Pick.read(self, query, actor)

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        return {self.argument: str(value)}

    def said(self, value: Any, actor: Actor) -> Label:
        if value == NONE:
            return DIMENSIONS[self.name].nothing
        return Pick.said(self, value, actor)


def _menu(name: str, choices: Any) -> Choice:
    one = DIMENSIONS[name]
    return Choice(name, one.label, choices, argument=name, menu=True, right=one.right)


def _with_none(name: str, found: Iterable[tuple[Any, Label]]) -> list[tuple[Any, Label]]:
    return [*found, (NONE, DIMENSIONS[name].nothing)]


def _plans(actor: Actor) -> list[tuple[Any, Label]]:
    found = SupportPlan.objects.visible_to(actor).order_by("code")
    return _with_none("plan", ((one.pk, plan_name(one)) for one in found))


def _teams(actor: Actor) -> list[tuple[Any, Label]]:
    found = teams(seen_by=actor, closed=True).order_by("name")
    return _with_none("team", found.values_list("pk", "name"))


NARROWING: Final = (
    _menu("stream", _with_none("stream", Stream.choices)),
    _menu("kind", Kind.choices),
    _menu("priority", [(str(number), f"P{number}") for number in range(1, 6)]),
    _menu("plan", _plans),
    _menu("team", _teams),
    PickOrNone(
        "customer", DIMENSIONS["customer"].label, argument="customer", picker="customers_pick",
        right=DIMENSIONS["customer"].right, api="",
        rows=lambda actor: customers.customers(seen_by=actor, standing="all"),
    ),
    PickOrNone(
        "service", DIMENSIONS["service"].label, argument="service", api="",
        right=DIMENSIONS["service"].right, rows=lambda actor: services(seen_by=actor),
    ),
    *(
        Parameter(f"{name}_id", argument=name, api_type=int | None, right="customers.read")
        for name in ("customer", "service")
    ),
)  # fmt: skip
"""Filters by the dimensions, the same of a report and of the tickets behind its figures."""

REPORTED_TICKETS = Listing(
    name="reported_tickets",
    title=gettext_lazy("Tickets of the report"),
    right=READ,
    url_name="reports_tickets",
    model=Ticket,
    rows=reported_tickets,
    template="reports/tickets.html",
    order=Order(("-received_at", "-id")),
    empty=Empty(
        "ticket",
        gettext_lazy("No ticket matches your filters"),
        gettext_lazy("No tickets behind this figure."),
    ),
    columns=(
        Column(
            "number", gettext_lazy("Number"), "reference", order="number", fixed=True,
            style="number", link=lambda one: reverse("desk_ticket", args=[one.number]),
        ),
        Column(
            "priority", gettext_lazy("Priority"), "priority", order=True,
            cell=lambda one: priority(one.priority), group=Group("priority", said="P{}".format),
        ),
        Column(
            "subject", gettext_lazy("Subject"), "subject", style="fill",
            link=lambda one: reverse("desk_ticket", args=[one.number]),
        ),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", order=True,
            right="customers.read", group=Group("customer", nothing=NO_CUSTOMER, none=NONE),
        ),
        Column(
            "service", gettext_lazy("Service"), "service__name", right="customers.read",
            shown=False, group=Group("service", none=NONE),
        ),
        Column("kind", gettext_lazy("Kind"), "kind", shown=False, group=Group("kind")),
        Column(
            "state", gettext_lazy("State"), "state",
            cell=lambda one: state(one.get_state_display(), TONES[TicketState(one.state)]),
            group=Group("state"),
        ),
        Column(
            "stream", gettext_lazy("Stream"), "stream",
            group=Group("stream", nothing=DIMENSIONS["stream"].nothing, none=NONE),
        ),
        Column(
            "owner", gettext_lazy("Owner"), "owner__name", shown=False,
            group=Group("owner", linked=False, person=True),
        ),
        Column("received", gettext_lazy("Received"), "received_at", order=True),
        Column("answered", gettext_lazy("First reply"), "answered_at", shown=False),
        Column("resolved", gettext_lazy("Resolved"), "resolved_at", order=True),
    ),
    filters=(
        Choice(
            "figure", gettext_lazy("Figure"), FIGURES, argument="figure", menu=True,
            default="created",
        ),
        InPeriod("period", gettext_lazy("Period"), argument="period"),
        AgeOfBacklog(
            "age", gettext_lazy("Age"), [(str(n), label) for n, label in enumerate(AGE_LABELS)],
            argument="age", menu=True,
        ),
        *NARROWING,
    ),
)  # fmt: skip

REPORT: Final = replace(
    REPORTED_TICKETS,
    name="report",
    title=gettext_lazy("Reports"),
    url_name="reports",
    filters=(
        InPeriod("period", gettext_lazy("Period"), drawn=False),
        Choice(
            "by", gettext_lazy("Broken down by"),
            lambda actor: [(d.name, d.label) for d in DIMENSIONS.values() if d.offered_to(actor)],
            default="stream", drawn=False,
        ),
        *NARROWING,
    ),
)  # fmt: skip
"""The filters of a report, which lists no rows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a report."""

    selection: Selection
    period: Period
    by: str
    values: Mapping[str, str]

    @classmethod
    def read(cls, query: QueryDict, actor: Actor) -> "Asked":
        selection = Selection.read(REPORT, query, actor)
        found = selection.values
        key = found.get("period", "")
        period = read_period(key, home_zone()) or last_whole_period("month", clock.now())
        names = DIMENSIONS.keys()
        values = {name: str(value) for name, value in found.items() if name in names}
        if excluded := selection.negated & names:
            values[IS_NOT] = ",".join(sorted(excluded))
        return cls(selection, period, found.get("by") or "stream", values)

    def report(self) -> Report:
        return get_report(
            self.period, self.by, self.values, seen_by=self.selection.actor, now=clock.now()
        )
