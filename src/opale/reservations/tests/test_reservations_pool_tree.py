"""A tree of pools: what is held of a part is held of the whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction

from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.infrastructure.tests.builders import make_site
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.reservations.actions.reservations import Line, NewReservation, reserve
from opale.reservations.models import Reservation
from opale.reservations.queries.reservations import pool_usage
from opale.reservations.rights import READ, RESERVE

pytestmark = pytest.mark.django_db
SEEN = ("infrastructure.read", "organisation.read", "customers.read", READ, RESERVE)
BY = Actor("person", "user:1", "Reader", dict.fromkeys(SEEN, EVERYTHING))
MONDAY = date(2027, 3, 1)


@pytest.fixture
def site() -> Site:
    return make_site("LYO9", kind=Site.Kind.DATACENTRE)


def pool(name: str, **fields: object) -> CapacityPool:
    with attributed(BY):
        made = CapacityPool.objects.create(name=name, **{"unit": Unit.RACK_UNIT, **fields})
    made.refresh_from_db()
    return made


def rack(site: Site, name: str, **attributes: object) -> ConfigurationItem:
    with attributed(BY):
        return ConfigurationItem.objects.create(
            name=name, kind="rack", site=site, attributes={"units": 10, "power_kw": 6, **attributes}
        )


def hold(*lines: Line) -> Reservation:
    return reserve(NewReservation(purpose="A cabinet", lines=lines), by=BY)


def some(of: CapacityPool, quantity: int) -> Line:
    return Line(pool=of, quantity=Decimal(quantity), since=MONDAY, until=None)


def unit(item: ConfigurationItem, name: str) -> Line:
    return Line(item=item, unit=name, since=MONDAY, until=None)


def left(found: CapacityPool) -> Decimal:
    return pool_usage([found], on=MONDAY)[0].left


def capacity(found: CapacityPool) -> Decimal:
    found.refresh_from_db()
    return found.capacity


def test_capacity_follows_the_register(site: Site) -> None:
    hall = pool("Hall", site=site, derived=True)
    racks = [rack(site, f"R{n}") for n in (1, 2)]
    parts = [pool(one.name, site=site, parent=hall, item=one, derived=True) for one in racks]
    assert [capacity(one) for one in (*parts, hall)] == [10, 10, 20]
    with attributed(BY):
        racks[0].attributes = {"units": 47}
        racks[0].save()
        racks[1].state = "retired"
        racks[1].save()
    assert [capacity(one) for one in (*parts, hall)] == [47, 0, 47]
    with attributed(BY):
        racks[0].attributes = {"units": "many"}
        racks[0].save()
        parts[1].delete()
    assert [capacity(one) for one in (parts[0], hall)] == [0, 0]


def test_what_a_part_holds_is_held_of_the_whole(site: Site) -> None:
    whole = pool("Site", site=site, unit=Unit.POWER, capacity=8)
    room = pool("Room", site=site, unit=Unit.POWER, parent=whole, capacity=10)
    parts = [pool(f"R{n}", site=site, unit=Unit.POWER, parent=room, capacity=6) for n in (1, 2)]
    hold(some(parts[0], 5))
    assert [left(one) for one in (*parts, room, whole)] == [1, 3, 3, 3]
    with pytest.raises(Conflict, match="Site has 3 of 8 kW left"):
        hold(some(parts[1], 4))
    with pytest.raises(Conflict, match="R1 has 1 of 6 kW left"):
        hold(some(parts[0], 2))
    hold(some(whole, 3))
    assert [left(one) for one in (*parts, room, whole)] == [0, 0, 0, 0]


def test_named_units_of_a_rack_count_in_its_pool(site: Site) -> None:
    hall = pool("Hall", site=site, derived=True)
    cabinet = rack(site, "R1")
    part = pool("R1", site=site, parent=hall, item=cabinet, derived=True)
    power = pool("R1 kW", site=site, unit=Unit.POWER, item=cabinet, derived=True)
    hold(*(unit(cabinet, f"U{n}") for n in range(1, 8)))
    assert [left(one) for one in (part, hall, power)] == [3, 3, 6]
    hold(some(hall, 2))
    with pytest.raises(Conflict, match="Hall has 0 of 10 U left"):
        hold(unit(cabinet, "U8"), unit(cabinet, "U9"))
    hold(unit(cabinet, "U8"))
    assert left(hall) == 0


def test_a_tree_is_of_one_unit_one_site_and_no_circle(site: Site) -> None:
    hall = pool("Hall", site=site)
    part = pool("Part", site=site, parent=hall)
    elsewhere = make_site("LDS9", kind=Site.Kind.DATACENTRE)
    for name, wrong in (
        ("pool_counts_as_its_parent", {"unit": Unit.POWER, "site": site}),
        ("pool_is_where_its_parent_is", {"site": elsewhere}),
    ):
        with pytest.raises(IntegrityError, match="another"), transaction.atomic():
            pool(name, parent=hall, **wrong)
    with pytest.raises(IntegrityError, match="part of itself"), transaction.atomic():
        CapacityPool.objects.filter(pk=hall.pk).update(parent=part)


@pytest.mark.django_db(transaction=True)
def test_of_many_in_several_racks_exactly_one_gets_the_last_of_the_site(site: Site) -> None:
    whole = pool("Site", site=site, unit=Unit.POWER, capacity=1)
    parts = [pool(f"R{n}", site=site, unit=Unit.POWER, parent=whole, capacity=6) for n in range(4)]
    start = Barrier(16)

    def try_once(number: int) -> bool:
        first, second = parts[number % 4], parts[(number + 1) % 4]
        try:
            start.wait(timeout=60)
            half = Decimal("0.5")
            hold(
                Line(pool=first, quantity=half, since=MONDAY, until=None),
                Line(pool=second, quantity=half, since=MONDAY, until=None),
            )
        except Conflict:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(try_once, range(16))) == 1
    assert left(whole) == 0
