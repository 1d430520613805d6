from django.urls import path

from opale.customers.listings import CONTRACTS, CUSTOMERS, OFFERINGS, SERVICES
from opale.customers.web import (
    catalogue,
    contacts,
    contracts,
    customers,
    plans,
    portfolio,
    services,
)
from opale.listings.pages import page_of

urlpatterns = [
    path("customers/", page_of(CUSTOMERS), name="customers_list"),
    path("customers/new/", customers.new, name="customers_new"),
    path("customers/pick/", customers.pick, name="customers_pick"),
    path("customers/pick/person/", customers.pick_person, name="customers_pick_person"),
    path("customers/<str:code>/", customers.show, name="customers_customer"),
    path("customers/<str:code>/edit/", customers.edit, name="customers_edit"),
    path("customers/<str:code>/services/", customers.services, name="customers_tree"),
    path("customers/<str:code>/leaving/", customers.deactivate, name="customers_leave"),
    path("customers/<str:code>/return/", customers.reactivate, name="customers_return"),
    path("customers/<str:code>/contacts/new/", contacts.new, name="customers_contact_new"),
    path("customers/<str:code>/services/new/", services.new, name="customers_service_new"),
    path("customers/<str:code>/contracts/new/", contracts.new, name="customers_contract_new"),
    path("portfolio/", portfolio.show, name="customers_portfolio"),
    path("portfolio/export.csv", portfolio.export, name="customers_portfolio_export"),
    path("contacts/<int:contact_id>/", contacts.edit, name="customers_contact"),
    path("contacts/<int:contact_id>/leaving/", contacts.deactivate, name="customers_contact_leave"),
    path("contacts/<int:contact_id>/return/", contacts.reactivate, name="customers_contact_return"),
    path("contacts/<int:contact_id>/invitation/", contacts.invite, name="customers_contact_invite"),
    path(
        "contacts/<int:contact_id>/access/", contacts.close_access, name="customers_contact_close"
    ),
    path("services/", page_of(SERVICES), name="customers_services"),
    path("services/pick/", services.pick, name="customers_pick_service"),
    path("services/<str:reference>/", services.show, name="customers_service"),
    path("services/<str:reference>/edit/", services.edit, name="customers_service_edit"),
    path(
        "services/<str:reference>/moves/<slug:name>/", services.move, name="customers_service_move"
    ),
    path("contracts/", page_of(CONTRACTS), name="customers_contracts"),
    path("contracts/<str:number>/", contracts.show, name="customers_contract"),
    path("contracts/<str:number>/edit/", contracts.edit, name="customers_contract_edit"),
    path("contracts/<str:number>/plans/new/", contracts.plan, name="customers_give_plan"),
    path("contracts/<str:number>/options/new/", contracts.option, name="customers_add_option"),
    path("contracts/<str:number>/commitments/new/", contracts.commitment, name="customers_sell"),
    path(
        "contracts/<slug:kind>/<int:row_id>/ending/", contracts.ending, name="customers_end_given"
    ),
    path("catalogue/", page_of(OFFERINGS), name="customers_offerings"),
    path("catalogue/new/", catalogue.new_offering, name="customers_offering_new"),
    path("catalogue/pick/", catalogue.pick_offering, name="customers_pick_offering"),
    path("catalogue/<int:offering_id>/", catalogue.edit_offering, name="customers_offering"),
    path("plans/", plans.listing, name="customers_plans"),
    path("plans/new/", plans.new, name="customers_plan_new"),
    path("plans/<str:code>/versions/new/", plans.new_version, name="customers_version_new"),
    path("plans/<str:code>/comparison/", plans.comparison, name="customers_plan_comparison"),
]
