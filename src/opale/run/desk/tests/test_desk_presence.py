"""Who looks at a ticket: told to colleagues who may see it, forgotten within a minute."""

from datetime import timedelta

import pytest
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.kernel.models import Change
from opale.run.desk.actions import presence
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Presence, Source, Ticket
from opale.run.desk.queries import presence as presence_queries

SIGN = "/tickets/{}/presence/"


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = NewTicket(
        subject="Link down",
        source=Source.MAIL,
        customer=personas.customer,
        contact=personas.contact,
    )
    return receive_ticket(new, by=system("test"))


def told() -> int:
    return Change.objects.filter(topic="desk.presence").count()


def seen(personas: Personas, name: str) -> list[tuple[str, bool]]:
    shown = presence_queries.list_presence(seen_by=personas.actor(name))
    return [(one.person.name, one.writing) for one in shown]


def test_colleagues_see_who_has_it_open_and_who_writes(personas: Personas, ticket: Ticket) -> None:
    agent, colleague = personas.client("desk_agent"), personas.client("run_engineer")
    assert agent.post(SIGN.format(ticket.number)).status_code == 204
    assert seen(personas, "run_engineer") == [("Desk Agent", False)]
    assert seen(personas, "desk_agent") == []
    agent.post(SIGN.format(ticket.number), {"writing": "1"})
    drawn = colleague.get("/desk/presence/").content.decode()
    assert f'data-on="{ticket.number}"' in drawn
    assert "Desk Agent is writing" in drawn
    agent.delete(SIGN.format(ticket.number))
    assert seen(personas, "run_engineer") == []


def test_only_what_changes_is_told_and_not_every_sign(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    for _ in range(3):
        presence.record_presence(ticket, by=agent)
    assert told() == 1
    presence.record_presence(ticket, by=agent, writing=True)
    presence.record_presence(ticket, by=agent, writing=True)
    assert told() == 2
    presence.clear_presence(ticket, by=agent)
    presence.clear_presence(ticket, by=agent)
    assert told() == 3


def test_who_says_nothing_for_a_minute_is_not_there(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    presence.record_presence(ticket, by=agent)
    Presence.objects.update(seen_at=clock.now() - timedelta(seconds=61))
    assert seen(personas, "run_engineer") == []
    presence.record_presence(ticket, by=agent)
    assert (seen(personas, "run_engineer"), told()) == ([("Desk Agent", False)], 2)


def test_nobody_is_seen_on_a_ticket_that_is_hidden(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    presence.record_presence(ticket, by=agent)
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    assert seen(personas, "run_engineer") == []


@pytest.mark.parametrize("name", ["customer_contact", "employee"])
def test_contacts_and_employees_neither_see_nor_sign(
    personas: Personas, ticket: Ticket, name: str
) -> None:
    presence.record_presence(ticket, by=personas.actor("desk_agent"))
    assert presence_queries.list_presence(seen_by=personas.actor(name)) == []
    with pytest.raises(NotAllowed):
        presence.record_presence(ticket, by=personas.actor(name))
    assert personas.client(name).get("/desk/presence/").status_code == 403
    assert personas.client(name).post(SIGN.format(ticket.number)).status_code == 403
