"""A line of an order that changes on the way takes its project along, and leaves nothing behind."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.personas import Personas

from opale.delivery.orders.actions import changes, moves
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.projects.actions import (
    order_sync,
    packages,
    reservations,
    resource_requests,
    templates,
)
from opale.delivery.projects.domain.template_content import (
    MOST_COPIES,
    content_record,
    renumber_pieces,
)
from opale.delivery.projects.models import (
    Decomposition,
    Deliverable,
    PackageLink,
    Project,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.queries.default_templates import VPN
from opale.delivery.projects.states import AHEAD, COMPLETE, DROP, OUTSTANDING
from opale.delivery.projects.tests.builders import (
    MAKER,
    SUMMER,
    fresh,
    held,
    led,
    make_project,
    offering,
    package,
    pool,
)
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.reservations.models import Reservation
from opale.reservations.states import HOLDING

pytestmark = pytest.mark.django_db


def change(project: Project, line: str = "1", **fields: Any) -> None:
    """Change a line of the order, and let the project hear of it."""
    changes.change_order(project.order, by=MAKER, lines=[LineChange(item_id=line, fields=fields)])
    order_sync.sync_project(project.order_id, by=MAKER)


def alive(project: Project) -> Counter[tuple[str, int]]:
    rows = WorkPackage.objects.filter(project=project).exclude(state="dropped")
    return Counter(rows.values_list("key", "piece"))


def linked(project: Project) -> set[tuple[str, int, str, int, int]]:
    rows = PackageLink.objects.filter(project=project)
    live = rows.exclude(before__state="dropped").exclude(after__state="dropped")
    return set(
        live.values_list("before__key", "before__piece", "after__key", "after__piece", "lag")
    )


def needed(project: Project) -> Mapping[str, Any]:
    return dict(TechnicalNeed.objects.filter(project=project).values_list("unit", "quantity"))


def done(project: Project, key: str, piece: int = 0) -> None:
    packages.move_package(package(project, key, piece), COMPLETE, by=MAKER)


def forget(project: Project) -> None:
    """As a project is that was opened before changes were followed."""
    with attributed(MAKER):
        Decomposition.objects.filter(project=project).delete()


def staffed(row: WorkPackage, house: Personas) -> Reservation:
    packages.edit_package(row, by=MAKER, person=house.people["build_engineer"])
    row = WorkPackage.objects.select_related("project").get(pk=row.pk)
    return reservations.reserve_hours(row, by=house.actor("project_manager"))


@pytest.mark.parametrize(
    ("known", "quantity", "kept", "added"),
    [
        ({0: False}, 3, {0: 1}, [2, 3]),
        ({0: True}, 1, {0: 0}, []),
        ({1: False, 2: False, 3: False}, 2, {1: 1, 2: 2}, []),
        ({1: False, 2: False, 3: True}, 2, {1: 1, 3: 3}, []),
        ({1: False, 2: True, 3: False}, 1, {2: 2}, []),
        ({1: False, 3: True}, 4, {1: 1, 3: 3}, [2, 4]),
        ({1: False, 2: True}, MOST_COPIES + 1, {2: 0}, []),
        ({0: True}, MOST_COPIES, {0: 1}, list(range(2, MOST_COPIES + 1))),
        ({}, 1, {}, [0]),
        ({}, 2, {}, [1, 2]),
    ],
)
def test_the_pieces_of_another_quantity(
    known: dict[int, bool], quantity: int, kept: dict[int, int], added: list[int]
) -> None:
    assert renumber_pieces(known, quantity) == (kept, added)


def test_more_pieces_are_planned_as_if_they_had_been_ordered_at_once(personas: Personas) -> None:
    project, like = make_project(personas, ("vpn", 1)), make_project(personas, ("vpn", 3))
    done(project, "kickoff")
    done(project, "eligible")
    change(project, quantity=3)
    assert alive(project) == alive(like)
    assert linked(project) == linked(like)
    first = package(project, "eligible", 1)
    assert (first.state, first.name_en) == ("done", "Eligibility of the site · 1")
    assert package(project, "fit", 3).starts_on is not None
    names = [one.name_en for one in package_queries.packages_of(fresh(project), seen_by=MAKER)]
    assert names == [one.name_en for one in package_queries.packages_of(like, seen_by=MAKER)]


def test_of_fewer_pieces_those_stay_on_which_work_began(personas: Personas) -> None:
    project = led(make_project(personas, ("vpn", 3)), personas)
    done(project, "eligible", 3)
    kept = staffed(package(project, "tested", 3), personas)
    shared = staffed(package(project, "design"), personas)
    lost = staffed(package(project, "tested", 2), personas)
    resource_requests.request_person(
        package(project, "fit", 2), by=personas.actor("project_manager")
    )
    change(project, quantity=2)
    assert {piece for key, piece in alive(project) if key == "tested"} == {1, 3}
    assert alive(project).total() == 17
    for row, state in ((kept, "confirmed"), (shared, "confirmed"), (lost, "released")):
        row.refresh_from_db()
        assert row.state == state, row.purpose
    asked = package(project, "fit", 2).request
    assert asked is not None
    assert asked.state == "withdrawn"
    client = personas.client("project_manager")
    shown = client.get(f"/projects/{project.number}/").content.decode()
    planned = shown[: shown.rindex("History")]
    assert "Test of the site · 3" in planned
    assert "Test of the site · 2" not in planned


def test_another_option_asks_for_other_stock(personas: Personas) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    by = personas.actor("project_manager")
    needs = {one.pk: pool(one.unit) for one in TechnicalNeed.objects.filter(project=project)}
    made = reservations.reserve_needs(project, needs, by=by, since=workdays.today())
    done(project, "place")
    change(project, characteristics={"power_kw": "5"}, quantity=2)
    assert needed(project) == {"U": 84, "kW": 10}
    assert alive(project).total() == 5
    assert package(project, "place").state == "done"
    assert held() == 0
    made[0].refresh_from_db()
    assert made[0].state == "released"
    answer = personas.client("project_manager").get(f"/api/v1/projects/{project.number}/needs")
    assert {
        one["unit"]: (float(one["quantity"]), one["reservation_id"])
        for one in answer.json()["items"]
    } == {"U": (84, None), "kW": (10, None)}
    again = reservations.reserve_needs(project, needs, by=by, since=workdays.today())
    assert {line.quantity for line in again[0].lines.all()} == {84, 10}


def test_what_is_reserved_before_the_project_hears_is_given_back(personas: Personas) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    said = LineChange(item_id="1", fields={"quantity": 2})
    changes.change_order(project.order, by=MAKER, lines=[said])
    needs = {one.pk: pool(one.unit) for one in TechnicalNeed.objects.filter(project=project)}
    reservations.reserve_needs(
        project, needs, by=personas.actor("project_manager"), since=workdays.today()
    )
    assert held() == 2
    order_sync.sync_project(project.order_id, by=MAKER)
    assert held() == 0
    assert needed(project) == {"U": 84, "kW": 6}


def test_another_offering_is_delivered_in_its_own_way(personas: Personas) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    done(project, "place")
    lost = staffed(package(project, "power"), personas)
    change(project, offering=offering("vpn"))
    rows = WorkPackage.objects.filter(project=project)
    assert set(rows.filter(state="done").values_list("key", flat=True)) == {"place"}
    assert rows.filter(state__in=AHEAD).count() == 11
    assert set(rows.filter(state="dropped").values_list("key", flat=True)) == {
        "power", "fit", "access", "handed",
    }  # fmt: skip
    lost.refresh_from_db()
    assert (lost.state, held()) == ("released", 0)
    assert not TechnicalNeed.objects.filter(project=project).exists()
    due = Deliverable.objects.filter(project=project, state__in=OUTSTANDING)
    assert {one.name_en for one in due} == {"Design of the network", "Acceptance report"}
    assert fresh(project).size == "project"
    assert linked(project) == linked(make_project(personas, ("vpn", 1)))


def test_of_the_same_way_of_delivery_the_work_goes_on(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    packages.edit_package(package(project, "power"), by=MAKER, days=7)
    change(project, offering=make_like(offering("colo").family))
    assert alive(project).total() == 5
    assert package(project, "power").days == 7
    assert not WorkPackage.objects.filter(project=project, state="dropped").exists()


def make_like(family: str) -> Any:
    return type(offering("colo")).objects.create(
        code="colo-2", family=family, name_en="c", name_fr="c"
    )


def test_a_line_that_changes_nothing_any_more_leaves_nothing_ahead(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1), ("vpn", 1))
    done(project, "place")
    change(project, action="noChange")
    left = WorkPackage.objects.filter(project=project, line__item_id="1", state__in=AHEAD)
    assert not left.exists()
    assert package(project, "place").state == "done"
    assert not TechnicalNeed.objects.filter(project=project).exists()
    change(project, action="add")
    assert needed(project) == {"U": 42, "kW": 3}
    assert WorkPackage.objects.filter(
        project=project, line__item_id="1", state__in=AHEAD, key="handed"
    ).exists()


def test_a_template_that_changed_meanwhile_changes_nothing(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    content = content_record(VPN)
    content["steps"] = [one for one in content["steps"] if one["key"] != "tested"]
    content["steps"][-3]["after"] = ["fit"]
    templates.write_template(offering("vpn"), content, by=MAKER)
    change(project, quantity=2)
    assert alive(project)["tested", 2] == 1


def test_what_was_dropped_by_hand_stays_dropped(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 2))
    packages.move_package(package(project, "tested", 1), DROP, by=MAKER)
    packages.move_package(package(project, "agreed"), DROP, by=MAKER)
    change(project, quantity=3)
    assert alive(project)["tested", 1] == 0
    assert alive(project)["agreed", 0] == 0
    assert alive(project)["tested", 3] == 1


def test_waits_that_would_close_a_circle_are_left_out(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    with attributed(MAKER):
        PackageLink.objects.filter(project=project, before__key="kickoff").delete()
    packages.edit_package(
        package(project, "kickoff"), by=MAKER, after={package(project, "accepted").pk: 0}
    )
    change(project, quantity=2)
    assert alive(project)["site", 2] == 1
    assert fresh(project).ends_on is not None


def test_a_project_of_before_follows_from_its_first_change_on(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 3))
    forget(project)
    packages.move_package(package(project, "tested", 2), DROP, by=MAKER)
    order_sync.sync_project(project.order_id, by=MAKER)
    assert alive(project).total() == 22
    forget(project)
    change(project, quantity=2)
    assert {piece for key, piece in alive(project) if key == "fit"} == {1, 2}


def test_quantities_out_of_all_proportion_are_followed(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1), ("vpn", 2))
    change(project, quantity=1_000_000, characteristics={"power_kw": "9999999"})
    assert needed(project)["kW"] == 9_999_999_999
    change(project, "2", quantity=1_000_000)
    assert alive(project)["site", 0] == 1
    change(project, "2", quantity=1)
    assert alive(project).total() == 5 + 11


def test_the_project_is_locked_before_its_order_as_by_whoever_reserves(
    personas: Personas,
) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    by = personas.actor("project_manager")
    needs = {one.pk: pool(one.unit) for one in TechnicalNeed.objects.filter(project=project)}

    def locked(act: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            act()
        found = [one["sql"] for one in asked.captured_queries if "FOR UPDATE" in one["sql"]]
        tables = ("projects_project", "orders_order")
        return [name for sql in found for name in tables if f'FROM "{name}"' in sql]

    reserving = locked(
        lambda: reservations.reserve_needs(project, needs, by=by, since=workdays.today())
    )
    following = locked(lambda: order_sync.sync_project(project.order_id, by=MAKER))
    assert reserving[0] == following[0] == "projects_project"
    assert "orders_order" in reserving
    assert "orders_order" in following


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_it_ends_as_if_ordered_so_and_nothing_is_left(
    seed: int, personas: Personas
) -> None:
    """Changes, work, reservations and drops at random: what is open in the end is what a project
    of the last order has, and all that is held is for what is still to be done."""
    chance = random.Random(seed)
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas, ("vpn", 1), ("colo", 1)), personas)
        stock = {unit: pool(unit, "100000") for unit in ("U", "kW")}
        quantities, said = {"1": 1, "2": 1}, {}
        for _step in range(10):
            act = chance.choice(("resize", "option", "hold", "hours", "done"))
            if act == "resize":
                line = chance.choice(("1", "2"))
                quantities[line] = chance.randint(1, 4)
                change(project, line, quantity=quantities[line])
            elif act == "option":
                said = {"power_kw": str(chance.randint(1, 9))}
                change(project, "2", characteristics=said)
            elif act == "hold":
                free = [
                    one
                    for one in TechnicalNeed.objects.filter(project=project)
                    if not reservations.is_holding(one.reservation)
                ]
                if free:
                    pools = {one.pk: stock[one.unit] for one in free}
                    by = personas.actor("project_manager")
                    reservations.reserve_needs(project, pools, by=by, since=date(2027, 7, 1))
            else:
                rows = WorkPackage.objects.filter(
                    project=project, state="todo", hours__gt=0, person=None
                )
                row = chance.choice(list(rows.order_by("pk")) or [None])
                if row is None:
                    continue
                staffed(row, personas)
                if act == "done":
                    packages.move_package(row, COMPLETE, by=MAKER)
        like = make_project(personas, ("vpn", quantities["1"]), ("colo", quantities["2"]))
        change(like, "2", characteristics=said)
        assert needed(project) == needed(like)
        want = Counter(key for key, _piece in alive(like).elements())
        got = Counter(key for key, _piece in alive(project).elements())
        undone = Counter(
            WorkPackage.objects.filter(project=project, state__in=AHEAD).values_list(
                "key", flat=True
            )
        )
        assert got >= want
        assert all(not undone[key] or undone[key] <= want[key] for key in got)
        for reservation in Reservation.objects.filter(state__in=HOLDING):
            owner = WorkPackage.objects.filter(reservation=reservation).exclude(state="dropped")
            need = TechnicalNeed.objects.filter(reservation=reservation)
            assert owner.exists() or need.exists(), reservation.purpose
            total = sum(one.quantity for one in need)
            assert not need or total == sum(one.quantity for one in reservation.lines.all())
        moves.cancel_order(project.order, by=MAKER)
        order_sync.sync_project(project.order_id, by=MAKER)
        assert held() == 0
