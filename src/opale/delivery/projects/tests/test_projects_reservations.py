"""What is reserved for a project follows its plan, and leaves nothing behind."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.personas import Personas

from opale.delivery.orders import queries as queries_of_orders
from opale.delivery.orders.actions import moves
from opale.delivery.orders.states import ASSESS, CANCEL, HOLD, WAIT
from opale.delivery.projects.actions import (
    order_sync,
    packages,
    projects,
    reservations,
    resource_requests,
)
from opale.delivery.projects.models import TechnicalNeed, WorkPackage
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.states import BEGIN, COMPLETE, DROP
from opale.delivery.projects.tests.builders import (
    MAKER,
    SUMMER,
    fresh,
    held,
    led,
    make_project,
    package,
    pool,
)
from opale.delivery.resources.actions.requests import staff_request
from opale.delivery.resources.ports import open_work, planned_by, source_of
from opale.infrastructure.models import CapacityPool
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import deliver
from opale.kernel.models import Fact
from opale.organisation.models import Absence
from opale.reservations.models import ReservationLine
from opale.reservations.ports import links_of

pytestmark = pytest.mark.django_db


def test_stock_and_hours_are_reserved_all_of_it_or_nothing(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    by = personas.actor("project_manager")
    needs = {need.unit: need.pk for need in TechnicalNeed.objects.filter(project=project)}
    units, power = pool("U"), pool("kW", "2")
    since = workdays.today()
    pools = {needs["U"]: units, needs["kW"]: power}
    with pytest.raises(Conflict):
        reservations.reserve_needs(project, pools, by=by, since=since)
    assert held() == 0, "the rack units are not held alone"
    with pytest.raises(Invalid):
        reservations.reserve_needs(project, {needs["U"]: power}, by=by, since=since)
    with attributed(MAKER):
        CapacityPool.objects.filter(pk=power.pk).update(capacity=10)
    reservations.reserve_needs(project, pools, by=by, since=since)
    assert held() == 2
    with pytest.raises(Invalid):
        reservations.reserve_needs(project, pools, by=by, since=since)


def test_hours_follow_the_plan_when_they_are_reserved_anew(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
        design = package(project, "design")
        with pytest.raises(Invalid):
            reservations.reserve_hours(design, by=by)
        packages.edit_package(design, by=MAKER, person=engineer)
        reservations.reserve_hours(package(project, "design"), by=by)
        line = ReservationLine.objects.get(holds=True)
        assert (line.person, line.quantity) == (engineer, Decimal("5.00"))
        assert (line.days.lower, line.days.upper) == (date(2027, 7, 2), date(2027, 7, 9))
        packages.edit_package(design, by=MAKER, not_before=date(2027, 8, 2))
        reservations.reserve_hours(package(project, "design"), by=by)
        line = ReservationLine.objects.get(holds=True)
        assert line.days.lower == date(2027, 8, 2)
        with attributed(MAKER):
            Absence.objects.create(
                person=engineer,
                kind="leave",
                period=(SUMMER + timedelta(days=60), SUMMER + timedelta(days=90)),
            )
        packages.edit_package(design, by=MAKER, not_before=date(2027, 9, 6))
        reservations.reserve_hours(package(project, "design"), by=by)
        line = ReservationLine.objects.get(holds=True)
        assert line.since == date(2027, 9, 30), "the first whole day after the absence"


@pytest.mark.parametrize("state", ["preparing", "running", "held", "pending", "assessing"])
def test_a_cancelled_order_leaves_nothing_reserved_and_nothing_ahead(
    state: str, personas: Personas
) -> None:
    project = led(make_project(personas, ("colo", 1), ("vpn", 1)), personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    needs = list(TechnicalNeed.objects.filter(project=project))
    pools = {need.pk: pool(need.unit) for need in needs}
    reservations.reserve_needs(project, pools, by=by, since=workdays.today())
    packages.edit_package(package(project, "design"), by=MAKER, person=engineer)
    reservations.reserve_hours(package(project, "design"), by=by)
    added = packages.add_package(
        project, by=by, name_en="Extra", name_fr="En plus", hours=4, days=1, person=engineer,
        not_before=workdays.today() + timedelta(days=100),
    )  # fmt: skip
    reservations.reserve_hours(added, by=by)
    if state == "running":
        projects.move_project(project, BEGIN, by=by)
        packages.move_package(package(project, "kickoff"), COMPLETE, by=by)
    for name, move in (("held", HOLD), ("pending", WAIT), ("assessing", ASSESS)):
        if state == name:
            moves.move_order(project.order, move, by=by)
    assert held() == 4
    shown = queries_of_orders.held_reservations(project.order, seen_by=by)
    assert sum(len(one.lines) for one in shown) == 4
    moves.cancel_order(project.order, by=by, reason="Put off")
    assert held() == 0, "in the same transaction, before the project hears of it"
    with pytest.raises((IllegalMove, Conflict)):
        reservations.reserve_hours(package(project, "design"), by=by)
    fact = Fact.objects.filter(name="orders.OrderMoved").latest("id")
    assert deliver(fact.pk, "projects.follow_order")
    kept = fresh(project)
    assert kept.state == "cancelled"
    assert not WorkPackage.objects.filter(project=project, state__in=["todo", "doing"]).exists()
    assert not TechnicalNeed.objects.filter(project=project).exists()
    assert held() == 0


def test_a_line_cancelled_alone_drops_what_it_was_to_bring(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1), ("vpn", 1))
    moves.move_line(project.order.lines.get(item_id="2"), CANCEL, by=MAKER)
    order_sync.sync_project(project.order_id, by=MAKER)
    left = WorkPackage.objects.filter(project=project).exclude(state="dropped")
    assert {one.line.item_id for one in left if one.line} == {"1"}
    assert fresh(project).state == "preparing"


def test_who_does_it_is_asked_of_the_team_and_given_back_when_it_is_dropped(
    personas: Personas,
) -> None:
    project = make_project(personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    design = package(project, "design")
    request = resource_requests.request_person(design, by=by)
    assert (request.hours, request.team) == (design.hours, personas.teams["build_engineer"])
    assert request.since == design.starts_on
    with pytest.raises(Conflict):
        resource_requests.request_person(package(project, "design"), by=by)
    staff_request(request, engineer, [(request.since, request.since, 4.0)], by=by)
    fact = Fact.objects.filter(name="resources.RequestStaffed").latest("id")
    assert deliver(fact.pk, "projects.follow_staffing")
    assert package(project, "design").person == engineer
    assert held() == 1
    tested = package(project, "tested")
    open_request = resource_requests.request_person(tested, by=by)
    for row in (package(project, "design"), tested):
        packages.move_package(row, DROP, by=by)
    open_request.refresh_from_db()
    assert (held(), open_request.state) == (0, "withdrawn")


def test_the_planner_reads_what_is_to_be_done_and_gives_it_to_somebody(
    personas: Personas,
) -> None:
    project = make_project(personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    day = workdays.today()
    found = {
        one.key: one for one in open_work(seen_by=by, since=day, until=day + timedelta(days=300))
    }
    design, router = package(project, "design"), package(project, "router")
    work = found[design.source]
    assert (work.hours, work.kind, work.level) == (Decimal(24), "build.engineering", 4)
    assert work.after == ((package(project, "kickoff").source, 0),)
    agreed = package(project, "agreed").ends_on
    assert agreed is not None
    assert found[router.source].not_before == agreed + timedelta(days=1)
    told = planned_by([router.source], seen_by=by)
    assert told[router.source].not_before == agreed + timedelta(days=1)
    source = source_of(design.source)
    assert source is not None
    assert design.starts_on is not None
    stretch = [(design.starts_on, design.starts_on, 4.0)]
    source.take(design.source, engineer, stretch, by=by)
    assert package(project, "design").person == engineer
    assert held() == 1
    with pytest.raises(Conflict):
        source.take(design.source, engineer, stretch, by=by)
    moves.cancel_order(project.order, by=by)
    assert held() == 0


def test_a_reservation_leads_to_the_order_the_project_and_the_task(personas: Personas) -> None:
    project = led(make_project(personas, ("vpn", 1)), personas)
    task = WorkPackage.objects.filter(project=project, line__isnull=False).first()
    assert task is not None
    assert task.line is not None
    order = project.order.reference
    found = links_of([task.source, task.line.source, project.order.source], seen_by=MAKER)
    assert [one.label for one in found[task.source]] == [f"{project.reference} · {task.title}"]
    assert [one.label for one in found[task.line.source]] == [
        f"{order}, line {task.line.item_id}",
        project.reference,
    ]
    (whole,) = found[project.order.source]
    assert whole.url == f"/orders/{project.order.number}/"
    stranger = links_of([task.source], seen_by=personas.actor("foreign_contact"))
    assert stranger == {task.source: []}
