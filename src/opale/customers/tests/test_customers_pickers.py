"""Pickers: those of the customer in hand first, twins told apart, nothing out of sight."""

import re
from typing import Any

import pytest
from django.urls import reverse
from tests.personas import Personas, make_personas

from opale.customers.models import Service
from opale.customers.tests.builders import (
    give_plan,
    make_contact,
    make_contract,
    make_plan,
    make_service,
)

AGENT, FOREIGN = "desk_agent", "foreign_contact"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def twins(house: Personas) -> tuple[Service, Service]:
    """Two services of one name, and one of another customer; the first has a plan."""
    first, second = (make_service(house.customer, f"S-{n}", name="Fibre") for n in (1, 2))
    make_service(house.other_customer, "S-3", name="Fibre")
    give_plan(make_contract(house.customer), first, make_plan("corporate"))
    return first, second


def offered(house: Personas, name: str, **said: Any) -> list[str]:
    page = house.client(AGENT).get(reverse(name), said).content.decode()
    return re.findall(r'data-label="([^"]*)"', page)


def page_of(house: Personas, name: str, **said: Any) -> str:
    return house.client(AGENT).get(reverse(name), said).content.decode()


def test_a_picker_offers_the_services_of_the_customer_in_hand(
    house: Personas, twins: tuple[Service, Service]
) -> None:
    contact = make_contact(house.customer)
    for named in ({"customer": house.customer.pk}, {"contact": contact.pk}):
        found = offered(house, "customers_pick_service", q="fib", **named)
        assert found == ["Fibre · S-1", "Fibre · S-2"]
    page = page_of(house, "customers_pick_service", customer=house.customer.pk)
    assert "Show all customers" in page


def test_with_the_switch_the_others_come_after(
    house: Personas, twins: tuple[Service, Service]
) -> None:
    said: dict[str, Any] = {"customer": house.customer.pk, "everything": "1"}
    assert offered(house, "customers_pick_service", **said) == [
        "Fibre · S-1",
        "Fibre · S-2",
        "Fibre · S-3",
    ]
    page = page_of(house, "customers_pick_service", **said)
    assert page.index(house.customer.name) < page.index("Others") < page.index("S-3")
    assert f"Only {house.customer.name}" in page


def test_the_note_tells_plan_and_customer(house: Personas, twins: tuple[Service, Service]) -> None:
    page = page_of(house, "customers_pick_service", q="S-1")
    assert re.search(rf"<small>[^<]+ · {house.customer.name}</small>", page)
    assert f"<small>{house.customer.name}</small>" in page_of(
        house, "customers_pick_service", q="S-2"
    )


def test_without_anything_of_the_customer_the_picker_says_so(house: Personas) -> None:
    make_service(house.other_customer, "S-9")
    page = page_of(house, "customers_pick_service", customer=house.customer.pk)
    assert f"No results for {house.customer.name}" in page
    assert "S-9" not in page


def test_contacts_of_the_customer_come_first(
    house: Personas, twins: tuple[Service, Service]
) -> None:
    make_contact(house.customer, "Zoé")
    make_contact(house.other_customer, "Zélie")
    said: dict[str, Any] = {"q": "Z", "service": twins[0].pk}
    assert offered(house, "customers_pick_contact", **said) == ["Zoé"]
    assert offered(house, "customers_pick_contact", everything="1", **said) == ["Zoé", "Zélie"]


@pytest.mark.parametrize("named", ["customer", "contact", "service"])
def test_what_one_may_not_see_narrows_nothing(
    house: Personas, twins: tuple[Service, Service], named: str
) -> None:
    """Nor does it tell its customer's name."""
    hidden = {
        "customer": house.customer.pk,
        "contact": make_contact(house.customer).pk,
        "service": twins[0].pk,
    }
    client = house.client(FOREIGN)
    page = client.get(reverse("customers_pick_service"), {named: hidden[named]}).content.decode()
    assert "S-3" in page
    assert house.customer.name not in page


@pytest.mark.parametrize("nonsense", ["x", "-1", "99999999999999999999", "1.5"])
def test_a_form_that_names_nobody_narrows_nothing(
    house: Personas, twins: tuple[Service, Service], nonsense: str
) -> None:
    assert len(offered(house, "customers_pick_service", customer=nonsense)) == 3
