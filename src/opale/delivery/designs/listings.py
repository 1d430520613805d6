"""The list of designs."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.delivery.designs.actions import designs, lifecycle
from opale.delivery.designs.forms import WithdrawalForm
from opale.delivery.designs.models import Design
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.states import DesignState
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Pick, Span, Words, mine
from opale.organisation.queries.people import people
from opale.ui.components.badges import person, state

S = DesignState
TONES = {
    S.DRAFT: "new",
    S.CHECKED: "active",
    S.QUOTED: "waiting",
    S.ACCEPTED: "done",
    S.DECLINED: "bad",
    S.WITHDRAWN: "closed",
}
STANDING = (("open", pgettext_lazy("designs", "Open")), *S.choices)


def _subject(design: Design) -> object:
    title = Truncator(design.title).chars(90)
    if design.version == 1:
        return title
    return format_html('{} <span class="o-quiet">v{}</span>', title, design.version)


def _sure_by(design: Any) -> object:
    if design.sure_by is None:
        return state(_("Not feasible"), "bad") if design.feasible is False else ""
    return date_format(design.sure_by, "SHORT_DATE_FORMAT")


def _withdrawal(data: QueryDict | None, *, by: Actor) -> WithdrawalForm:
    return WithdrawalForm(data)


DESIGNS = Listing(
    name="designs",
    title=gettext_lazy("Designs"),
    right=READ,
    url_name="designs_list",
    model=Design,
    rows=design_queries.designs,
    order=Order(("-number",)),
    topic=designs.LIST,
    new=New(gettext_lazy("New design"), "designs_create_design", WORK),
    empty=Empty(
        "ruler-2",
        gettext_lazy("No design matches your filters"),
        gettext_lazy("No designs yet"),
        gettext_lazy(
            "A design describes a solution for a customer, checks whether and when it is "
            "feasible, reserves what it needs, and becomes an order in one click."
        ),
    ),
    columns=(
        Column(
            "design", pgettext_lazy("a design", "Design"), "reference", order="number", fixed=True,
            style="number", link=lambda one: reverse("designs_show", args=[one.number]),
        ),
        Column("customer", gettext_lazy("Customer"), "customer__name", order=True),
        Column(
            "subject", gettext_lazy("Subject"), "title", cell=_subject, order=True, style="fill"
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda one: state(one.get_state_display(), TONES[S(one.state)]),
        ),
        Column(
            "architect", gettext_lazy("Architect"), "architect__name", order=True,
            cell=lambda one: person(one.architect.name) if one.architect else "",
        ),
        Column(
            "probability", gettext_lazy("Probability"), "probability", order=True, style="end",
            cell=lambda one: f"{one.probability} %",
        ),
        Column(
            "wished", pgettext_lazy("a design", "Wanted date"), "wished_on", order=True
        ),
        Column(
            "sure_by", gettext_lazy("80 % confidence date"), "sure_by", cell=_sure_by, order=True,
            nullable=True,
            loads=lambda rows, _actor: design_queries.with_last_check(rows),
        ),
        Column(
            "order", pgettext_lazy("a purchase order", "Order"), "order__reference",
            right="orders.read", shown=False,
        ),
        Column(
            "made_at", pgettext_lazy("a design", "Created"), "made_at", order=True, shown=False
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number, customer or text")),
        mine("architect_id", pgettext_lazy("designs", "Mine"), on="yes"),
        Choice(
            "state", gettext_lazy("State"), STANDING, argument="state",
            more=(("ended", pgettext_lazy("designs", "Closed")),),
        ),
        customer_filter(argument="customer_id"),
        Pick(
            "architect", gettext_lazy("Architect"), argument="architect_id", api="architect_id",
            picker="organisation_people_pick", rows=lambda actor: people(seen_by=actor),
        ),
        Span("wished", pgettext_lazy("a design", "Wanted date"), lookup="wished_on"),
    ),
    acts=(
        RowAct(
            "withdraw", pgettext_lazy("a design", "Withdraw"), WORK, icon="x",
            run=lifecycle.withdraw_design, form=_withdrawal,
        ),
    ),
    jump=Jump(
        label=lambda row: f"{row.reference} {row.title}",
        url=lambda row: reverse("designs_show", args=[row.number]),
        note=lambda row: row.customer.name,
        group=gettext_lazy("Designs"),
        icon="ruler-2",
        starts="D-",
    ),
)  # fmt: skip
