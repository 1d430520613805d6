from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.actions.items import link_service, unlink_service
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.infrastructure.queries.impact import failure_of, impact_ids, impact_of
from opale.infrastructure.queries.items import history_of
from opale.infrastructure.queries.lookups import items_by_names
from opale.infrastructure.queries.neighbourhood import neighbourhood
from opale.infrastructure.queries.search import match_items
from opale.kernel.actor import EVERYTHING, SHARED, Actor, system
from opale.kernel.attribution import attributed

pytestmark = pytest.mark.django_db
ENGINEER = Actor(
    "person", "user:1", "E", {"infrastructure.read": EVERYTHING, "customers.read": EVERYTHING}
)


def make_item(name: str, **fields: Any) -> ConfigurationItem:
    return ConfigurationItem.objects.create(name=name, **({"kind": "host"} | fields))


def needs(upper: ConfigurationItem, *lowers: ConfigurationItem, group: str = "") -> None:
    for lower in lowers:
        Dependency.objects.create(upper=upper, lower=lower, redundancy=group)


def names(items: Any) -> set[str]:
    return {item.name for item in items}


def test_what_needs_a_failed_item_fails_with_it_to_any_height() -> None:
    power, rack, host, vm = (make_item(name) for name in ("power", "rack", "host", "vm"))
    needs(rack, power)
    needs(host, rack)
    needs(vm, host)
    assert names(impact_of(power, seen_by=ENGINEER).items) == {"rack", "host", "vm"}
    assert names(impact_of(vm, seen_by=ENGINEER).items) == set()


def test_one_of_a_redundant_pair_only_weakens_and_both_are_a_loss() -> None:
    a, b, host = (make_item(name) for name in ("feed-a", "feed-b", "host"))
    needs(host, a, b, group="power")
    impact = impact_of(a, seen_by=ENGINEER)
    assert (names(impact.items), names(impact.weakened_items)) == (set(), {"host"})
    assert failure_of([a.pk, b.pk]).items == {host.pk}


def test_a_pair_whose_both_ways_end_in_one_thing_is_lost_with_it() -> None:
    trunk, a, b, host = (make_item(name) for name in ("trunk", "feed-a", "feed-b", "host"))
    needs(host, a, b, group="power")
    needs(a, trunk)
    needs(b, trunk)
    impact = impact_of(trunk, seen_by=ENGINEER)
    assert names(impact.items) == {"feed-a", "feed-b", "host"}
    assert impact.weakened_items == ()


def test_a_pair_of_which_one_is_in_maintenance_holds_nothing() -> None:
    a, host = make_item("feed-a"), make_item("host")
    needs(host, a, make_item("feed-b", state="maintenance"), group="power")
    assert names(impact_of(a, seen_by=ENGINEER).items) == {"host"}


def test_two_groups_are_two_needs() -> None:
    a, b, c, host = (make_item(name) for name in "abch")
    needs(host, a, b, group="power")
    needs(host, c, group="network")
    assert failure_of([c.pk]).items == {host.pk}


def test_services_are_lost_by_their_group_and_parts_with_the_whole() -> None:
    customer = make_customer()
    whole = make_service(customer, "S-1")
    part = make_service(customer, "S-2", parent=whole)
    ended = make_service(customer, "S-3", state="terminated")
    a, b = make_item("a"), make_item("b")
    for item in (a, b):
        ServiceItem.objects.create(customer=customer, service=whole, item=item, redundancy="line")
    ServiceItem.objects.create(customer=customer, service=ended, item=a)
    impact = impact_of(a, seen_by=ENGINEER)
    assert (impact.services, impact.weakened_services) == ((), (whole,))
    assert failure_of([a.pk, b.pk]).services == {whole.pk, part.pk}


def test_a_circle_of_dependencies_ends() -> None:
    a, b = make_item("a"), make_item("b")
    needs(a, b)
    needs(b, a)
    assert failure_of([a.pk]).items == {b.pk}
    assert names(n.item for n in neighbourhood(a, seen_by=ENGINEER, depth=6).neighbours) == {"b"}


def test_the_neighbourhood_looks_both_ways_to_its_depth() -> None:
    far, low, here, high = (make_item(name) for name in ("far", "low", "here", "high"))
    needs(low, far)
    needs(here, low)
    needs(high, here)
    found = neighbourhood(here, seen_by=ENGINEER, depth=1)
    assert {n.item.name: n.distance for n in found.neighbours} == {"low": -1, "high": 1}
    assert len(found.links) == 2
    assert len(neighbourhood(here, seen_by=ENGINEER, depth=2).neighbours) == 3


def test_whoever_sees_only_what_is_everybodys_sees_no_customers_item() -> None:
    customer = make_customer()
    shared, mine = make_item("router"), make_item("cpe", customer=customer)
    needs(mine, shared)
    colleague = Actor("person", "user:3", "C", {"infrastructure.read": SHARED})
    assert neighbourhood(shared, seen_by=colleague).neighbours == ()
    assert impact_of(shared, seen_by=colleague).items == ()


def test_items_are_found_by_name_or_address_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    customer = make_customer()
    service = make_service(customer)
    item = make_item("Web01.example.net", address="10.0.0.7")
    ServiceItem.objects.create(customer=customer, service=service, item=item)
    with django_assert_num_queries(1):
        found = items_by_names(["web01.EXAMPLE.net", "10.0.0.7", "nothing", "10.0.0.8"])
    assert set(found) == {"web01.EXAMPLE.net", "10.0.0.7"}
    for match in found.values():
        assert (match.item_id, match.service_id) == (item.pk, service.pk)
        assert match.customer_id == customer.pk


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web", ["Web01", "Web02"]),
        ("WEB b02", ["Web02"]),
        ("eb01", ["Web01"]),
        ("we", ["Web01", "Web02"]),
        ("sn-7", ["Web02"]),
        ("10.0.0.7", ["Web01"]),
        ("10.0.0.8", []),
        ("web%", []),
    ],
)
def test_items_are_called_by_name_serial_and_address(text: str, found: list[str]) -> None:
    make_item("Web02", serial="SN-77")
    make_item("Web01", address="10.0.0.7")
    colleague = Actor("person", "user:3", "C", {})
    for actor, names_found in ((ENGINEER, found), (colleague, [])):
        called = match_items(text, seen_by=actor, limit=5)
        assert [name for _pk, name, _kind in called] == names_found
    assert len(match_items(text, seen_by=ENGINEER, limit=1)) == min(1, len(found))


def test_an_item_that_carries_two_customers_is_nobodys() -> None:
    item = make_item("router")
    for code in ("A", "B"):
        customer = make_customer(code)
        ServiceItem.objects.create(
            customer=customer, service=make_service(customer, code), item=item
        )
    match = items_by_names(["router"])["router"]
    assert (match.service_id, match.customer_id) == (None, None)


def test_retired_items_and_shared_addresses_mean_nothing() -> None:
    make_item("old", state="retired")
    make_item("a", address="10.0.0.1")
    make_item("b", address="10.0.0.1")
    assert items_by_names(["old", "10.0.0.1"]) == {}


def test_services_that_are_not_delivered_yet_are_told_apart() -> None:
    customer = make_customer()
    room, rack = make_item("room"), make_item("rack")
    needs(rack, room)
    soon = make_service(customer, "S-1", state="designed")
    live = make_service(customer, "S-2", state="active")
    for service in (soon, live):
        ServiceItem.objects.create(customer=customer, service=service, item=rack)
    impact = impact_of(room, seen_by=ENGINEER)
    assert (impact.services, impact.planned_services) == ((live,), (soon,))
    found = impact_ids(room, seen_by=ENGINEER)
    assert (found.services, found.planned_services) == ([live.pk], [soon.pk])


def test_dependencies_and_services_are_part_of_an_items_history() -> None:
    with attributed(system("test")):
        room, rack = make_item("room"), make_item("rack")
    customer = make_customer()
    service = make_service(customer, "S-1")
    with attributed(system("test")):
        needs(rack, room)
        link_service(service, rack, by=system("test"))
        unlink_service(service, rack, by=system("test"))
        Dependency.objects.get().delete()
    told = [str(one.kind) for one in history_of(rack, seen_by=ENGINEER)]
    assert "a dependency" in told
    assert "a service" in told
    assert "a dependent item" in [str(one.kind) for one in history_of(room, seen_by=ENGINEER)]
    contact = Actor("person", "user:2", "C", {"infrastructure.read": SHARED})
    assert {str(one.kind) for one in history_of(rack, seen_by=contact)} <= {""}
