"""Subjects of the acts of customers, and the pages that show them."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, place
from opale.customers.models import (
    Contact,
    Contract,
    Customer,
    Service,
    SupportPlan,
)
from opale.customers.queries import customers, services
from opale.customers.queries.plan_tables import ContractItem, get_item_of_contract
from opale.customers.queries.plans import plan_name
from opale.customers.queries.services import visible_rows
from opale.customers.shapes import (
    ContactOut,
    ContractOut,
    CustomerOut,
    Dated,
    PlanOut,
    ServiceOut,
)


def place_of_customer(customer: Customer) -> Place:
    return reverse("customers_customer", args=[customer.code]), customer.name


def place_of_contacts(contact: Contact) -> Place:
    url, label = place_of_customer(contact.customer)
    return f"{url}#contacts", label


def place_of_contract(contract: Contract) -> Place:
    return reverse("customers_contract", args=[contract.number]), contract.number


CUSTOMERS: Subject[Customer] = Subject(
    name="customers", page="customers/", endpoint="/customers",
    home=place("customers_list", _("Customers")),
)  # fmt: skip
CUSTOMER = Subject(
    name="customer", model=Customer, shape=CustomerOut, column="code", home=place_of_customer,
    page="customers/<str:code>/", get=customers.get_customer_by_code,
    endpoint="/customers/{int:customer_id}", get_by_id=customers.get_customer,
    rows=partial(visible_rows, Customer),
)  # fmt: skip
CONTACTS: Subject[Contact] = Subject(
    name="contacts", page="contacts/", endpoint="/contacts", home=place_of_contacts
)
CONTACT = Subject(
    name="contact", model=Contact, shape=ContactOut, get=customers.get_contact,
    home=place_of_contacts, page="contacts/<int:contact_id>/",
    endpoint="/contacts/{int:contact_id}", rows=partial(visible_rows, Contact),
)  # fmt: skip
SERVICES: Subject[Service] = Subject(
    name="services", page="services/", endpoint="/services",
    home=place("customers_services", _("Services")),
)  # fmt: skip
SERVICE = Subject(
    name="service", model=Service, shape=ServiceOut, column="reference",
    page="services/<str:reference>/", get=services.get_service_by_reference,
    endpoint="/services/{int:service_id}", get_by_id=services.get_service,
    rows=partial(visible_rows, Service),
    home=lambda row: (reverse("customers_service", args=[row.reference]), row.name),
)  # fmt: skip
PLANS: Subject[SupportPlan] = Subject(
    name="plans", page="plans/", endpoint="/support-plans",
    home=place("customers_plans", _("Support plans")),
)  # fmt: skip
PLAN = Subject(
    name="plan", model=SupportPlan, shape=PlanOut, get=services.get_plan_by_code, column="code",
    page="plans/<str:code>/", endpoint="/support-plans/{str:code}",
    home=lambda row: (reverse("customers_version_new", args=[row.code]), plan_name(row)),
)  # fmt: skip
CONTRACTS: Subject[Contract] = Subject(
    name="contracts", page="contracts/", endpoint="/contracts",
    home=place("customers_contracts", _("Contracts")),
)  # fmt: skip
CONTRACT = Subject(
    name="contract", model=Contract, shape=ContractOut, column="number", home=place_of_contract,
    page="contracts/<str:number>/", get=services.get_contract_by_number,
    endpoint="/contracts/{int:contract_id}", get_by_id=services.get_contract,
    rows=partial(visible_rows, Contract),
)  # fmt: skip


def contract_item(
    model: type[ContractItem], noun: str, shape: type[Dated]
) -> Subject[ContractItem]:
    """Return the subject of a contract's plans, options or commitments, for programs."""
    return Subject(
        name=noun, model=model, shape=shape, within=CONTRACT,
        get=partial(get_item_of_contract, model), page=f"{noun}/<int:given_id>/",
        endpoint=f"/contracts/{{int:contract_id}}/{noun}/{{int:given_id}}",
        home=lambda row: place_of_contract(row.contract),
    )  # fmt: skip
