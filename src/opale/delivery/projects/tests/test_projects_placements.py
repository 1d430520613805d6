"""Rack units and ports by name: chosen, shown, swapped in one step, refused when taken."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms import ModelChoiceField
from django.test import Client
from tests.personas import Personas

from opale.delivery.orders.actions import moves
from opale.delivery.projects.actions import placements, reservations
from opale.delivery.projects.forms import NeedsForm
from opale.delivery.projects.models import Project, TechnicalNeed
from opale.delivery.projects.queries import packages, workdays
from opale.delivery.projects.tests.builders import MAKER, held, make_project, pool
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.reservations.actions.reservations import Line, NewReservation, reserve
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db
TODAY = workdays.today


@pytest.fixture
def project(personas: Personas) -> Project:
    return make_project(personas, ("colo", 1), characteristics={"height_u": 4})


@pytest.fixture
def rack(db: None) -> ConfigurationItem:
    return ConfigurationItem.objects.create(name="R3", kind="rack", attributes={"units": 47})


def units(project: Project) -> TechnicalNeed:
    return TechnicalNeed.objects.select_related("project").get(project=project, unit="U")


def names() -> list[str]:
    rows = ReservationLine.objects.filter(holds=True, item__isnull=False)
    return [f"{line.unit} {line.item}" for line in rows.select_related("item").order_by("id")]


def in_pools() -> dict[str, int]:
    rows = ReservationLine.objects.filter(holds=True, pool__isnull=False)
    return {line.pool.name: int(line.quantity) for line in rows if line.pool}


def taken(rack: ConfigurationItem, unit: str) -> None:
    line = Line(item=rack, unit=unit, since=TODAY(), until=None)
    reserve(NewReservation(purpose="Somebody else’s", lines=(line,)), by=MAKER)


def test_units_are_held_by_name_beside_what_is_held_of_the_pool(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    reservations.reserve_needs(project, {need.pk: pool("U")}, by=by, since=TODAY())
    placements.place_need(need, rack, "U12 to U15", by=by, since=TODAY())
    assert names() == ["U12 R3", "U13 R3", "U14 R3", "U15 R3"]
    assert held() == 5
    (thing,) = packages.place_of(packages.get_need(need.pk, seen_by=by, project=project))
    assert thing.unit == "U12–U15"
    shown = personas.client("desk_agent").get(f"/projects/{project.number}/").content.decode()
    assert "U12–U15 · R3" in shown
    with pytest.raises(NotAllowed):
        placements.place_need(need, rack, "U1", by=personas.actor("desk_agent"), since=TODAY())


def test_a_location_takes_units_and_power_of_its_rack_once(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    power = TechnicalNeed.objects.get(project=project, unit="kW")
    halls = {unit: pool(unit) for unit in ("U", "kW")}
    with attributed(MAKER):
        rack.attributes = {"units": 47, "power_kw": 6}
        rack.save()
        for unit, hall in halls.items():
            CapacityPool.objects.create(
                name=f"R3 {unit}", unit=unit, item=rack, derived=True, parent=hall
            )
    wanted = {need.pk: halls["U"], power.pk: halls["kW"]}
    reservations.reserve_needs(project, wanted, by=by, since=TODAY())
    assert in_pools() == {"Hall U": 4, "Hall kW": 3}
    placements.place_need(need, rack, "U12 to U15", by=by, since=TODAY())
    assert (in_pools(), len(names())) == ({"R3 kW": 3}, 4)
    assert not NeedsForm(by=by, project=project).needs
    placements.place_need(need, rack, "U1", by=by, since=TODAY())
    assert (in_pools(), names()) == ({"R3 U": 3, "R3 kW": 3}, ["U1 R3"])
    taken(rack, "U7")
    with pytest.raises(Conflict):
        placements.place_need(need, rack, "U7", by=by, since=TODAY())
    assert (in_pools(), names()) == ({"R3 U": 3, "R3 kW": 3}, ["U1 R3", "U7 R3"])
    placements.free_place(need, by=by)
    assert in_pools() == {"Hall U": 4, "Hall kW": 3}


def test_what_a_location_leaves_is_offered_in_its_rack_alone(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    hall = pool("U")
    with attributed(MAKER):
        own = CapacityPool.objects.create(
            name="R3 U", unit="U", item=rack, derived=True, parent=hall
        )
    placements.place_need(need, rack, "U12", by=by, since=TODAY())
    field = NeedsForm(by=by, project=project).fields[f"need_{need.pk}"]
    assert isinstance(field, ModelChoiceField)
    assert (list(field.queryset or ()), field.initial) == ([own], own)
    assert "· 3 U" in str(field.label)
    reservations.reserve_needs(project, {need.pk: own}, by=by, since=TODAY())
    assert in_pools() == {"R3 U": 3}


def test_another_place_takes_the_place_of_the_one_before_or_nothing_changes(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    placements.place_need(need, rack, "U12 to U15", by=by, since=TODAY())
    taken(rack, "U20")
    with pytest.raises(Conflict) as refused:
        placements.place_need(need, rack, "U18 to U21", by=by, since=TODAY())
    assert "Somebody else’s" in str(refused.value)
    kept = [name for name in names() if name != "U20 R3"]
    assert kept == ["U12 R3", "U13 R3", "U14 R3", "U15 R3"], "what was held before stays"
    # It may overlap its own place: one step gives back and takes.
    placements.place_need(need, rack, "U14 to U17", by=by, since=TODAY())
    assert sorted(names()) == ["U14 R3", "U15 R3", "U16 R3", "U17 R3", "U20 R3"]
    placements.free_place(need, by=by)
    assert names() == ["U20 R3"]
    with pytest.raises(Conflict):
        placements.free_place(need, by=by)


def test_more_units_than_are_needed_are_refused(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    for text in ("U12 to U16", "U48", "", "U9 to U3"):
        with pytest.raises(Invalid) as refused:
            placements.place_need(need, rack, text, by=by, since=TODAY())
        assert "units" in refused.value.fields
    assert names() == []


def test_the_database_knows_one_holder_of_a_unit_whoever_writes(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by, need = personas.actor("project_manager"), units(project)
    made = placements.place_need(need, rack, "U12", by=by, since=TODAY())
    with pytest.raises(IntegrityError), transaction.atomic(), attributed(MAKER):
        ReservationLine.objects.create(
            reservation=made, item=rack, unit="U12", days=(date(2040, 1, 1), None)
        )


def test_an_order_that_is_cancelled_gives_its_place_back(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    by = personas.actor("project_manager")
    placements.place_need(units(project), rack, "U12 to U15", by=by, since=TODAY())
    moves.cancel_order(project.order, by=by)
    assert (names(), held()) == ([], 0)


def test_a_place_is_taken_by_one_press_and_a_taken_one_says_who_holds_it(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    client, need = personas.client("project_manager"), units(project)
    path = f"/projects/{project.number}/needs/{need.pk}/place/"
    shown = client.get(path).content.decode()
    assert "U1–U4" in shown
    press = {"item": rack.pk, "units": "U1–U4", "since": TODAY().isoformat()}
    assert client.post(path, press).status_code == 302
    assert len(names()) == 4
    shown = client.get(path).content.decode()
    assert "Reserved now" in shown
    assert "U5–U8" in shown, "the next place is proposed"
    taken(rack, "U9")
    refused = client.post(path, press | {"units": "U9"})
    assert refused.status_code == 409
    assert "Somebody else’s" in refused.content.decode()
    assert client.post(path, press | {"units": "U99"}).status_code == 422
    assert client.post(path, press | {"units": "U5-8"}).status_code == 302
    assert names()[-1] == "U8 R3"
    assert client.post(f"{path}release/").status_code == 302
    assert names() == ["U9 R3"]


def test_programs_place_needs_and_read_where(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token('project_manager')}"})
    need = units(project)
    path = f"/api/v1/projects/{project.number}/needs/{need.pk}/place"

    def placed(body: dict[str, Any], status: int = 200) -> Any:
        answer = client.post(path, json.dumps(body), "application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    found = placed({"item_id": rack.pk, "units": "U12, U14"})
    assert [(one["item"], one["unit"]) for one in found["place"]] == [("R3", "U12"), ("R3", "U14")]
    (one,) = (
        row
        for row in client.get(f"/api/v1/projects/{project.number}/needs").json()["items"]
        if row["id"] == need.pk
    )
    assert one["place"] == found["place"]
    taken(rack, "U20")
    placed({"item_id": rack.pk, "units": "U20"}, 409)
    placed({"item_id": 0, "units": "U20"}, 422)
    placed({"item_id": rack.pk, "units": "U99"}, 422)
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 409


def test_a_need_that_named_units_hold_is_shown_without_a_reservation_of_its_own(
    project: Project, rack: ConfigurationItem, personas: Personas
) -> None:
    CapacityPool.objects.create(name="R3 · U", unit="U", capacity=47, item=rack)
    need = units(project)
    placements.place_need(need, rack, "U1 to U4", by=MAKER, since=TODAY())
    assert need.reservation is None
    shown = personas.client("project_manager").get(f"/projects/{project.number}/").content.decode()
    assert "U1–U4 · R3" in shown
    assert "/reservations/" not in shown.partition('id="needs"')[2].partition("</section>")[0]
