"""What the choices of a new ticket lead to, before it is saved."""

import pytest
from django.db import connection
from django.test import Client
from tests.personas import Personas

from opale.kernel.attribution import attributed
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.tests.builders import make_service

pytestmark = pytest.mark.django_db
PATH = "/tickets/new/outlook/"


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def test_the_plan_stream_priority_and_deadlines_follow_the_choice(
    personas: Personas, agent: Client
) -> None:
    with attributed(personas.actor("service_manager")):
        service = make_service(personas.customer, "VPN-9")
    said = {"kind": "incident", "source": "phone", "impact": "3", "urgency": "3"}
    plain = agent.post(PATH, said).content.decode()
    assert "Solution" not in plain
    with_service = agent.post(PATH, said | {"service": service.pk}).content.decode()
    for word in ("Acme", "Plan", "Solution", "Stream", "P4", "Time to restore"):
        assert word in with_service, word
    grave = agent.post(PATH, said | {"service": service.pk, "impact": "1", "urgency": "1"})
    assert "P1" in grave.content.decode()
    assert (Ticket.objects.count(), Commitment.objects.count()) == (0, 0)


def test_no_number_is_taken_by_it(personas: Personas, agent: Client) -> None:
    def last() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_value, is_called FROM desk_ticket_number")
            return cursor.fetchone()

    before = last()
    agent.post(PATH, {"kind": "request", "source": "mail", "impact": "3", "urgency": "3"})
    assert last() == before


def test_what_contradicts_itself_leads_to_nothing(personas: Personas, agent: Client) -> None:
    said = {"kind": "request", "source": "mail", "impact": "3", "urgency": "3"}
    with attributed(personas.actor("service_manager")):
        foreign = make_service(personas.other_customer, "VPN-2")
    answer = agent.post(PATH, said | {"customer": personas.customer.pk, "service": foreign.pk})
    assert (answer.status_code, answer.content.strip()) == (200, b"")
    assert agent.post(PATH, {"impact": "9"}).content.strip() == b""


def test_the_form_asks_for_it(agent: Client) -> None:
    assert f'hx-post="{PATH}"' in agent.get("/tickets/new/").content.decode()
