"""The catalogue: a list, and a reference table."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.acts.declarations import Subject, place
from opale.customers import rights
from opale.customers.actions import services
from opale.customers.forms.offerings import OfferingForm
from opale.customers.listings.columns import OF_FAMILY
from opale.customers.models import (
    Offering,
)
from opale.customers.queries import services as service_queries
from opale.customers.shapes import OfferingOut
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Flag, Words
from opale.reference_tables.declarations import ReferenceTable
from opale.ui.components.badges import tag

OFFERING_LIST = Listing(
    name="offerings",
    title=gettext_lazy("Catalogue"),
    right=rights.READ,
    url_name="customers_offerings",
    model=Offering,
    rows=service_queries.offerings,
    order=Order(("code", "id")),
    empty=Empty(
        "package",
        gettext_lazy("No offering matches your filters"),
        gettext_lazy("No offerings yet"),
    ),
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
        Flag("retired", gettext_lazy("Include retired"), argument="retired"),
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
    changed=gettext_lazy("Offering saved."),
    creating={"optional": {"code", "family", "name_en", "name_fr"}},
    changing={"page": ""},
    exchanged=("code", "family", "name_en", "name_fr", "options", "retired_on"),
    template="",
    list_text="The catalogue by code; `retired` shows what is no longer sold too.",
)  # fmt: skip
