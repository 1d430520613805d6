"""Pages of the portfolio: services of each customer, renewals, open work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.models import Contract, Customer, CustomersQuerySet, Service
from opale.customers.ports import open_work
from opale.customers.queries import customers, portfolio
from opale.customers.queries.dates import today
from opale.customers.queries.portfolio import HORIZONS, PortfolioRow
from opale.customers.web import timeline
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.ui import keyset
from opale.ui.components.lists import Chip, chips_of

ORDER = keyset.Order(("name", "id"))
EVERYBODY: Final = "all"
NAMED: Final = 10
"""How many renewals are named; the others are in the table, and in the file."""
DRAWN: Final = 200
EXPORTED: Final = 5_000
STEP: Final = 200
LONGEST_ID: Final = 12


@require_GET
@needs(rights.PORTFOLIO)
def show(request: ActorRequest) -> HttpResponse:
    """Show the portfolio, by default the actor's own."""
    asked, on, seen = request.GET, today(), request.actor
    everything = _found(request, on, within=None)
    page = keyset.page(_found(request, on, within=_within(request)), ORDER, asked)
    horizon = _within(request) or max(HORIZONS)
    due = list(portfolio.renewals(everything, seen_by=seen, on=on, within=horizon)[:DRAWN])
    counts = portfolio.due_within(everything, seen_by=seen, on=on)
    context = {
        "page": page,
        "lines": [
            _line(one, on) for one in portfolio.portfolio_rows(page.rows, seen_by=seen, on=on)
        ],
        "columns": open_work(seen),
        "drawing": timeline.draw(due, today=on) if due else "",
        "due": [Due.of(contract, on) for contract in due[:NAMED]],
        "due_count": counts[horizon],
        "further": max(counts[horizon] - NAMED, 0),
        "chips": _whose(request),
        "horizons": _horizons(request, counts),
        "text": asked.get("q", ""),
        "mine": seen.person_id is not None and _person_id(request) == seen.person_id,
        "filtered": bool(asked.get("q") or asked.get("within")),
        "knows_people": seen.can(customers.PEOPLE),
    }
    return render(request, "customers/portfolio/show.html", context)


@dataclass(frozen=True, slots=True)
class Due:
    """A contract to be decided about, and in how many days; below 0, notice came too late."""

    contract: Contract
    left: int
    urgency: str

    @classmethod
    def of(cls, contract: Contract, on: date) -> "Due":
        by = contract.decide_by or on
        return cls(contract, (by - on).days, timeline.urgency(by, on))

    @property
    def said(self) -> str:
        if self.left < 0:
            return _("notice has passed")
        if self.left == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", self.left) % {"days": self.left}


def _line(one: PortfolioRow, on: date) -> Mapping[str, object]:
    """Return a customer's row: its services by state, and its next renewal."""
    return {
        "one": one,
        "states": _states(one.services),
        "due": Due.of(one.renewal, on) if one.renewal else None,
    }


def _states(services: Mapping[str, int]) -> str:
    """Return "12 active, 2 designed", the most advanced first, without terminated ones."""
    return ", ".join(
        f"{services[state]} {str(label).lower()}"
        for state, label in reversed(Service.State.choices)
        if services.get(state) and state != Service.State.TERMINATED
    )


def _found(request: ActorRequest, on: date, *, within: int | None) -> CustomersQuerySet[Customer]:
    return portfolio.portfolio(
        seen_by=request.actor,
        on=on,
        person_id=_person_id(request),
        text=request.GET.get("q", ""),
        within=within,
    )


def _person_id(request: ActorRequest) -> int | None:
    """Return whose portfolio is shown: the actor's by default, None for all."""
    of = request.GET.get("of", "")
    if of.isascii() and of.isdecimal() and len(of) <= LONGEST_ID:
        return int(of)
    return None if of == EVERYBODY else request.actor.person_id


def _within(request: ActorRequest) -> int | None:
    asked = request.GET.get("within", "")
    return next((days for days in HORIZONS if asked == str(days)), None)


def _whose(request: ActorRequest) -> list[Chip]:
    """Return the filters: mine, each other architect's, all."""
    me = request.actor.person_id
    known = [(str(one.pk), one.name) for one in portfolio.architects(seen_by=request.actor)]
    named = [(pk, name) for pk, name in known if pk != str(me)]
    choices = [*named, (EVERYBODY, pgettext("portfolios", "All"))]
    chips = chips_of(request.GET, "of", choices)
    if me is None:
        return chips
    address = request.GET.copy()
    for gone in ("of", "before", "after"):
        address.pop(gone, None)
    mine = Chip(pgettext("portfolio", "Mine"), f"?{address.urlencode()}", _person_id(request) == me)
    return [mine, *chips]


def _horizons(request: ActorRequest, counts: Mapping[int, int]) -> list[Chip]:
    words = [
        (str(days), _("%(count)s within %(days)s days") % {"count": counts[days], "days": days})
        for days in HORIZONS
    ]
    return chips_of(request.GET, "within", words)


@require_GET
@needs(rights.PORTFOLIO)
def export(request: ActorRequest) -> HttpResponseBase:
    """Export the whole portfolio as a spreadsheet."""
    on = today()
    states = [(state, str(label)) for state, label in Service.State.choices]
    head = [
        _("Customer"), _("Code"), _("Solution architect"), _("Service manager"),
        _("Contracts in force"), *(label for _state, label in states), _("Next to be decided"),
        _("To be decided by"), _("First day without it"),
        *(str(work.label) for work in open_work(request.actor)),
    ]  # fmt: skip
    found = _found(request, on, within=_within(request)).order_by("name", "id")[:EXPORTED]
    return spreadsheet("portfolio", [str(name) for name in head], _cells(request, found, on))


def _cells(request: ActorRequest, found: Any, on: date) -> Iterator[list[str]]:
    known = request.actor.can(customers.PEOPLE)
    rows = list(found)
    for start in range(0, len(rows), STEP):
        for one in portfolio.portfolio_rows(
            rows[start : start + STEP], seen_by=request.actor, on=on
        ):
            customer, renewal = one.customer, one.renewal
            yield [
                customer.name,
                customer.code,
                str(customer.architect or "") if known else "",
                str(customer.service_manager or "") if known else "",
                str(one.contracts),
                *(str(one.services.get(state, 0)) for state in Service.State.values),
                renewal.number if renewal else "",
                _day(renewal.decide_by if renewal else None),
                _day(renewal.period.upper if renewal else None),
                *(str(work.count) for work in one.work),
            ]


def _day(at: date | None) -> str:
    return at.isoformat() if at else ""
