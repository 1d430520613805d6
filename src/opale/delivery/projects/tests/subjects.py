"""What the parameters of projects' routes name: a plan with promises and proofs, a delivery."""

from collections.abc import Mapping
from datetime import timedelta

from tests.personas import MAKER, Personas

from opale.customers.models import Family
from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions.moves import move_order
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.states import START as START_ORDER
from opale.delivery.projects.actions import (
    deliverables,
    follow_up,
    order_sync,
    placements,
    plans,
    slippage,
)
from opale.delivery.projects.actions import packages as package_actions
from opale.delivery.projects.actions import projects as project_actions
from opale.delivery.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    Project,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.states import BEGIN, COMPLETE
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock

LONG_AGO = timedelta(days=30)


def _project(house: Personas, code: str, family: Family) -> Project:
    line = NewLine(offering=make_offering(code, family=family, name_en=code, name_fr=code))
    order = create_order(NewOrder(lines=(line,), customer=house.customer), by=MAKER)
    move_order(order, START_ORDER, by=MAKER)
    found = order_sync.sync_project(order.pk, by=MAKER)
    assert found is not None
    return found


def _led(project: Project, house: Personas) -> None:
    project_actions.assign_manager(
        project,
        house.people["project_manager"],
        by=MAKER,
        exception_by=house.people["administrator"],
        exception_reason="Nobody else is free",
    )


def _delivered(house: Personas) -> Project:
    """Everything done and proved, and not finished yet."""
    project = _project(house, "colo-delivered", Family.COLOCATION)
    _led(project, house)
    project_actions.move_project(project, BEGIN, by=MAKER)
    for package in WorkPackage.objects.filter(project=project):
        package_actions.move_package(package, COMPLETE, by=MAKER)
    for proof in Evidence.objects.filter(gate__project=project).select_related("gate__project"):
        deliverables.attach_evidence(proof, by=MAKER, place="doc/note")
    for result in Deliverable.objects.filter(project=project).select_related("project"):
        deliverables.submit_deliverable(result, by=MAKER, place="doc/note")
        deliverables.accept_deliverable(result, by=MAKER)
    return project


def subjects(house: Personas) -> Mapping[str, object]:
    with clock.travel(-LONG_AGO):
        project = _project(house, "vpn-routes", Family.VPN)
        _led(project, house)
        assert project.ends_on is not None
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
    plans.replan_all(by=MAKER)
    express = _project(house, "colo-routes", Family.COLOCATION)
    packages = {row.key: row for row in WorkPackage.objects.filter(project=project)}
    for row in packages.values():
        row.project = project
    engineer = house.people["build_engineer"]
    slippage.explain_slip(packages["kickoff"], by=MAKER, cause="customer", note="Nobody was free")
    package_actions.move_package(packages["kickoff"], COMPLETE, by=MAKER, on=workdays.today())
    package_actions.edit_package(
        packages["tested"], by=MAKER, cause="us", note="One person for all", person=engineer
    )
    due, submitted = Deliverable.objects.filter(project=project).order_by("id")
    deliverables.submit_deliverable(submitted, by=MAKER, place="doc/1")
    first, second = Gate.objects.filter(project=project).order_by("id")
    for proof in first.evidences.all():
        deliverables.attach_evidence(proof, by=MAKER, place="doc/1")
    risk = follow_up.raise_risk(project, by=MAKER, title="No duct", likelihood=2, harm=3)
    item = follow_up.add_action(project, by=MAKER, title="Call the owner")
    follow_up.write_minutes(
        project, by=MAKER, held_on=workdays.today(), title="Kick-off", text="All agreed"
    )
    rack, other = (
        ConfigurationItem.objects.create(name=name, kind="rack", attributes={"units": 47})
        for name in ("routes-r1", "routes-r2")
    )
    need = TechnicalNeed.objects.select_related("project").get(project=express, unit="U")
    placements.place_need(need, rack, "U1 to U4", by=MAKER, since=workdays.today())
    return {
        "need_id": need.pk,
        "rack_id": other.pk,
        "project_id": project.pk,
        "project_number": project.number,
        "express_project_number": express.number,
        "delivered_project_number": _delivered(house).number,
        "project_order_number": project.order.number,
        "project_calendar_id": house.calendar.pk,
        "project_manager_id": house.people["project_manager"].pk,
        "project_granter_id": house.people["administrator"].pk,
        "project_move": "begin",
        "package_id": packages["design"].pk,
        "package_move": "start",
        "person_package_id": packages["tested"].pk,
        "carrier_package_id": packages["circuit"].pk,
        "late_package_id": packages["design"].pk,
        "deliverable_id": due.pk,
        "submitted_deliverable_id": submitted.pk,
        "evidence_id": second.evidences.all()[0].pk,
        "gate_id": first.pk,
        "risk_id": risk.pk,
        "action_item_id": item.pk,
        "offering_code": "colo-routes",
        "step_key": "place",
    }
