"""The page of a ticket and the pages reached from it, as an agent reads them."""

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.run.desk import actions
from opale.run.desk.actions import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source, Ticket
from opale.run.desk.tests.builders import make_service


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return received(personas, Kind.INCIDENT)


def received(personas: Personas, kind: Kind) -> Ticket:
    with acting(system("test")):
        service = make_service(personas.customer, f"VPN-{kind}")
    return receive_ticket(
        NewTicket(
            subject="Lien coupé",
            body="Le lien ne répond plus.",
            source=Source.MAIL,
            kind=kind,
            customer=personas.customer,
            contact=personas.contact,
            service=service,
        ),
        by=system("test"),
    )


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def drawn(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_marks_of_a_confidential_ticket_say_so(
    personas: Personas, agent: Client, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    actions.take_ticket(ticket, by=by)
    actions.set_confidential(ticket, True, by=by)
    assert "Confidential: only those" in drawn(agent, f"/tickets/{ticket.number}/marks/")


def test_choosing_messages_to_split_off_says_nothing_in_a_toast(
    agent: Client, ticket: Ticket
) -> None:
    page = drawn(agent, f"/tickets/{ticket.number}/splitting/")
    assert "Le lien ne répond plus." in page
    assert "Message object" not in page


@pytest.mark.parametrize(
    ("month", "said"),
    [(3, "mars 2026"), (4, "avril 2026"), (5, "mai 2026"), (8, "août 2026"), (12, "décembre 2026")],
)
def test_a_month_is_a_month_in_french(month: int, said: str) -> None:
    with override("fr"):
        assert date_format(clock.now().replace(2026, month, 1), "F Y").lower() == said


def test_what_a_contact_may_do_is_named_in_french(agent: Client, ticket: Ticket) -> None:
    agent.cookies["django_language"] = "fr"
    assert "Habilité à" in drawn(agent, f"/tickets/{ticket.number}/side/")
