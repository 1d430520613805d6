"""The pages of projects: the portfolio, a plan and its drawing, checklists, promises, proofs."""

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.personas import Personas

from opale.delivery.projects.actions import packages, plans, slippage
from opale.delivery.projects.acts.project_facts import project_facts
from opale.delivery.projects.models import (
    Deliverable,
    Evidence,
    PackageLink,
    Project,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.tests.builders import (
    MAKER,
    begun_order,
    led,
    make_project,
    offering,
    package,
)
from opale.infrastructure.models import CapacityPool
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db
SUMMER = datetime(2027, 7, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def manager(personas: Personas) -> Client:
    return personas.client("project_manager")


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_the_page_of_an_order_leads_to_what_delivers_it(
    personas: Personas, manager: Client
) -> None:
    order = begun_order(personas, ("vpn", 1))
    assert f"/projects/of-order/{order.number}/" in page(manager, f"/orders/{order.number}/")
    region = f"/projects/of-order/{order.number}/"
    assert "Create project" in page(manager, region)
    response = manager.post(f"{region}opening/")
    project = Project.objects.get(order=order)
    assert response.headers["Location"] == f"/projects/{project.number}/"
    assert project.reference in page(manager, region)
    assert "Create project" not in page(personas.client("desk_agent"), region)


def test_the_portfolio_says_how_each_stands_and_who_is_waited_for(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        vpn = led(make_project(personas, ("vpn", 1)), personas)
        colo = make_project(personas, ("colo", 1))
        assert vpn.ends_on is not None
        slippage.create_baseline(vpn, by=MAKER, promised_on=vpn.ends_on)
        circuit = package(vpn, "circuit")
        assert circuit.ends_on is not None
        late = circuit.ends_on + timedelta(days=14)
        slippage.record_carrier_promise(circuit, by=MAKER, promised_on=late)
        shown = page(manager, "/projects/")
        assert "14 days later" in shown
        assert "Site in service" in shown
        for asked, found in (
            ("weather=storm", (True, False)), ("size=express", (False, True)),
            (f"q={vpn.reference}", (True, False)), ("q=acme", (True, True)),
            ("state=done", (False, False)), (f"q=O-{colo.order.number}", (False, True)),
            ("waits_for=carrier", (False, False)), ("waits_for=us", (True, True)),
        ):  # fmt: skip
            shown = page(manager, f"/projects/?{asked}")
            assert (vpn.reference in shown, colo.reference in shown) == found, asked
        assert "No project matches your filters" in page(manager, "/projects/?q=nothing")
        answer = manager.get("/projects/export.csv?weather=storm")
        text = b"".join(answer).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert [row[0] for row in rows] == ["Project", vpn.reference]
        assert rows[1][rows[0].index("Promised for")] == vpn.ends_on.isoformat()


def test_a_plan_is_drawn_with_what_was_promised_and_told_with_its_reasons(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas, ("vpn", 3)), personas)
        assert project.ends_on is not None
        path = f"/projects/{project.number}/"
        assert 'class="ghost"' not in page(manager, path)
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
        shown = page(manager, path)
        assert shown.count('class="ghost"') == 23
        assert shown.count('class="task"') == 23
        assert 'class="edge" data-critical' in shown
        row = package(project, "site", 1)
        told = page(manager, f"{path}packages/{row.pk}/why/")
        assert "It waits for “Test of the site · 1”" in told
        assert "Non-working days in between: 14 Jul 2027" in told
        decisive = page(manager, f"{path}?only=critical")
        assert "The carrier delivers the circuit · 1" in decisive
        assert 'title="Prepare the router · 1"' not in decisive


def test_a_cycle_is_refused_beside_its_field(personas: Personas, manager: Client) -> None:
    project = make_project(personas)
    first, last = package(project, "kickoff"), package(project, "end")
    body = {
        "name_fr": first.name_fr, "name_en": first.name_en, "kind": "appointment", "party": "us",
        "days": "1", "after": [str(last.pk)],
    }  # fmt: skip
    answer = manager.post(f"/projects/{project.number}/packages/{first.pk}/", body)
    assert answer.status_code == 422
    assert "none of these could start" in answer.content.decode()


def test_a_plan_of_two_thousand_packages_is_read_in_pages(
    personas: Personas, manager: Client
) -> None:
    project = make_project(personas)
    with attributed(MAKER):
        first = WorkPackage.objects.filter(project=project).count()
        rows = WorkPackage.objects.bulk_create(
            WorkPackage(
                project=project, position=first + n, name_en=f"Task {n}", name_fr=f"Tâche {n}",
                days=n % 4 + 1,
            )
            for n in range(2_000)
        )  # fmt: skip
        PackageLink.objects.bulk_create(
            PackageLink(project=project, before=a, after=b)
            for a, b in zip(rows, rows[40:], strict=False)
        )
    plans.replan_all(by=MAKER)
    shown = page(manager, f"/projects/{project.number}/")
    assert shown.count('class="task"') == 150
    assert 'rel="next"' in shown
    assert len(shown) < 600_000


def test_an_express_delivery_is_a_checklist_and_no_drawing(
    personas: Personas, manager: Client
) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    path = f"/projects/{project.number}/"
    shown = page(manager, path)
    assert "Checklist" in shown
    assert "p-chart" not in shown
    units, power = (
        CapacityPool.objects.create(name=f"Hall {unit}", unit=unit, capacity=100)
        for unit in ("U", "kW")
    )
    needs = {need.unit: need.pk for need in TechnicalNeed.objects.filter(project=project)}
    body = {
        "since": workdays.today().isoformat(),
        f"need_{needs['U']}": str(units.pk),
        f"need_{needs['kW']}": str(power.pk),
    }
    assert manager.post(f"{path}needs/", body).status_code == 302
    assert ReservationLine.objects.filter(holds=True).count() == 2
    assert manager.post(f"{path}moves/begin/").status_code == 302
    row = package(project, "place")
    answer = manager.post(
        f"{path}packages/{row.pk}/moves/complete/", headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Redirect"] == path
    assert package(project, "place").state == "done"
    assert manager.post(f"{path}moves/finish/").status_code == 409


def test_a_slip_is_said_and_seen_with_its_cause(personas: Personas, manager: Client) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas), personas)
        assert project.ends_on is not None
        path = f"/projects/{project.number}/"
        body = {"promised_on": project.ends_on.isoformat(), "note": "By mail"}
        assert manager.post(f"{path}promises/new/", body).status_code == 302
        circuit = package(project, "circuit")
        body = {"promised_on": "2027-10-01", "note": "Works on the road", "reference": "C-1"}
        assert manager.post(f"{path}packages/{circuit.pk}/carrier/", body).status_code == 302
        shown = page(manager, f"{path}promises/")
        assert "Works on the road" in shown
        assert "Cause: the carrier" in shown
        assert "Add cause" not in shown


def test_a_deliverable_goes_through_refusal_and_acceptance(
    personas: Personas, manager: Client
) -> None:
    project = make_project(personas)
    row = Deliverable.objects.filter(project=project)[0]
    path = f"/projects/{project.number}/deliverables/{row.pk}/"
    engineer = personas.client("build_engineer")
    assert engineer.post(f"{path}versions/", {"place": "doc/1"}).status_code == 302
    assert engineer.post(f"{path}acceptance/").status_code == 403
    assert manager.post(f"{path}refusal/", {"reason": ""}).status_code == 422
    assert manager.post(f"{path}refusal/", {"reason": "Page 3 is empty"}).status_code == 302
    assert "Page 3 is empty" in page(manager, f"/projects/{project.number}/deliverables/")
    assert engineer.post(f"{path}versions/", {"place": "doc/2"}).status_code == 302
    assert manager.post(f"{path}acceptance/").status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    gate = Evidence.objects.filter(gate__project=project)[0].gate
    assert manager.post(f"/projects/{project.number}/gates/{gate.pk}/passing/").status_code == 409


def test_a_task_on_the_home_page_leads_to_its_line_and_is_not_late_on_its_first_day(
    personas: Personas,
) -> None:
    engineer = personas.client("build_engineer")
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas), personas)
        person = personas.people["build_engineer"]
        task = packages.add_package(
            project, by=MAKER, name_en="Check", name_fr="Contrôle", days=3, person=person
        )
        task.refresh_from_db()
        assert task.starts_on is not None
        link = f'href="/projects/{project.number}/#projects-workpackage-{task.pk}-line"'
        assert link in page(engineer, "/")
        assert f'id="projects-workpackage-{task.pk}-line"' in page(
            engineer, f"/projects/{project.number}/"
        )
    for days, reason in ((-1, "planned"), (0, "starts today"), (1, "should have started")):
        at = datetime.combine(task.starts_on + timedelta(days=days), SUMMER.timetz())
        with clock.travel(at - clock.now()):
            assert f">{reason}</span>" in page(engineer, "/")


def test_a_manager_is_chosen_by_the_policy_or_with_a_name(
    personas: Personas, manager: Client
) -> None:
    project = make_project(personas)
    path = f"/projects/{project.number}/manager/"
    shown = page(manager, path)
    assert "need a senior project manager" in shown
    assert "exception needed" in shown
    own = personas.people["project_manager"]
    assert manager.post(f"{path}{own.pk}/").status_code == 422
    assert manager.post(path, {"manager": own.pk}).status_code == 422
    body = {
        "manager": own.pk,
        "exception_by": personas.people["administrator"].pk,
        "exception_reason": "Nobody else is free",
    }
    assert manager.post(path, body).status_code == 302
    assert "Granted by Administrator" in page(manager, f"/projects/{project.number}/")


def test_a_template_is_changed_step_by_step(personas: Personas, manager: Client) -> None:
    path = f"/project-templates/{offering('colo').code}/"
    assert "Create specific template" in page(manager, path)
    assert manager.post(f"{path}own/").status_code == 302
    body = {"fr": "Essai", "en": "Burn-in", "kind": "work", "party": "us", "days": "2",
            "after": ["fit"]}  # fmt: skip
    assert manager.post(f"{path}steps/new/", body).status_code == 302
    assert "Burn-in" in page(manager, path)
    bad = body | {"after": ["handed"], "en": "Place", "fr": "Place"}
    assert manager.post(f"{path}steps/place/", bad).status_code == 422
    project = make_project(personas, ("colo", 1))
    assert WorkPackage.objects.filter(project=project, name_en="Burn-in").exists()


def test_the_api_says_why_and_refuses_what_the_pages_refuse(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        design = package(project, "design")
        listed = manager.get(f"/api/v1/projects/{project.number}/work-packages?critical=true")
        assert {one["id"] for one in listed.json()["items"]} >= {package(project, "circuit").pk}
        path = f"/api/v1/work-packages/{design.pk}"
        read = manager.get(path).json()
        assert read["because"] == {
            "kind": "after", "on": "2027-07-02", "of": str(package(project, "kickoff").pk),
        }  # fmt: skip
        after = {"after": [{"id": package(project, "end").pk}]}
        kickoff = f"/api/v1/work-packages/{package(project, 'kickoff').pk}"
        refused = manager.patch(kickoff, after, "application/json")
        assert refused.status_code == 422
        assert "→" in refused.json()["fields"]["after"]
        moved = manager.patch(path, {"days": 7}, "application/json")
        assert moved.json()["ends_on"] == date(2027, 7, 12).isoformat()
        assert personas.client("customer_contact").get(path).status_code == 403


def test_a_longer_task_shows_what_it_moves_before_it_is_saved(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas, ("vpn", 1)), personas)
        circuit = package(project, "circuit")
        url = f"/projects/{project.number}/packages/{circuit.pk}/"
        form = manager.get(url).context["form"]
        said = {n: "" if v is None else v for n, v in form.initial.items() if n in form.fields}
        body = {**said, "days": circuit.days + 20, "preview_changes": "1"}
        shown = manager.post(url, body).content.decode()
        assert "Planned end" in shown
        assert circuit.name in shown
        assert Project.objects.get().ends_on == project.ends_on
        assert WorkPackage.objects.get(pk=circuit.pk).days == circuit.days


def test_a_task_that_passes_the_customer_date_shows_what_it_moves_before_its_cause_is_given(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas, ("vpn", 1)), personas)
        assert project.ends_on is not None
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
        circuit = package(project, "circuit")
        url = f"/projects/{project.number}/packages/{circuit.pk}/"
        form = manager.get(url).context["form"]
        said = {n: "" if v is None else v for n, v in form.initial.items() if n in form.fields}
        body = {**said, "days": circuit.days + 20}
        shown = manager.post(url, {**body, "preview_changes": "1"}).content.decode()
        assert "select the cause" in shown
        assert "Planned end" in shown
        assert circuit.name in shown
        refused = manager.post(url, body)
        assert refused.status_code == 422
        assert "cause" in refused.context["form"].errors
        assert WorkPackage.objects.get(pk=circuit.pk).days == circuit.days


def test_a_project_that_ends_after_the_customer_date_is_not_listed_as_on_time(
    personas: Personas, manager: Client
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas, ("vpn", 1)), personas)
        assert project.ends_on is not None
        promised = project.ends_on - timedelta(days=7)
        slippage.create_baseline(project, by=MAKER, promised_on=promised)
        listed = page(manager, "/projects/")
    assert "7 days later" in listed
    assert "on time" not in listed


def test_a_task_named_like_a_fact_of_its_project_hides_none(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    task = package(project, "circuit")
    before = project_facts(project)
    with attributed(personas.actor("project_manager")):
        WorkPackage.objects.filter(pk=task.pk).update(name_en="State", name_fr="État")
    shown = project_facts(project)
    assert shown["State"] == before["State"]
    assert shown[f"State ({task.position})"] == before[task.name]
