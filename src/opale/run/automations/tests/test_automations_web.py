"""Pages of automations: the editor with its builder, and one automation with its runs."""

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.run.automations.actions.definitions import remove_automation
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.tests.builders import make_automation, work_off
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.models import Ticket
from opale.run.desk.tests.builders import make_incident

pytestmark = pytest.mark.django_db
ROWS = {
    "condition-mode": "rows",
    "condition.0.join": "all",
    "condition.0.0.field": "priority",
    "condition.0.0.op": "is",
    "condition.0.0.value": "1",
}
FILLED = {
    "name": "Urgent mails",
    "trigger": "received",
    "condition": "priority == 4",
    "tags": "urgent",
    "pause": "",
}


def test_an_automation_is_written_enabled_and_runs(personas: Personas) -> None:
    client = personas.client("service_manager")
    assert client.get("/automations/new/").status_code == 200
    answer = client.post("/automations/new/", FILLED)
    made = Automation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/automations/{made.pk}/")
    assert (made.condition, made.acts, made.active) == (
        "priority == 4",
        {"tags": ["urgent"]},
        False,
    )
    assert client.post(f"/automations/{made.pk}/activity/").status_code == 302
    ticket = make_incident(personas, "VPN down")
    work_off()
    assert Ticket.objects.get(pk=ticket.pk).tags == ["urgent"]
    page = client.get(f"/automations/{made.pk}/").content.decode()
    assert ticket.reference in page
    assert "P4" in page


def test_what_is_wrong_stands_beside_its_field(personas: Personas) -> None:
    client = personas.client("service_manager")
    answer = client.post("/automations/new/", {**FILLED, "trigger": "time", "condition": "x =="})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_amount-error"' in page or "id_amount" in page
    assert not Automation.objects.exists()


def test_the_editor_opens_with_what_is_stored_and_saves_it_again(personas: Personas) -> None:
    made = make_automation(personas, condition='source == "mail"', acts=MacroActs(tags=("a",)))
    client = personas.client("service_manager")
    page = client.get(f"/automations/{made.pk}/edit/").content.decode()
    assert made.name in page
    filled = {**FILLED, "name": made.name, "tags": "b"}
    assert client.post(f"/automations/{made.pk}/edit/", filled).status_code == 302
    made.refresh_from_db()
    assert made.acts == {"tags": ["b"]}


def test_a_run_is_undone_on_the_page_of_its_automation(personas: Personas) -> None:
    made = make_automation(personas)
    ticket = make_incident(personas, "VPN down")
    work_off()
    run = AutomationRun.objects.get()
    client = personas.client("service_manager")
    assert f"/automations/runs/{run.pk}/undoing/" in (
        client.get(f"/automations/{made.pk}/").content.decode()
    )
    assert client.post(f"/automations/runs/{run.pk}/undoing/").status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).tags == []


def test_programs_write_enable_and_read_automations(personas: Personas) -> None:
    client = personas.client("service_manager")
    body = {"name": "Tag", "trigger": "state", "condition": "", "acts": {"tags": ["a"]}}
    answer = client.post("/api/v1/automations", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["active"] is False
    path = f"/api/v1/automations/{made['id']}"
    assert client.post(f"{path}/activity").json()["active"] is True
    assert client.get("/api/v1/automations").json()["items"][0]["name"] == "Tag"
    changed = {**body, "name": "Tags"}
    assert client.put(path, changed, content_type="application/json").json()["name"] == "Tags"
    assert client.get("/api/v1/automations/runs").json()["items"] == []
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


def test_a_dry_run_whose_condition_no_longer_compiles_is_refused_with_a_sentence(
    personas: Personas,
) -> None:
    made = make_automation(personas)
    with attributed(MAKER):
        Automation.objects.filter(pk=made.pk).update(condition="gone == 1")
    make_incident(personas, "VPN down")
    answer = personas.client("service_manager").get(f"/api/v1/automations/{made.pk}/dry-run")
    assert answer.status_code == 422
    assert "gone" in answer.content.decode()


def test_runs_of_a_deleted_automation_are_shown_and_undone_without_its_page(
    personas: Personas,
) -> None:
    made = make_automation(personas)
    ticket = make_incident(personas, "VPN down")
    work_off()
    remove_automation(made, by=personas.actor("service_manager"))
    client = personas.client("service_manager")
    page = client.get("/automations/runs/").content.decode()
    assert made.name in page
    assert f"/automations/{made.pk}/" not in page
    run = AutomationRun.objects.get()
    answer = client.post(f"/automations/runs/{run.pk}/undoing/")
    assert (answer.status_code, answer["Location"]) == (302, "/automations/runs/")
    assert Ticket.objects.get(pk=ticket.pk).tags == []


def test_who_may_only_read_is_offered_nothing(personas: Personas) -> None:
    made = make_automation(personas)
    client = personas.client("desk_agent")
    page = client.get(f"/automations/{made.pk}/").content.decode()
    assert "/inactivity/" not in page
    assert "/edit/" not in page
    assert client.get("/automations/new/").status_code == 403
    assert client.post(f"/automations/{made.pk}/inactivity/").status_code == 403


def test_a_dry_run_is_shown_of_a_draft_and_of_what_is_stored(personas: Personas) -> None:
    ticket = make_incident(personas, "VPN down")
    client = personas.client("service_manager")
    drawn = client.post("/automations/dry-run/", FILLED, headers={"HX-Request": "true"})
    assert ticket.reference in drawn.content.decode()
    wrong = client.post("/automations/dry-run/", {**FILLED, "condition": "x =="})
    assert ticket.reference not in wrong.content.decode()
    timed = client.post("/automations/dry-run/", {**FILLED, "trigger": "time"})
    assert ticket.reference not in timed.content.decode()
    made = make_automation(personas, enabled=False)
    assert ticket.reference in client.get(f"/automations/{made.pk}/dry-run/").content.decode()
    told = client.get(f"/api/v1/automations/{made.pk}/dry-run").json()
    assert (told["runs"], told["lines"][0]["reference"]) == (1, ticket.reference)
    assert Ticket.objects.get(pk=ticket.pk).tags == []
