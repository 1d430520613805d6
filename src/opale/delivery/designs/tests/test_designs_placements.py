"""Units by name in a design: proposed, held with the rest, swapped in one step, taken over."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.personas import Personas

from opale.delivery.designs.actions import designs, lifecycle, orders, placements, reservations
from opale.delivery.designs.models import Design, DesignLine, DesignPlace, DesignVersion, Hold
from opale.delivery.designs.queries import placements as placement_queries
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    accepted,
    checked,
    datacentre,
    make_design,
    offering,
    quoted,
    stock,
)
from opale.delivery.orders.actions import moves
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import order_sync
from opale.delivery.projects.actions import placements as placement_actions
from opale.delivery.projects.models import TechnicalNeed
from opale.delivery.projects.queries import packages
from opale.delivery.projects.queries.workdays import today
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.reservations.actions.reservations import Line, NewReservation, reserve
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries.reservations import pool_usage

pytestmark = pytest.mark.django_db


@pytest.fixture
def rack(db: None) -> ConfigurationItem:
    return ConfigurationItem.objects.create(name="R3", kind="rack", attributes={"units": 47})


def small(house: Personas, **fields: Any) -> Design:
    """A cabinet of four units."""
    stock()
    design = make_design(able(house), **fields)
    designs.edit_line(line_of(design), by=MAKER, options={"height_u": "4"})
    design.refresh_from_db()
    return design


def line_of(design: Design) -> DesignLine:
    version = DesignVersion.objects.get(design=design, number=design.version)
    return DesignLine.objects.select_related("version__design").get(version=version)


def names() -> list[str]:
    rows = ReservationLine.objects.filter(holds=True, item__isnull=False)
    return [f"{line.unit} {line.item}" for line in rows.select_related("item").order_by("id")]


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def taken(rack: ConfigurationItem, unit: str) -> None:
    line = Line(item=rack, unit=unit, since=today(), until=None)
    reserve(NewReservation(purpose="Somebody else’s", lines=(line,)), by=MAKER)


def test_units_are_held_with_everything_else_in_one_reservation(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    assert held() == 0, "a name alone holds nothing"
    checked(design)
    made = reservations.reserve_design(design, by=MAKER)
    assert names() == ["U12 R3", "U13 R3", "U14 R3", "U15 R3"]
    assert made.lines.count() == held() == Hold.objects.count()
    assert Reservation.objects.count() == 1
    assert set(Hold.objects.filter(item=rack).values_list("need", flat=True)) == {"U"}


def test_with_one_unit_taken_nothing_at_all_is_held(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    taken(rack, "U14")
    checked(design)
    with pytest.raises(Conflict, match="U14"):
        reservations.reserve_design(design, by=MAKER)
    assert held() == 1
    version = DesignVersion.objects.get(design=design)
    (one,) = placement_queries.placeable(version, on=today())
    assert (one.said, one.taken, one.held) == ("U12–U15", "U14", False)


def test_another_place_is_held_at_once_or_nothing_changes(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    checked(design)
    before = reservations.reserve_design(design, by=MAKER, probability=70)
    count = held()
    placements.place_line(line_of(design), "U", rack, "U1, U2", by=MAKER)
    assert names() == ["U1 R3", "U2 R3"]
    assert held() == count + 2
    after = Reservation.objects.latest("pk")
    assert (after.probability, after.expires_at) == (70, before.expires_at)
    taken(rack, "U5")
    with pytest.raises(Conflict, match="U5"):
        placements.place_line(line_of(design), "U", rack, "U2 to U5", by=MAKER)
    assert names() == ["U1 R3", "U2 R3", "U5 R3"]
    assert DesignPlace.objects.get().units == ["U1", "U2"]
    placements.free_place(line_of(design), "U", by=MAKER)
    assert names() == ["U5 R3"]
    assert held() == count + 1
    with pytest.raises(Conflict):
        placements.free_place(line_of(design), "U", by=MAKER)


def pooled(rack: ConfigurationItem) -> tuple[CapacityPool, CapacityPool]:
    """Give the rack pools of its units and of its power, within those of the hall."""
    with attributed(MAKER):
        rack.attributes = {"units": 47, "power_kw": 6}
        rack.save()
        units, power = (
            CapacityPool.objects.create(
                name=f"{rack.name} {unit}",
                unit=unit,
                item=rack,
                derived=True,
                parent=CapacityPool.objects.get(name=f"Hall {unit} anywhere"),
            )
            for unit in ("U", "kW")
        )
    return units, power


def in_pools() -> dict[str, int]:
    rows = ReservationLine.objects.filter(holds=True, pool__isnull=False)
    return {line.pool.name: int(line.quantity) for line in rows if line.pool}


def left(name: str) -> int:
    found = CapacityPool.objects.filter(name=name)
    return int(pool_usage(found, on=today() + timedelta(days=90))[0].left)


def test_a_location_takes_units_and_power_of_its_rack_once(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    pooled(rack)
    checked(design)
    reservations.reserve_design(design, by=MAKER)
    whole = {"Hall U anywhere": 4, "Hall kW anywhere": 3}
    assert in_pools() == whole
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    assert (in_pools(), len(names())) == ({"R3 kW": 3}, 4)
    assert [left(name) for name in ("R3 U", "Hall U anywhere", "R3 kW")] == [43, 96, 3]
    placements.place_line(line_of(design), "U", rack, "U12, U13", by=MAKER)
    assert (in_pools(), len(names())) == ({"R3 U": 2, "R3 kW": 3}, 2)
    assert left("Hall U anywhere") == 96
    placements.free_place(line_of(design), "U", by=MAKER)
    assert (in_pools(), names()) == (whole, [])


def test_a_check_counts_the_power_of_the_chosen_rack(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    pooled(rack)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    power = CapacityPool.objects.get(name="R3 kW")
    line = Line(pool=power, quantity=Decimal(4), since=today(), until=None)
    reserve(NewReservation(purpose="Somebody else’s", lines=(line,)), by=MAKER)
    version = DesignVersion.objects.get(design=design)
    missing = lifecycle.check_design(design, by=MAKER).result["missing"]
    assert [(one["pool"], one["left"], one["short"]) for one in missing] == [("R3 kW", "2", "1")]
    assert missing[0]["holders"] == ["Somebody else’s"]
    assert version.number == 1


def test_the_order_and_its_project_hold_the_chosen_rack_alone(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    pooled(rack)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    quoted(design, held=True)
    accepted(design, personas)
    order = orders.order_design(design, by=MAKER).order
    moves.move_order(order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    assert (in_pools(), len(names())) == ({"R3 kW": 3}, 4)
    needs = {need.unit: need for need in packages.needs_of(project, seen_by=MAKER)}
    assert set(packages.rest_of_needs(needs.values()).values()) == {0}
    assert [thing.unit for thing in packages.place_of(needs["U"])] == ["U12–U15"]
    assert needs["kW"].pool == CapacityPool.objects.get(name="R3 kW")


def test_the_order_and_its_project_take_the_units_over(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    quoted(design, held=True)
    accepted(design, personas)
    before = held()
    order = orders.order_design(design, by=MAKER).order
    assert held() == before
    moves.move_order(order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    need = TechnicalNeed.objects.get(project=project, unit="U")
    (thing,) = packages.place_of(packages.get_need(need.pk, seen_by=MAKER, project=project))
    assert (thing.unit, thing.item) == ("U12–U15", rack)
    assert need.reservation is not None
    assert need.reservation != need.place, "another place gives back the units alone"
    placement_actions.place_need(need, rack, "U20 to U23", by=MAKER, since=today())
    assert names() == ["U20 R3", "U21 R3", "U22 R3", "U23 R3"]
    assert held() == before
    moves.cancel_order(order, by=MAKER)
    assert held() == 0


def test_a_new_version_is_meant_for_the_same_units_and_another_sizing_for_none(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    placements.place_line(line_of(design), "U", rack, "U12 to U15", by=MAKER)
    quoted(design, held=True)
    lifecycle.reopen_design(design, by=MAKER)
    design.refresh_from_db()
    version = DesignVersion.objects.get(design=design, number=2)
    (one,) = placement_queries.placeable(version, on=today())
    assert one.said == "U12–U15"
    checked(design)
    reservations.reserve_design(design, by=MAKER)
    assert len(names()) == 4
    designs.edit_line(line_of(design), by=MAKER, options={"height_u": "2"})
    assert not DesignPlace.objects.filter(version=version).exists()


def test_what_cannot_be_named_is_refused(personas: Personas, rack: ConfigurationItem) -> None:
    design = small(personas)
    line, switch = line_of(design), ConfigurationItem.objects.create(name="S1", kind="switch")
    for item, units in ((rack, "U1 to U5"), (switch, "1"), (rack, "U48"), (rack, "")):
        with pytest.raises(Invalid):
            placements.place_line(line, "U", item, units, by=MAKER)
    for unit in ("kW", "port", "nothing"):
        with pytest.raises(NotFound):
            placements.place_line(line, unit, rack, "U1", by=MAKER)
    placements.place_line(line, "U", rack, "U1", by=MAKER)
    other = designs.add_line(design, offering("colo"), by=MAKER)
    with pytest.raises(Invalid, match="U1"):
        placements.place_line(other, "U", rack, "U1", by=MAKER)
    lifecycle.withdraw_design(design, by=MAKER)
    with pytest.raises(IllegalMove):
        placements.place_line(line, "U", rack, "U2", by=MAKER)


def test_neighbours_are_proposed_beside_what_other_lines_are_to_have(personas: Personas) -> None:
    place = datacentre()
    racks = [
        ConfigurationItem.objects.create(
            name=f"R{n}", kind="rack", attributes={"units": 4}, site=place, state="in_service"
        )
        for n in (1, 2)
    ]
    ConfigurationItem.objects.create(name="R9", kind="rack", attributes={"units": 4})
    design = small(personas)
    site = designs.add_site(design, "Paris", by=MAKER, place=place)
    first, second = (
        line_of(design),
        designs.add_line(design, offering("colo"), by=MAKER, site=site, options={"height_u": "4"}),
    )
    version = DesignVersion.objects.get(design=design)
    placements.place_line(first, "U", racks[0], "U1", by=MAKER)
    wanted = placement_queries.get_placeable(version, second, "U", on=today())
    rooms = placement_queries.free_ranges_for(version, wanted, seen_by=MAKER, on=today())
    assert [(room.item.name, room.said) for room in rooms] == [("R2", "U1–U4")]


def test_the_database_refuses_a_hold_of_two_things_or_none(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    checked(design)
    reservations.reserve_design(design, by=MAKER)
    row = Hold.objects.filter(pool__isnull=False).first()
    assert row is not None
    for wrong in ({"item": rack, "unit": "U1", "need": "U"}, {"pool": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=row.pk).update(**wrong)


def test_the_page_shows_proposes_and_says_who_holds_it(
    personas: Personas, rack: ConfigurationItem
) -> None:
    design = small(personas)
    client = personas.client("solution_architect")
    path = f"/designs/{design.number}/"
    place = f"{path}lines/{line_of(design).pk}/places/U/"
    assert place in client.get(path).content.decode()
    shown = client.get(place).content.decode()
    assert "U1–U4" in shown
    assert client.post(place, {"item": rack.pk, "units": "U1 to U9"}).status_code == 422
    assert client.post(place, {"item": rack.pk, "units": "U1 to U4"}).status_code == 302
    assert "U1–U4 · R3" in client.get(path).content.decode()
    assert "Not reserved" in client.get(path).content.decode()
    checked(design)
    reservations.reserve_design(design, by=MAKER)
    shown = client.get(path).content.decode()
    assert "<b>R3 U1–U4</b>" in shown
    assert "Not reserved" not in shown
    taken(rack, "U9")
    refused = client.post(place, {"item": rack.pk, "units": "U9"})
    assert refused.status_code == 409
    assert "Somebody else" in refused.content.decode()
    assert client.post(f"{place}removal/").status_code == 302
    assert names() == ["U9 R3"]
    reader = personas.client("desk_agent").get(path).content.decode()
    assert place not in reader


def test_programs_name_units_too(personas: Personas, rack: ConfigurationItem) -> None:
    design = small(personas)
    client = Client(headers={"Authorization": f"Bearer {personas.token('solution_architect')}"})
    path = f"/api/v1/designs/{design.number}"
    place = f"{path}/lines/{line_of(design).pk}/places/U"
    said = {"item_id": rack.pk, "units": "U1 to U4"}
    answer = client.put(place, json.dumps(said), "application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["units"] == ["U1", "U2", "U3", "U4"]
    (one,) = client.get(f"{path}/places").json()
    assert (one["item_id"], one["quantity"], one["held"]) == (rack.pk, 4, False)
    wrong = {"item_id": 99_999_999, "units": "U1"}
    assert client.put(place, json.dumps(wrong), "application/json").status_code == 422
    assert client.delete(place).status_code == 204
    assert client.delete(place).status_code == 409
