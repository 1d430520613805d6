"""The portfolio: customers with what is sold to them, to be decided and open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from opale.customers import rights
from opale.customers.listings.columns import BY_NAME, customer_link, person_name
from opale.customers.models import (
    Contract,
    Customer,
    CustomersQuerySet,
    Service,
)
from opale.customers.ports import OpenWork, all_open_work
from opale.customers.queries import customers, portfolio
from opale.customers.queries.dates import today
from opale.customers.queries.portfolio import PortfolioRow
from opale.customers.shapes import Days
from opale.kernel.actor import Actor
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Words


@dataclass(frozen=True, slots=True)
class Due:
    """A contract to be decided about, and in how many days; below 0, notice came too late."""

    contract: Contract
    left: int
    urgency: str

    @classmethod
    def of(cls, contract: Contract, on: date) -> "Due":
        by = contract.decide_by or on
        return cls(contract, (by - on).days, portfolio.urgency(by, on))

    @property
    def said(self) -> str:
        if self.left < 0:
            return _("notice period over")
        if self.left == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", self.left) % {"days": self.left}


MINE, EVERYBODY = "mine", "all"


def _portfolio(
    *, seen_by: Actor, of: str = "", text: str = "", within: int | None = None
) -> CustomersQuerySet[Customer]:
    """Return the customers of one's own portfolio, of that of the person with a key, or all."""
    person_id = seen_by.person_id if of == MINE else int(of) if of else None
    return portfolio.portfolio(
        seen_by=seen_by, on=today(), person_id=person_id, text=text, within=within
    )


def _whose(actor: Actor) -> Iterable[tuple[Any, Any]]:
    """Return the filters: mine, each other architect's, all."""
    own = [(MINE, pgettext_lazy("portfolio", "Mine"))] if actor.person_id else []
    others = [one for one in portfolio.architects(seen_by=actor) if one.pk != actor.person_id]
    return [
        *own,
        *((one.pk, one.name) for one in others),
        (EVERYBODY, pgettext_lazy("portfolios", "All")),
    ]


def _followed(customer: Customer) -> object:
    code = '<span class="o-number o-quiet">{}</span>'
    return format_html("{} " + code, customer_link(customer), customer.code)


COUNTED = {
    Service.State.ACTIVE: ngettext_lazy("%(n)s active", "%(n)s active", "n"),
    Service.State.INACTIVE: ngettext_lazy("%(n)s inactive", "%(n)s inactive", "n"),
    Service.State.RESERVED: ngettext_lazy("%(n)s reserved", "%(n)s reserved", "n"),
    Service.State.DESIGNED: ngettext_lazy("%(n)s designed", "%(n)s designed", "n"),
    Service.State.FEASIBILITY_CHECKED: ngettext_lazy(
        "%(n)s with feasibility checked", "%(n)s with feasibility checked", "n"
    ),
}
"""Services by state, the most advanced first, without terminated ones."""


def _states(line: PortfolioRow) -> str:
    """Return "12 active, 2 designed", the most advanced first, without terminated ones."""
    return ", ".join(
        str(COUNTED[state] % {"n": line.services[state]})
        for state in COUNTED
        if line.services.get(state)
    )


def _in_state(state: str, label: Any) -> Column:
    return Column(
        f"services_{state}", label, lambda line: line.services.get(state, 0), style="end",
        shown=False,
    )  # fmt: skip


def _next_due(line: PortfolioRow) -> object:
    if line.renewal is None or line.renewal.decide_by is None:
        return ""
    due = Due.of(line.renewal, today())
    day = date_format(line.renewal.decide_by, "SHORT_DATE_FORMAT")
    drawn = '<span class="c-due" data-urgency="{}"><b>{}</b> {}</span>'
    return format_html(drawn, due.urgency, day, due.said)


def _of_work(work: OpenWork) -> Column:
    """Return the column of a kind of open work."""

    def cell(line: PortfolioRow) -> object:
        count = line.work.get(work.code)
        url = work.address(line.customer)
        return format_html('<a href="{}">{}</a>', url, count) if count else ""

    return Column(
        work.code, work.label, lambda line: line.work.get(work.code), cell=cell, style="end",
        right=work.right,
    )  # fmt: skip


def portfolio_columns() -> tuple[Column, ...]:
    """Return the columns of the portfolio, with those of the apps above."""
    return (
        Column(
            "customer", gettext_lazy("Customer"), "name", order=True, fixed=True,
            cell=lambda line: _followed(line.customer),
        ),
        Column("code", gettext_lazy("Code"), "code", order=True, shown=False),
        Column(
            "architect", gettext_lazy("Solution architect"), "architect__name", order=True,
            cell=lambda line: person_name(line.customer.architect), right=customers.PEOPLE,
        ),
        Column(
            "service_manager", gettext_lazy("Service manager"), "service_manager__name",
            order=True, cell=lambda line: person_name(line.customer.service_manager),
            right=customers.PEOPLE, shown=False,
        ),
        Column(
            "contracts", gettext_lazy("Contracts in force"), lambda line: line.contracts,
            cell=lambda line: line.contracts or "", style="end",
        ),
        Column("services", gettext_lazy("Services"), _states, style="fill", exported=False),
        *(_in_state(state, label) for state, label in Service.State.choices),
        Column(
            "due", gettext_lazy("Next decision"),
            lambda line: line.renewal.number if line.renewal else "", cell=_next_due,
            order="due_on", nullable=True,
            loads=lambda rows, actor: portfolio.with_due(rows, seen_by=actor, on=today()),
        ),
        Column(
            "decide_by", gettext_lazy("Decide by"),
            lambda line: line.renewal.decide_by if line.renewal else None, shown=False,
        ),
        Column(
            "ends", gettext_lazy("End (excluded)"),
            lambda line: line.renewal.period.upper if line.renewal else None, shown=False,
        ),
        *map(_of_work, all_open_work()),
    )  # fmt: skip


PORTFOLIO = Listing(
    name="portfolio",
    title=gettext_lazy("Portfolio"),
    right=rights.PORTFOLIO,
    url_name="customers_portfolio",
    model=Customer,
    rows=_portfolio,
    lines=lambda rows, actor: portfolio.portfolio_rows(rows, seen_by=actor, on=today()),
    order=BY_NAME,
    template="customers/portfolio/show.html",
    above="customers/portfolio/_renewals.html",
    empty=Empty(
        "folders",
        gettext_lazy("No customer matches your filters"),
        gettext_lazy("No customers in your portfolio"),
        gettext_lazy(
            "Customers appear in the portfolio of their solution architect and service manager."
        ),
    ),
    # Looked at when Opale has started: the apps above add columns.
    columns=cast("tuple[Column, ...]", SimpleLazyObject(portfolio_columns)),
    filters=(
        Words(label=gettext_lazy("Name, code or mail domain")),
        Choice(
            "of", gettext_lazy("Portfolio of"), _whose, argument="of", default=MINE,
            every=EVERYBODY, api="person_id", api_type=int | None,
        ),
        Choice(
            "within", gettext_lazy("Renewals"),
            [(str(days), str(days)) for days in portfolio.HORIZONS], argument="within", turn=int,
            api_type=Days | None, drawn=False,
        ),
    ),
)  # fmt: skip
