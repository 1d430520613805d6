"""The shipped catalogue for the desk's tests, and contacts with and without authority."""

from datetime import UTC, datetime, timedelta
from typing import Any

from opale.customers.models import Contact
from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.actor import EVERYTHING, OWN, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.actions import catalogue, requests
from opale.run.desk.actions.requests import NewRequest
from opale.run.desk.models import RequestType, Source, Ticket
from opale.run.desk.tests.builders import House, make_house

AHEAD = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


def load() -> None:
    catalogue.load_catalogue(by=system("test"))


def kind(code: str) -> RequestType:
    return RequestType.objects.get(code=code)


def contact(house: House, name: str, **may: Any) -> Contact:
    slug = name.lower().replace(" ", ".")
    details = {"language": "fr", "email": f"{slug}@acme.example"} | may
    with attributed(system("test")):
        return Contact.objects.create(customer=house.customer, name=name, **details)


def datacentre(house: House, code: str = "PA1") -> Site:
    """A datacentre in which the customer has a rack."""
    with attributed(system("test")):
        site = Site.objects.create(code=code, name="Paris 1", kind="datacentre", country="FR")
        ConfigurationItem.objects.create(
            name=f"rack-{code}", kind="rack", site=site, customer=house.customer
        )
    return site


def access(site: str = "PA1", **more: Any) -> dict[str, Any]:
    """What is filled in for an access of two visitors."""
    return {
        "site": site,
        "starts": AHEAD.isoformat(),
        "ends": (AHEAD + timedelta(hours=8)).isoformat(),
        "visitors": [
            {"name": "Jean Valet", "company": "Acme", "identity": "CNI 12345"},
            {"name": "Rosa Diaz", "company": "Montage SARL", "identity": "P 998"},
        ],
        "escort": "none",
    } | more


def ask(house: House, code: str, values: dict[str, Any], by: Actor, **who: Any) -> Ticket:
    named = who or {"contact": house.contact}
    new = NewRequest(request_type=kind(code), values=values, source=Source.PHONE, **named)
    return requests.receive_request(new, by=by)


def contact_actor(contact: Contact, *rights: str) -> Actor:
    """The contact by its own login or token."""
    named = Scope(customers=frozenset({contact.customer_id}))
    held = rights or ("desk.read", "desk.request", "customers.read")
    return Actor(
        "contact",
        f"contact:{contact.pk}",
        contact.name,
        dict.fromkeys(held, named),
        contact_id=contact.pk,
    )


def employee_of(person: Person) -> Actor:
    """Somebody of the house who does not work at the desk."""
    return Actor(
        "person",
        f"person:{person.pk}",
        person.name,
        {"desk.read": OWN, "desk.request": OWN, "organisation.read": EVERYTHING},
        person_id=person.pk,
    )


def furnished() -> House:
    """Return a house with the shipped catalogue and a datacentre of its customer."""
    house = make_house()
    load()
    datacentre(house)
    return house


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)
