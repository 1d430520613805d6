"""Deliverables are accepted, gates passed, and the order ends with its project."""

import pytest
from tests.personas import Personas

from opale.delivery.projects.actions import deliverables, packages, projects
from opale.delivery.projects.models import Deliverable, Gate, Risk, WorkPackage
from opale.delivery.projects.states import BEGIN, COMPLETE, FINISH
from opale.delivery.projects.tests.builders import MAKER, fresh, led, make_project
from opale.kernel.errors import Conflict, IllegalMove, Invalid

pytestmark = pytest.mark.django_db


def test_a_deliverable_refused_three_times_over_is_a_risk_of_the_project(
    personas: Personas,
) -> None:
    project = led(make_project(personas), personas)
    row = Deliverable.objects.filter(project=project).first()
    assert row is not None
    for n in (1, 2, 3):
        deliverables.submit_deliverable(row, by=personas.actor("build_engineer"), place=f"doc/{n}")
        with pytest.raises(Invalid):
            deliverables.refuse_deliverable(row, by=MAKER, reason=" ")
        deliverables.refuse_deliverable(row, by=MAKER, reason=f"Page {n} is empty")
        assert Risk.objects.filter(closed_at=None).exists() is (n == 3)
    risk = Risk.objects.get()
    assert (risk.owner, risk.weight) == (project.manager, 20)
    assert fresh(project).weather == "storm"
    with pytest.raises(IllegalMove):
        deliverables.accept_deliverable(row, by=MAKER)
    with pytest.raises(Invalid):
        deliverables.submit_deliverable(row, by=MAKER, place="doc/4")
    deliverables.submit_deliverable(
        row, by=MAKER, place="doc/4", note="Written anew with the customer"
    )
    deliverables.accept_deliverable(row, by=MAKER)
    risk.refresh_from_db()
    assert risk.closed_at is not None
    assert fresh(project).weather != "storm"
    row.refresh_from_db()
    versions = [(one.number, one.accepted) for one in row.versions.order_by("number")]
    assert versions == [(1, False), (2, False), (3, False), (4, True)]


def test_a_gate_is_passed_when_each_evidence_is_there(personas: Personas) -> None:
    project = make_project(personas)
    gate = Gate.objects.filter(project=project).order_by("id")[0]
    with pytest.raises(Conflict) as refused:
        deliverables.pass_gate(gate, by=MAKER)
    assert "Capacity checked" in str(refused.value)
    for proof in gate.evidences.all():
        deliverables.attach_evidence(proof, by=personas.actor("build_engineer"), place="doc/1")
    deliverables.pass_gate(gate, by=MAKER)
    gate.refresh_from_db()
    assert gate.state == "passed"
    with pytest.raises(IllegalMove):
        deliverables.attach_evidence(gate.evidences.all()[0], by=MAKER, place="doc/2")


def test_accept_is_offered_to_others_than_who_submitted(personas: Personas) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    projects.move_project(project, BEGIN, by=MAKER)
    note = Deliverable.objects.get(project=project)
    deliverables.submit_deliverable(note, by=personas.actor("project_manager"), place="doc/note")
    page = f"/projects/{project.number}/deliverables/"
    accept = f"/deliverables/{note.pk}/acceptance/"
    own = personas.client("project_manager").get(page).content.decode()
    assert accept not in own
    assert "You submitted this version" in own
    assert accept in personas.client("administrator").get(page).content.decode()


def test_an_express_delivery_passes_its_gate_by_itself_and_ends_its_order(
    personas: Personas,
) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    projects.move_project(project, BEGIN, by=MAKER)
    for row in WorkPackage.objects.filter(project=project):
        packages.move_package(row, COMPLETE, by=MAKER)
    gate = Gate.objects.get(project=project)
    assert gate.state == "open"
    with pytest.raises(Conflict):
        projects.move_project(project, FINISH, by=MAKER)
    deliverables.attach_evidence(gate.evidences.get(), by=MAKER, place="doc/note")
    gate.refresh_from_db()
    assert gate.state == "passed"
    note = Deliverable.objects.get(project=project)
    deliverables.submit_deliverable(note, by=MAKER, place="doc/note")
    deliverables.accept_deliverable(note, by=MAKER)
    projects.move_project(project, FINISH, by=personas.actor("project_manager"))
    kept = fresh(project)
    assert (kept.state, kept.order.state) == ("done", "completed")
    assert kept.ended_at is not None
    with pytest.raises(IllegalMove):
        projects.edit_project(project, by=MAKER, name="Late")
