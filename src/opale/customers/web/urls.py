from django.urls import path

from opale.customers.listings.contracts import CONTRACTS
from opale.customers.listings.customers import CUSTOMERS
from opale.customers.listings.offerings import OFFERINGS
from opale.customers.listings.portfolio import PORTFOLIO
from opale.customers.listings.services import SERVICES
from opale.customers.queries import plan_tables
from opale.customers.web import (
    contacts,
    contracts,
    customers,
    option_values,
    pickers,
    plans,
    portfolio,
    services,
)
from opale.listings.pages import page_of
from opale.listings.pickers import pick_of
from opale.listings.views import export_of
from opale.reference_tables.pages import pages_of

urlpatterns = [
    path("customers/", page_of(CUSTOMERS), name="customers_list"),
    path("customers/pick/", pickers.customer, name="customers_pick"),
    path("customers/pick/person/", pickers.person, name="customers_pick_person"),
    path("customers/<str:code>/", customers.show, name="customers_customer"),
    path("customers/<str:code>/services/", customers.services, name="customers_tree"),
    path("portfolio/", portfolio.show, name="customers_portfolio"),
    path("portfolio/export.csv", export_of(PORTFOLIO, "csv"), name="customers_portfolio_export"),
    path("contacts/pick/", pickers.contact, name="customers_pick_contact"),
    path("contacts/<int:contact_id>/", contacts.edit, name="customers_contact"),
    path("services/", page_of(SERVICES), name="customers_services"),
    path("services/pick/", pickers.service, name="customers_pick_service"),
    path("services/<str:reference>/", services.show, name="customers_service"),
    path("contracts/", page_of(CONTRACTS), name="customers_contracts"),
    path("contracts/<str:number>/", contracts.show, name="customers_contract"),
    path("contracts/<str:number>/plans/new/", contracts.plan, name="customers_give_plan"),
    path(
        "contracts/<slug:kind>/<int:row_id>/ending/", contracts.ending, name="customers_end_given"
    ),
    *pages_of(OFFERINGS),
    path(
        "catalogue/pick/",
        pick_of(OFFERINGS.listing, lambda one: (plan_tables.offering_name(one), one.code)),
        name="customers_pick_offering",
    ),
    path("catalogue/option-values/", option_values.draw, name="customers_option_values"),
    path("plans/", plans.listing, name="customers_plans"),
    path("plans/<str:code>/versions/new/", plans.new_version, name="customers_version_new"),
    path("plans/<str:code>/comparison/", plans.comparison, name="customers_plan_comparison"),
]
