"""A ticket on paper."""

import pytest
from tests.personas import Personas

from opale.run.desk.actions import messages, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Source, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    by = personas.actor("desk_agent")
    made = ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien coupé",
            body="Plus de réseau depuis 9 h.",
            source=Source.MAIL,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=by,
    )
    messages.write_to_customer(made, "Nous regardons.", by=by)
    messages.write_note(made, "Carte de ligne suspecte.", by=by)
    return made


def test_paper_holds_what_was_said_and_no_note(personas: Personas, ticket: Ticket) -> None:
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/print/").content.decode()
    assert "Plus de réseau depuis 9 h." in page
    assert "Nous regardons." in page
    assert "Carte de ligne suspecte." not in page
    assert "INTERNAL" not in page
    assert 'class="o-rail"' not in page
    assert f'<time datetime="{ticket.received_at.isoformat()}">' in page


def test_notes_are_printed_when_asked_for_and_marked(personas: Personas, ticket: Ticket) -> None:
    url = f"/tickets/{ticket.number}/print/?notes=1"
    page = personas.client("desk_agent").get(url).content.decode()
    assert "Carte de ligne suspecte." in page
    assert "INTERNAL: contains notes that must not be shared with customers." in page
    assert page.count("INTERNAL NOTE") == 1


def test_paper_is_written_in_french_too(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    client.cookies["django_language"] = "fr"
    page = client.get(f"/tickets/{ticket.number}/print/?notes=1").content.decode()
    assert "NOTE INTERNE" in page
    assert "Imprimé le" in page


def test_a_contact_prints_nothing_of_the_desk(personas: Personas, ticket: Ticket) -> None:
    answer = personas.client("customer_contact").get(f"/tickets/{ticket.number}/print/")
    assert answer.status_code == 403


def test_the_ticket_offers_paper_and_a_copy_with_its_times(
    personas: Personas, ticket: Ticket
) -> None:
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/tickets/{ticket.number}/print/" in page
    assert f'data-copy="{ticket.reference} Lien coupé' in page
