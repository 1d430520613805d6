"""Pools that the racks of a site lack are made of the register."""

import pytest

from opale.customers.tests.builders import make_customer
from opale.infrastructure.actions import items
from opale.infrastructure.actions.pools import derive_pools
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.infrastructure.tests.builders import make_site
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db
READER = Actor("person", "user:1", "Reader", {"infrastructure.read": EVERYTHING})
BY = Actor(
    "person",
    "user:2",
    "Engineer",
    {**READER.grants, "infrastructure.edit": EVERYTHING, "customers.read": EVERYTHING},
)


def test_racks_get_their_pools_once_within_those_of_their_site() -> None:
    site = make_site("LYO9")
    with attributed(BY):
        CapacityPool.objects.create(name="LYO9 · kW", site=site, unit="kW", capacity=8)
        for name, state in (("R1", "in_service"), ("R2", "planned"), ("R3", "retired")):
            ConfigurationItem.objects.create(
                name=name,
                kind="rack",
                site=site,
                state=state,
                attributes={"units": 47, "power_kw": 6},
            )
    with pytest.raises(NotAllowed):
        derive_pools(site, by=READER)
    assert len(derive_pools(site, by=BY)) == 4
    assert derive_pools(site, by=BY) == []
    rows = CapacityPool.objects.filter(site=site).select_related("parent").order_by("unit", "name")
    told = [(row.name, row.parent.name if row.parent else None, int(row.capacity)) for row in rows]
    assert told == [
        ("LYO9 · U", None, 47),
        ("R1 · U", "LYO9 · U", 47),
        ("R2 · U", "LYO9 · U", 0),
        ("LYO9 · kW", None, 8),
        ("R1 · kW", "LYO9 · kW", 6),
        ("R2 · kW", "LYO9 · kW", 0),
    ]


def test_nothing_is_guessed_where_a_site_has_several_pools() -> None:
    site = make_site("LYO9")
    with attributed(BY):
        for hall in "AB":
            CapacityPool.objects.create(name=f"Hall {hall}", site=site, unit="U", capacity=8)
        ConfigurationItem.objects.create(name="R1", kind="rack", site=site)
    assert [pool.unit for pool in derive_pools(site, by=BY)] == ["kW"]


def test_the_pools_of_a_rack_follow_it() -> None:
    lyon, leeds = make_site("LYO9"), make_site("LDS9")
    rack = items.create_item(
        by=BY, name="R1", kind="rack", site=lyon, attributes={"units": 47, "power_kw": 6}
    )
    assert capacities() == {"LYO9 · U": 47, "R1 · U": 47, "LYO9 · kW": 6, "R1 · kW": 6}
    items.edit_item(rack, by=BY, name="R2", site=leeds, attributes={"units": 42, "power_kw": 6})
    assert capacities() == {
        "LYO9 · U": 0,
        "LDS9 · U": 42,
        "R2 · U": 42,
        "LYO9 · kW": 0,
        "LDS9 · kW": 6,
        "R2 · kW": 6,
    }
    items.discard_item(rack, by=BY)
    assert set(capacities().values()) == {0}


def test_other_items_and_racks_of_customers_have_no_pools() -> None:
    customer = make_customer("Acme")
    home = make_site("HOME", customer=customer)
    items.create_item(by=BY, name="R1", kind="rack", site=home)
    items.create_item(by=BY, name="H1", kind="host", site=make_site("LYO9"))
    items.create_item(by=BY, name="R2", kind="rack")
    assert capacities() == {}


def capacities() -> dict[str, int]:
    return {row.name: int(row.capacity) for row in CapacityPool.objects.all()}
