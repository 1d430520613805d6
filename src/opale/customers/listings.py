"""Customers, the portfolio, services, contracts and the catalogue as lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, cast

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opale.acts.declarations import Subject, place
from opale.customers import rights
from opale.customers.actions import services
from opale.customers.forms.customers import OfferingForm
from opale.customers.models import (
    Contract,
    Customer,
    CustomersQuerySet,
    Family,
    Offering,
    Service,
)
from opale.customers.ports import OpenWork, all_open_work
from opale.customers.queries import customers, plans, portfolio
from opale.customers.queries import services as service_queries
from opale.customers.queries.dates import today
from opale.customers.queries.portfolio import PortfolioRow
from opale.customers.shapes import Days, OfferingOut
from opale.customers.states import SERVICE_MOVES
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Flag, Pick, Span, Words, mine
from opale.organisation.models import Language, Person
from opale.reference_tables.declarations import ReferenceTable
from opale.ui.components.badges import person, state, tag

BY_NAME = Order(("name", "id"))
TONES = {"active": "done", "terminated": "closed", "inactive": "waiting"}


def _number(text: str) -> object:
    return format_html('<span class="o-number">{}</span>', text)


def _linked(customer: Customer) -> object:
    url = reverse("customers_customer", args=[customer.code])
    return format_html('<a href="{}">{}</a>', url, customer.name)


OWNER = Column(
    "customer", gettext_lazy("Customer"), "customer__name", order=True,
    cell=lambda row: _linked(row.customer),
)  # fmt: skip


def customer_filter(
    *,
    argument: str = "",
    lookup: str = "",
    api: str = "customer_id",
    found: Callable[[int, Actor], Any] | None = None,
) -> Pick:
    """Return the filter of a list by a customer, also by those that left."""
    return Pick(
        "customer", gettext_lazy("Customer"), argument=argument, lookup=lookup, api=api,
        found=found, picker="customers_pick", right=rights.READ,
        rows=lambda actor: customers.customers(seen_by=actor, standing="all"),
    )  # fmt: skip


OF_CUSTOMER = customer_filter(
    argument="customer", found=lambda pk, actor: customers.get_customer(pk, seen_by=actor)
)
OF_FAMILY = Choice("family", gettext_lazy("Family"), Family, argument="family")


def _plans(actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(plan.code, plans.plan_name(plan)) for plan in service_queries.plans(seen_by=actor)]


def _customers(*, seen_by: Actor, **asked: Any) -> CustomersQuerySet[Customer]:
    return customers.customers(seen_by=seen_by, on=today(), **asked)


def _with_counts(rows: CustomersQuerySet[Customer], _actor: Actor) -> QuerySet[Customer]:
    return customers.with_counts(rows)


def _person(found: Person | None) -> object:
    return person(found.name) if found else ""


CUSTOMERS = Listing(
    name="customers",
    title=gettext_lazy("Customers"),
    right=rights.READ,
    url_name="customers_list",
    model=Customer,
    rows=_customers,
    order=BY_NAME,
    new=New(gettext_lazy("New customer"), "customers_create_customer", rights.EDIT),
    buttons="customers/customers/_buttons.html",
    empty=Empty("users", gettext_lazy("No customer matches"), gettext_lazy("No customer yet")),
    row_flags=lambda customer: {"stale": customer.left_on is not None},
    columns=(
        Column(
            "name", gettext_lazy("Customer"), "name", order=True, fixed=True, style="fill",
            link=lambda customer: reverse("customers_customer", args=[customer.code]),
        ),
        Column(
            "code", gettext_lazy("Code"), "code", order=True,
            cell=lambda customer: _number(customer.code),
        ),
        Column("language", gettext_lazy("Language"), "language", order=True),
        Column(
            "service_manager", gettext_lazy("Service manager"), "service_manager__name",
            order=True, cell=lambda row: _person(row.service_manager), right=customers.PEOPLE,
        ),
        Column(
            "architect", gettext_lazy("Solution architect"), "architect__name", order=True,
            cell=lambda row: _person(row.architect), right=customers.PEOPLE,
        ),
        Column(
            "services", gettext_lazy("Services"), "service_count", order=True, style="end",
            loads=_with_counts,
        ),
        Column("domains", gettext_lazy("Mail domains"), "domains", shown=False),
        Column("phone", gettext_lazy("Switchboard"), "phone", shown=False),
        Column("left_on", gettext_lazy("Left on"), "left_on", shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name, code or mail domain")),
        mine("manager_id", gettext_lazy("Mine"), "follows", on="mine"),
        Choice("plan", gettext_lazy("Support plan"), _plans, argument="plan"),
        Choice(
            "language", gettext_lazy("Language"), Language, argument="language",
            api_type=Literal["fr", "en"] | None,
        ),
        Flag(
            "standing", gettext_lazy("Left"), argument="standing", value=lambda _actor: "left",
            on="left", api="left",
        ),
    ),
)  # fmt: skip


SERVICES = Listing(
    name="services",
    title=gettext_lazy("Services"),
    right=rights.READ,
    url_name="customers_services",
    model=Service,
    rows=service_queries.services,
    order=BY_NAME,
    empty=Empty("package", gettext_lazy("No service matches"), gettext_lazy("No service yet")),
    columns=(
        Column(
            "name", gettext_lazy("Service"), "name", order=True, fixed=True, style="fill",
            link=lambda service: reverse("customers_service", args=[service.reference]),
        ),
        Column(
            "reference", gettext_lazy("Service reference"), "reference", order=True,
            cell=lambda service: _number(service.reference),
        ),
        OWNER,
        Column("family", gettext_lazy("Family"), "offering__family", order=True),
        Column(
            "offering", gettext_lazy("Offering"), "offering__code", order=True, shown=False
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda one: state(one.get_state_display(), TONES.get(one.state, "waiting")),
        ),
        Column("started_on", gettext_lazy("Since"), "started_on", order=True),
        Column("ended_on", gettext_lazy("Ended on"), "ended_on", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name or reference")),
        OF_FAMILY,
        Choice("state", gettext_lazy("State"), Service.State, argument="state", menu=True),
        OF_CUSTOMER,
        Span("since", gettext_lazy("Since"), lookup="started_on"),
    ),
    acts=tuple(
        RowAct.of_move(move, services.move_service)
        for move in SERVICE_MOVES
        if move.name in ("activate", "suspend")
    ),
)  # fmt: skip


def _with_end(rows: QuerySet[Contract], _actor: Actor) -> QuerySet[Contract]:
    return rows.annotate(starts_on=F("period__startswith"), ends_on=F("period__endswith"))


CONTRACTS = Listing(
    name="contracts",
    title=gettext_lazy("Contracts"),
    right=rights.READ,
    url_name="customers_contracts",
    model=Contract,
    rows=service_queries.contracts,
    order=Order(("number",)),
    empty=Empty(
        "file-text",
        gettext_lazy("No contract matches"),
        gettext_lazy("No contract yet"),
        gettext_lazy("A contract is made on the page of its customer."),
    ),
    columns=(
        Column(
            "number", gettext_lazy("Contract"), "number", order=True, fixed=True, style="number",
            link=lambda contract: reverse("customers_contract", args=[contract.number]),
        ),
        OWNER,
        Column("signed_on", gettext_lazy("Signed on"), "signed_on", order=True),
        Column(
            "starts", pgettext_lazy("a contract", "In force from"), "starts_on", order=True,
            loads=_with_end, nullable=True,
        ),
        Column(
            "ends", pgettext_lazy("a contract", "End (excluded)"), "ends_on", order=True,
            loads=_with_end, nullable=True,
        ),
        Column(
            "decide_by", pgettext_lazy("a contract", "Decide by"), lambda row: row.decide_by
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number or customer")),
        OF_CUSTOMER,
        Span("signed", gettext_lazy("Signed on"), lookup="signed_on"),
        Span("ends", pgettext_lazy("a contract", "End (excluded)"), lookup="period__endswith"),
    ),
)  # fmt: skip

OFFERING_LIST = Listing(
    name="offerings",
    title=gettext_lazy("Catalogue"),
    right=rights.READ,
    url_name="customers_offerings",
    model=Offering,
    rows=service_queries.offerings,
    order=Order(("code", "id")),
    empty=Empty("package", gettext_lazy("No offering matches"), gettext_lazy("No offering yet")),
    row_flags=lambda offering: {"stale": offering.retired_on is not None},
    columns=(
        Column(
            "code", gettext_lazy("Code"), "code", order=True, fixed=True,
            link=lambda offering: reverse("customers_edit_offering", args=[offering.pk]),
            link_right=rights.EDIT,
        ),
        Column(
            "family", gettext_lazy("Family"), "family", order=True,
            cell=lambda offering: tag(offering.get_family_display()),
        ),
        Column("name_en", gettext_lazy("English name"), "name_en", order=True),
        Column("name_fr", gettext_lazy("French name"), "name_fr", order=True),
        Column("retired_on", gettext_lazy("Retired on"), "retired_on", order=True),
    ),
    filters=(
        Words(label=gettext_lazy("Name or code")),
        OF_FAMILY,
        Flag("retired", gettext_lazy("Retired too"), argument="retired"),
    ),
)  # fmt: skip


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
            return _("notice has passed")
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
    return format_html("{} " + code, _linked(customer), customer.code)


def _states(line: PortfolioRow) -> str:
    """Return "12 active, 2 designed", the most advanced first, without terminated ones."""
    return ", ".join(
        f"{line.services[state]} {str(label).lower()}"
        for state, label in reversed(Service.State.choices)
        if line.services.get(state) and state != Service.State.TERMINATED
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
            cell=lambda line: _person(line.customer.architect), right=customers.PEOPLE,
        ),
        Column(
            "service_manager", gettext_lazy("Service manager"), "service_manager__name",
            order=True, cell=lambda line: _person(line.customer.service_manager),
            right=customers.PEOPLE, shown=False,
        ),
        Column(
            "contracts", gettext_lazy("Contracts in force"), lambda line: line.contracts,
            cell=lambda line: line.contracts or "", style="end",
        ),
        Column("services", gettext_lazy("Services"), _states, style="fill", exported=False),
        *(_in_state(state, label) for state, label in Service.State.choices),
        Column(
            "due", gettext_lazy("Next to be decided"),
            lambda line: line.renewal.number if line.renewal else "", cell=_next_due,
            order="due_on", nullable=True,
            loads=lambda rows, actor: portfolio.with_due(rows, seen_by=actor, on=today()),
        ),
        Column(
            "decide_by", gettext_lazy("To be decided by"),
            lambda line: line.renewal.decide_by if line.renewal else None, shown=False,
        ),
        Column(
            "ends", gettext_lazy("First day without it"),
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
        gettext_lazy("No customer matches"),
        gettext_lazy("No customer is in your portfolio"),
        gettext_lazy(
            "A customer is in the portfolio of the solution architect and of the service manager"
            " whom its page names."
        ),
    ),
    # Looked at when Opale has started: the apps above add columns.
    columns=cast("tuple[Column, ...]", SimpleLazyObject(portfolio_columns)),
    filters=(
        Words(label=gettext_lazy("Name, code or mail domain")),
        Choice(
            "of", gettext_lazy("Whose portfolio"), _whose, argument="of", default=MINE,
            every=EVERYBODY, api="person_id", api_type=int | None,
        ),
        Choice(
            "within", gettext_lazy("To be renewed"),
            [(str(days), str(days)) for days in portfolio.HORIZONS], argument="within", turn=int,
            api_type=Days | None, drawn=False,
        ),
    ),
)  # fmt: skip


OFFERINGS = ReferenceTable(
    listing=OFFERING_LIST,
    subject=Subject(
        name="offering", model=Offering, shape=OfferingOut, get=service_queries.get_offering,
        page="catalogue/<int:offering_id>/", endpoint="/offerings/{int:offering_id}",
        rows=partial(service_queries.visible_rows, Offering),
        home=place("customers_offerings", gettext_lazy("Catalogue")),
    ),
    form=OfferingForm,
    create=services.create_offering,
    change=services.edit_offering,
    right=rights.EDIT,
    new=gettext_lazy("New offering"),
    made=gettext_lazy("Offering created."),
    changed=gettext_lazy("Offering changed."),
    creating={"optional": {"code", "family", "name_en", "name_fr"}},
    changing={"page": ""},
    exchanged=("code", "family", "name_en", "name_fr", "options", "retired_on"),
    template="",
    list_text="The catalogue by code; `retired` shows what is no longer sold too.",
)  # fmt: skip
