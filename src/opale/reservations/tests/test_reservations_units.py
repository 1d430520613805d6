"""Units of items: one name each, told as they are spoken of, seen on the item's page."""

from datetime import date
from typing import Any

import pytest
from tests.personas import Personas

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import system
from opale.kernel.errors import Conflict, Invalid
from opale.reservations.actions import reservations
from opale.reservations.actions.reservations import Line, NewReservation
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries import reservations as reservation_queries
from opale.reservations.queries import units
from opale.reservations.queries.unit_names import parse_units, unit_ranges, units_of

BY = system("test")
MONDAY = date(2027, 3, 1)
Kind = ConfigurationItem.Kind


def item(kind: str = Kind.RACK, **attributes: Any) -> ConfigurationItem:
    return ConfigurationItem(name=f"{kind}-1", kind=kind, attributes=attributes)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("U12", ["U12"]),
        ("u12 to u14", ["U12", "U13", "U14"]),
        ("U12-15, 20", ["U12", "U13", "U14", "U15", "U20"]),
        ("12 à 13; U12", ["U12", "U13"]),
        ("U09 – U11", ["U9", "U10", "U11"]),
        ("PDU A", ["PDU A"]),
    ],
)
def test_units_are_named_as_they_are_spoken_of(text: str, names: list[str]) -> None:
    assert parse_units(text, item()) == names


def test_a_port_has_one_name() -> None:
    switch = item(Kind.SWITCH, ports=48)
    assert parse_units("7, Port 8, port 9-10", switch) == ["port 7", "port 8", "port 9", "port 10"]
    assert parse_units("7", item(Kind.HOST)) == ["7"]


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("", item()),
        (" , ", item()),
        ("U15 to U12", item()),
        ("U1 to port 4", item()),
        ("U1 to U999999999", item()),
        ("U1 to U150", item()),
        ("U48", item(units=47)),
        ("U0", item(units=47)),
        ("PDU A", item(units=47)),
    ],
)
def test_what_is_no_unit_is_refused(text: str, of: ConfigurationItem) -> None:
    with pytest.raises(Invalid) as refused:
        parse_units(text, of)
    assert "units" in refused.value.fields


def test_what_an_item_has_is_said_by_its_property_alone() -> None:
    assert units_of(item(units=2)) == ["U1", "U2"]
    assert units_of(item(Kind.SWITCH, ports=2)) == ["port 1", "port 2"]
    for said in ({}, {"units": "47"}, {"units": True}, {"ports": 4}):
        assert units_of(item(**said)) == []
    assert units_of(item(Kind.HOST, units=4)) == []


def test_neighbours_are_told_together() -> None:
    assert unit_ranges(["U14", "U12", "U13", "U2", "U20"]) == ["U2", "U12–U14", "U20"]
    assert unit_ranges(["port 7", "port 8", "PDU A"]) == ["port 7–8", "PDU A"]
    assert unit_ranges([]) == []


@pytest.fixture
def rack(db: None) -> ConfigurationItem:
    return ConfigurationItem.objects.create(name="R3", kind=Kind.RACK, attributes={"units": 8})


def held(rack: ConfigurationItem, *names: str, purpose: str = "Second cabinet") -> Reservation:
    lines = tuple(Line(item=rack, unit=name, since=MONDAY, until=None) for name in names)
    return reservations.reserve(NewReservation(purpose=purpose, lines=lines), by=BY)


def test_whoever_writes_a_unit_otherwise_does_not_hold_it_twice(rack: ConfigurationItem) -> None:
    held(rack, "U2")
    for other in ("2", "u2", " U02 "):
        with pytest.raises(Conflict) as refused:
            held(rack, other)
        assert "U2" in str(refused.value)
    assert ReservationLine.objects.get().unit == "U2"


def test_what_is_held_and_free_is_seen_on_the_page_of_the_item(
    rack: ConfigurationItem, personas: Personas
) -> None:
    held(rack, "U2", "U3", "U4")
    held(rack, "U7", purpose="Console")
    client = personas.client("desk_agent")
    assert f"/reservations/of-item/{rack.pk}/" in client.get(f"/items/{rack.pk}/").content.decode()
    region = client.get(f"/reservations/of-item/{rack.pk}/").content.decode()
    assert region.index("U2–U4") < region.index("Second cabinet") < region.index("Console")
    assert "U1, U5–U6, U8" in region
    other = ConfigurationItem.objects.create(name="esx1", kind=Kind.HOST)
    assert client.get(f"/reservations/of-item/{other.pk}/").content.strip() == b""


def test_one_reservation_of_neighbours_is_one_line_of_its_page(
    rack: ConfigurationItem, personas: Personas
) -> None:
    made = held(rack, "U2", "U3", "U4", "U8")
    (thing,) = units.reserved_things(reservation_queries.lines_of(made))
    assert thing.unit == "U2–U4, U8"
    client = personas.client("desk_agent")
    assert "U2–U4, U8 · R3" in client.get(f"/reservations/{made.pk}/").content.decode()
    assert "U2–U4, U8 · R3" in client.get("/reservations/").content.decode()


def test_room_is_found_side_by_side_in_the_first_item_that_has_it(
    rack: ConfigurationItem, personas: Personas
) -> None:
    seen = personas.actor("project_manager")
    other = ConfigurationItem.objects.create(name="R4", kind=Kind.RACK, attributes={"units": 4})
    ConfigurationItem.objects.create(name="R5", kind=Kind.RACK, attributes={"units": 1})
    held(rack, "U3")

    def found(count: int, **more: Any) -> list[tuple[str, str]]:
        rooms = units.free_ranges([Kind.RACK], count, seen_by=seen, since=MONDAY, **more)
        return [(room.item.name, room.said) for room in rooms]

    assert found(2) == [("R3", "U1–U2"), ("R4", "U1–U2")]
    assert found(4) == [("R3", "U4–U7"), ("R4", "U1–U4")]
    assert found(2, first=other) == [("R4", "U1–U2"), ("R3", "U1–U2")]
    assert found(9) == []
    assert found(0) == []
