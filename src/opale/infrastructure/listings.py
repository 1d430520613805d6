"""Items, sites and suppliers as lists."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.acts.declarations import Subject, place
from opale.customers.listings.columns import customer_filter
from opale.endpoints.http import ActorRequest
from opale.infrastructure import rights
from opale.infrastructure.actions import items, sites
from opale.infrastructure.actions import suppliers as supplier_actions
from opale.infrastructure.forms import SiteForm, SupplierForm, minutes_of
from opale.infrastructure.models import ConfigurationItem, Site, Supplier
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.queries import suppliers
from opale.infrastructure.shapes import SiteOut, SupplierOut
from opale.infrastructure.states import ITEM_MOVES
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Listing, New, RowAct
from opale.listings.filters import Choice, Flag, Pick, Words
from opale.reference_tables.declarations import ReferenceTable
from opale.ui.components.badges import state, tag
from opale.ui.components.times import whole_hours

TONES = {"in_service": "done", "maintenance": "waiting", "planned": "new", "retired": "closed"}
BY_NAME = Order(("name", "id"))
MOST = 50
"""Items on the page of a site or supplier; the list of items has them all."""
CUSTOMER = Column(
    "customer", gettext_lazy("Customer"), "customer__name", order=True, right="customers.read"
)
OF_CUSTOMER = customer_filter(argument="customer_id")


def _site_name(item: Any) -> str:
    return item.site.name if item.site and item.shows_site else ""


def _site(item: Any) -> object:
    if not _site_name(item):
        return ""
    url = reverse("infrastructure_site", args=[item.site.code])
    return format_html('<a href="{}">{}</a>', url, item.site.name)


def _mono(text: object) -> object:
    return format_html('<span class="o-mono">{}</span>', text) if text else ""


ITEMS = Listing(
    name="items",
    title=gettext_lazy("Configuration items"),
    right=rights.READ,
    url_name="infrastructure_items",
    model=ConfigurationItem,
    rows=item_queries.items,
    order=BY_NAME,
    new=New(gettext_lazy("New item"), "infrastructure_create_item", rights.EDIT),
    empty=Empty(
        "server", gettext_lazy("No item matches your filters"), gettext_lazy("No items yet")
    ),
    row_flags=lambda item: {"stale": item.state == "retired"},
    columns=(
        Column(
            "item", gettext_lazy("Item"), "name", order=True, fixed=True, style="fill",
            cell=lambda item: _mono(item.name),
            link=lambda item: reverse("infrastructure_item", args=[item.pk]),
        ),
        Column("kind", gettext_lazy("Kind"), "kind", order=True, group=Group("kind")),
        Column(
            "state", gettext_lazy("State"), "state", order=True, group=Group("state"),
            cell=lambda item: state(item.get_state_display(), TONES[item.state]),
        ),
        Column(
            "site", gettext_lazy("Site"), _site_name, cell=_site, reads=("site",),
            order="site__name", sort_right=rights.READ, group=Group("site"),
        ),
        CUSTOMER,
        Column(
            "address", gettext_lazy("Address"), "address", order=True,
            cell=lambda item: _mono(item.address),
        ),
        Column(
            "serial", gettext_lazy("Serial number"), "serial", order=True, shown=False,
            cell=lambda item: _mono(item.serial),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name, serial number or address")),
        Choice(
            "kind", gettext_lazy("Kind"), ConfigurationItem.Kind, argument="kind", menu=True
        ),
        Choice("state", gettext_lazy("State"), ConfigurationItem.State, argument="state"),
        Pick(
            "site", gettext_lazy("Site"), argument="site_id", api="site_id",
            picker="infrastructure_pick_site", rows=lambda actor: item_queries.sites(seen_by=actor),
        ),
        OF_CUSTOMER,
        Pick(
            "carrier", gettext_lazy("Carrier"), argument="carrier", api="carrier_id",
            rows=lambda actor: suppliers.suppliers(seen_by=actor, left=True),
            found=lambda pk, actor: suppliers.get_supplier(pk, seen_by=actor),
        ),
    ),
    acts=tuple(RowAct.of_move(move, items.move_item) for move in ITEM_MOVES),
)  # fmt: skip

SITE_LIST = Listing(
    name="sites",
    title=gettext_lazy("Sites"),
    right=rights.READ,
    url_name="infrastructure_sites",
    model=Site,
    rows=item_queries.sites,
    order=BY_NAME,
    empty=Empty(
        "building", gettext_lazy("No site matches your filters"), gettext_lazy("No sites yet")
    ),
    columns=(
        Column(
            "site", gettext_lazy("Site"), "name", order=True, fixed=True, style="fill",
            link=lambda site: reverse("infrastructure_site", args=[site.code]),
        ),
        Column(
            "code", gettext_lazy("Code"), "code", order=True,
            cell=lambda site: format_html('<span class="o-number">{}</span>', site.code),
        ),
        Column("kind", gettext_lazy("Kind"), "kind", order=True),
        Column("address", gettext_lazy("Address"), "address", shown=False),
        Column("city", gettext_lazy("City"), "city", order=True),
        Column("country", gettext_lazy("Country"), "country", order=True, shown=False),
        Column("time_zone", gettext_lazy("Time zone"), "time_zone", order=True, shown=False),
        CUSTOMER,
    ),
    filters=(
        Words(label=gettext_lazy("Name, code or city")),
        Choice("kind", gettext_lazy("Kind"), Site.Kind, argument="kind"),
        OF_CUSTOMER,
    ),
)  # fmt: skip


def at_site(request: ActorRequest, site: Site) -> dict[str, object]:
    """Return the first items at a site, and how many there are of each kind."""
    found = item_queries.items(seen_by=request.actor, site_id=site.pk)
    return {
        "items": found.order_by("name", "id")[:MOST],
        "all_url": f"{reverse('infrastructure_items')}?site={site.pk}",
        "kinds": item_queries.kinds_at(site, seen_by=request.actor),
    }


SITES = ReferenceTable(
    listing=SITE_LIST,
    subject=Subject(
        name="site", model=Site, shape=SiteOut, column="code", rows=item_queries.plain_sites,
        page="sites/<str:code>/", get=item_queries.get_site_by_code,
        endpoint="/sites/{int:site_id}", get_by_id=item_queries.get_site,
        home=lambda site: (reverse("infrastructure_site", args=[site.code]), site.name),
    ),
    form=SiteForm,
    create=sites.create_site,
    change=sites.edit_site,
    right=rights.EDIT,
    new=gettext_lazy("New site"),
    made=gettext_lazy("Site created."),
    changed=gettext_lazy("Site saved."),
    creating={"optional": {"code", "name", "kind", "country"}},
    exchanged=(
        "code", "name", "kind", "customer__code", "address", "city", "country", "time_zone",
    ),
    template="infrastructure/sites/show.html",
    figures=at_site,
)  # fmt: skip


def _supplier(supplier: Supplier) -> object:
    url = reverse("infrastructure_supplier", args=[supplier.pk])
    named = format_html('<a href="{}">{}</a>', url, supplier.name)
    return format_html("{} {}", named, tag(_("former"))) if supplier.left_on else named


def _hours(supplier: Supplier) -> str:
    return supplier.calendar.name if supplier.calendar else _("24/7")


def _promise(name: str, label: Any) -> Column:
    return Column(
        name, label, name, order=True, style="end",
        cell=lambda row: whole_hours(getattr(row, name)) if getattr(row, name) else "",
    )  # fmt: skip


SUPPLIER_LIST = Listing(
    name="suppliers",
    title=gettext_lazy("Suppliers"),
    right=rights.READ,
    url_name="infrastructure_suppliers",
    model=Supplier,
    rows=suppliers.suppliers,
    order=BY_NAME,
    empty=Empty(
        "truck", gettext_lazy("No supplier matches your filters"), gettext_lazy("No suppliers yet")
    ),
    columns=(
        Column(
            "supplier", gettext_lazy("Supplier"), "name", order=True, fixed=True, style="fill",
            cell=_supplier,
        ),
        Column("kind", gettext_lazy("Kind"), "kind", order=True),
        Column("phone", gettext_lazy("Telephone"), "phone"),
        Column("email", gettext_lazy("Email address"), "email", order=True),
        Column("portal", gettext_lazy("Portal"), "portal", shown=False),
        _promise("accepts_within", gettext_lazy("Accepts within")),
        _promise("restores_within", gettext_lazy("Restores within")),
        Column(
            "hours", gettext_lazy("Hours"), _hours, reads=("calendar",), right="organisation.read"
        ),
        Column("left_on", gettext_lazy("Left on"), "left_on", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name of the supplier")),
        Choice("kind", gettext_lazy("Kind"), Supplier.Kind, argument="kind"),
        Flag(
            "left", gettext_lazy("Include former suppliers"), argument="left", default=True
        ),
    ),
)  # fmt: skip


def of_supplier(request: ActorRequest, supplier: Supplier) -> dict[str, object]:
    """Return the first circuits and links of a carrier."""
    found = item_queries.items(seen_by=request.actor, carrier=supplier)
    return {
        "items": found.order_by("name", "id")[:MOST],
        "all_url": f"{reverse('infrastructure_items')}?carrier={supplier.pk}",
    }


MINUTES = {
    "accepts_minutes": "accepts_within_minutes", "restores_minutes": "restores_within_minutes"
}  # fmt: skip
SUPPLIERS = ReferenceTable(
    listing=SUPPLIER_LIST,
    subject=Subject(
        name="supplier", model=Supplier, shape=SupplierOut, get=suppliers.get_supplier,
        rows=suppliers.plain_suppliers, page="suppliers/<int:supplier_id>/",
        endpoint="/suppliers/{int:supplier_id}",
        home=lambda row: (reverse("infrastructure_supplier", args=[row.pk]), row.name),
    ),
    form=SupplierForm,
    create=supplier_actions.create_supplier,
    change=supplier_actions.edit_supplier,
    right=rights.EDIT,
    new=gettext_lazy("New supplier"),
    made=gettext_lazy("Supplier created."),
    changed=gettext_lazy("Supplier saved."),
    creating={
        "home": place("infrastructure_suppliers", gettext_lazy("Suppliers")),
        "optional": {"language"}, "names": MINUTES,
    },
    changing={"names": MINUTES, "initial": lambda supplier, _by: minutes_of(supplier)},
    exchanged=(
        "name", "kind", "language", "email", "phone", "portal", "accepts_minutes",
        "restores_minutes", "calendar__name", "left_on",
    ),
    template="infrastructure/suppliers/show.html",
    figures=of_supplier,
    list_text="By name; with `left` also those that deliver no more.",
)  # fmt: skip
