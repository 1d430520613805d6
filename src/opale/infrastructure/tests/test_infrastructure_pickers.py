"""Pickers of items and sites: those of the customer in hand first."""

import re
from typing import Any

import pytest
from django.urls import reverse
from tests.personas import Personas, make_personas

from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.actor import system
from opale.kernel.attribution import attributed


@pytest.fixture
def house(db: None) -> Personas:
    house = make_personas()
    with attributed(system("test")):
        for code, kind in (("PA1", "datacentre"), ("PA2", "datacentre"), ("HQ", "office")):
            Site.objects.create(code=code, name=f"Site {code}", kind=kind, country="FR")
        Site.objects.create(
            code="SHOP", name="Site SHOP", kind="customer_site", country="FR",
            customer=house.customer,
        )  # fmt: skip
        for name, code, customer in (
            ("rack-1", "PA1", house.customer),
            ("rack-2", "PA2", house.other_customer),
        ):
            ConfigurationItem.objects.create(
                name=name, kind="rack", site=Site.objects.get(code=code), customer=customer
            )
    return house


def offered(house: Personas, name: str, **said: Any) -> list[str]:
    page = house.client("desk_agent").get(reverse(name), said).content.decode()
    return re.findall(r'data-label="([^"]*)"', page)


def test_a_datacentre_is_a_site_of_the_provider(house: Personas) -> None:
    assert offered(house, "infrastructure_pick_datacentre") == ["Site PA1", "Site PA2"]


def test_datacentres_where_the_customer_has_something_come_first(house: Personas) -> None:
    said: dict[str, Any] = {"customer": house.other_customer.pk}
    assert offered(house, "infrastructure_pick_datacentre", **said) == ["Site PA2"]
    said["everything"] = "1"
    assert offered(house, "infrastructure_pick_datacentre", **said) == ["Site PA2", "Site PA1"]


def test_sites_of_a_customer_are_its_own_and_those_of_its_items(house: Personas) -> None:
    found = offered(house, "infrastructure_pick_site", customer=house.customer.pk)
    assert found == ["Site PA1", "Site SHOP"]


def test_items_of_the_customer_come_first(house: Personas) -> None:
    found = offered(house, "infrastructure_pick_item", customer=house.customer.pk)
    assert found == ["rack-1"]
    everything = offered(
        house, "infrastructure_pick_item", customer=house.customer.pk, everything="1"
    )
    assert everything == ["rack-1", "rack-2"]
