"""What the forms of a ticket's acts will change, shown before the button is pressed."""

import html
import re

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.attribution import attributed
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import classifications, lifecycle, notices, ownership
from opale.run.desk.models import Grade, Kind, Message, Pause, Ticket, TimeEntry
from opale.run.desk.tests.test_desk_ticket_page import received

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    found = received(personas, Kind.INCIDENT)
    return ownership.take_ticket(
        found, by=personas.actor("desk_agent"), seen_owner_id=found.owner_id
    )


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def previewed(client: Client, path: str, **said: object) -> str:
    """Return the text of a preview: each change as "label before becomes after"."""
    response = client.post(path, {**said, "preview_changes": "1"}, HTTP_HX_REQUEST="true")
    assert response.status_code == 200
    text = re.sub(
        r"<svg.*?</svg>",
        lambda m: "becomes" if "becomes" in m[0] else "",
        response.content.decode(),
        flags=re.DOTALL,
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_hold_shows_that_the_clock_stops_and_holds_nothing(ticket: Ticket, agent: Client) -> None:
    shown = previewed(agent, f"/tickets/{ticket.number}/wait/", kind="customer")
    assert "State In progress" in shown
    assert "Time to restore (GTR)" in shown
    assert "paused" in shown
    assert "Time to intervene" not in shown
    assert not Pause.objects.exists()
    assert Ticket.objects.get().state == "in_progress"
    assert Ticket.objects.get().updated_at == ticket.updated_at


def test_a_hold_until_a_day_shows_the_new_deadline(ticket: Ticket, agent: Client) -> None:
    shown = previewed(agent, f"/tickets/{ticket.number}/wait/", kind="agreed_date", until="+1d")
    due = re.search(r"Time to restore \(GTR\) (.+?) becomes (.+?)(?: Next|$)", shown)
    assert due is not None, shown
    assert due[1] != due[2]
    assert "paused" not in due[2]


def test_a_p1_is_put_on_hold_only_with_consent_and_says_why_and_until_when(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    path = f"/tickets/{ticket.number}/wait/"
    by = personas.actor("desk_agent")
    classifications.grade_tickets([ticket], by=by, impact=Grade.HIGH, urgency=Grade.HIGH)
    assert 'name="confirmed"' in agent.get(path).content.decode()
    said = {"kind": "agreed_date", "until": "+1d", "reason": "Spare part"}
    refused = agent.post(path, said)
    assert refused.status_code == 422
    assert "confirmed" in refused.context["form"].errors
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    body = {"kind": "supplier"}
    answer = api.post(f"/api/v1/tickets/{ticket.number}/pause", body, "application/json")
    assert answer.status_code == 422
    assert not Pause.objects.exists()
    assert agent.post(path, said | {"confirmed": "on"}).status_code == 302
    head = agent.get(f"/tickets/{ticket.number}/head/").content.decode()
    assert "Agreed date: Spare part" in head
    assert "until" in head


def test_what_is_no_p1_is_put_on_hold_without_asking_twice(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    by = personas.actor("desk_agent")
    classifications.grade_tickets([ticket], by=by, urgency=Grade.LOW)
    path = f"/tickets/{ticket.number}/wait/"
    assert "this is a P1" not in agent.get(path).content.decode()
    assert agent.post(path, {"kind": "customer"}).status_code == 302


def test_a_hold_and_an_assignment_say_that_the_customer_is_not_notified(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    other = personas.actor("service_manager").person_id
    giving = {"person": other, "seen_owner_id": ticket.owner_id}
    for page, said in (("wait", {"kind": "customer"}), ("giving", giving)):
        shown = previewed(agent, f"/tickets/{ticket.number}/{page}/", **said)
        assert shown.endswith("The customer is not notified."), shown
    assert "not notified" not in previewed(agent, f"/tickets/{ticket.number}/wait/")


def test_resolving_says_whom_the_customer_has_notified(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    path = f"/tickets/{ticket.number}/resolution/"
    told = f"Customer notified of restoration {personas.contact.name}"
    assert told in previewed(agent, path, cause="Fibre")
    with attributed(personas.actor("service_manager")):
        notices.set_notice_choices(
            personas.contact, {"restored": False}, by=personas.actor("service_manager")
        )
    before = Message.objects.count(), OutgoingMail.objects.count()
    shown = previewed(agent, path, cause="Fibre")
    assert "Customer notified of restoration nobody" in shown
    assert (Message.objects.count(), OutgoingMail.objects.count()) == before


def test_a_form_that_is_not_filled_in_shows_nothing(ticket: Ticket, agent: Client) -> None:
    assert previewed(agent, f"/tickets/{ticket.number}/wait/") == ""


def test_what_the_act_will_refuse_is_said_before(ticket: Ticket, agent: Client) -> None:
    shown = previewed(agent, f"/tickets/{ticket.number}/wait/", kind="agreed_date")
    assert "date" in shown
    assert "becomes" not in shown


@pytest.mark.parametrize("until", ["", "yesterday 9", "2 Jan 2020"])
def test_a_hold_until_an_agreed_date_asks_once_for_a_date_in_the_future(
    ticket: Ticket, agent: Client, until: str
) -> None:
    path = f"/tickets/{ticket.number}/wait/"
    assert 'data-required-when="kind=agreed_date"' in agent.get(path).content.decode()
    refused = agent.post(path, {"kind": "agreed_date", "until": until})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"until": ["Choose a date in the future."]}
    shown = previewed(agent, path, kind="agreed_date", until=until)
    assert "Choose a date in the future." in shown


def test_an_act_that_another_made_impossible_says_why(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    lifecycle.resolve_ticket(ticket, by=personas.actor("desk_agent"), cause="Fibre")
    shown = previewed(agent, f"/tickets/{ticket.number}/resolution/", cause="Fibre")
    assert shown == "The ticket is resolved. Reopen it first."


def test_a_priority_is_shown_before_it_is_saved(ticket: Ticket, agent: Client) -> None:
    path = f"/tickets/{ticket.number}/classification/"
    said = {
        "kind": "incident", "customer": ticket.customer_id, "contact": ticket.contact_id,
        "service": ticket.service_id, "impact": 1, "urgency": 1, "stream": "",
    }  # fmt: skip
    form = agent.get(path, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="o-panel-body").content.decode()
    assert form.startswith("<form")
    assert 'id="o-changes"' in form
    assert f"Priority P{ticket.priority} becomes P1" in previewed(agent, path, **said)
    assert Ticket.objects.get().priority == ticket.priority
    corrected = previewed(agent, f"/tickets/{ticket.number}/triage/correction/", **said)
    assert "becomes P1" in corrected


def test_logging_time_asks_for_no_preview(ticket: Ticket, agent: Client) -> None:
    path = f"/tickets/{ticket.number}/time/new/"
    assert 'id="o-changes"' not in agent.get(path).content.decode()
    said = {"starts": "-1h", "ends": "now", "note": "Fibre"}
    assert previewed(agent, path, **said) == ""
    assert not TimeEntry.objects.exists()
    assert agent.post(path, said).status_code == 302
    assert TimeEntry.objects.count() == 1


def test_nobody_previews_what_they_may_not_do(personas: Personas, ticket: Ticket) -> None:
    for persona in ("solution_architect", "administrator", "employee"):
        response = personas.client(persona).post(
            f"/tickets/{ticket.number}/resolution/", {"cause": "x", "preview_changes": "1"}
        )
        assert response.status_code in (403, 404)


def test_a_confidential_ticket_that_is_given_away_is_previewed_though_it_goes_out_of_sight(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    with attributed(personas.actor("desk_agent")):
        Ticket.objects.update(confidential=True)
    path, other = f"/tickets/{ticket.number}/giving/", personas.actor("service_manager").person_id
    assert previewed(agent, path, person=other, seen_owner_id=ticket.owner_id) == ""
    assert Ticket.objects.get().owner_id == ticket.owner_id
