"""What teams and people hear by a channel: by which rule, of what, once, and of what never."""

from datetime import timedelta
from typing import Any

import pytest
from tests.personas import MAKER, Personas, make_personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.messaging.actions.channels import create_channel, edit_channel
from opale.messaging.models import Channel, ChannelMessage
from opale.run.desk.actions import channel_rules, ticket_creation
from opale.run.desk.facts import CommitmentBreached, TicketReceived, TicketReopened
from opale.run.desk.models import ChannelRule, Commitment, Source, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def personas() -> Personas:
    return make_personas()


@pytest.fixture
def channel(personas: Personas) -> Channel:
    return create_channel(by=MAKER, name="Desk room", address="json://hooks.example.net/desk")


def rule(channel: Channel, personas: Personas, *events: str, **fields: Any) -> ChannelRule:
    return channel_rules.create_channel_rule(
        channel, by=MAKER, team=personas.teams["desk_agent"], events=events, **fields
    )


def opened(personas: Personas, **fields: Any) -> Ticket:
    new = ticket_creation.NewTicket(
        subject="Link down", source=Source.MAIL, customer=personas.customer, **fields
    )
    return ticket_creation.receive_ticket(new, by=MAKER)


def change(ticket: Ticket, **fields: Any) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(**fields)


def told(ticket: Ticket) -> list[ChannelMessage]:
    channel_rules.notify_received(TicketReceived(ticket_id=ticket.pk, at=clock.now()), MAKER)
    return list(ChannelMessage.objects.order_by("pk"))


def test_a_new_ticket_is_told_once_by_each_rule(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "opened")
    rule(channel, personas, "opened", stream="solution")
    ticket = opened(personas)
    (message,) = told(ticket)
    assert message.title == f"[{ticket.reference}] P{ticket.priority} · Link down"
    assert "Acme" in message.body
    assert f"/tickets/{ticket.number}/" in message.body
    assert len(told(ticket)) == 1


def test_stream_and_priority_choose_what_is_told(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "opened", stream="solution", priority=1)
    ticket = opened(personas)
    assert told(ticket) == []
    change(ticket, stream="solution", priority=2)
    assert told(ticket) == []
    change(ticket, priority=1)
    assert len(told(ticket)) == 1


def test_of_a_confidential_ticket_nothing_leaves(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "opened")
    ticket = opened(personas)
    change(ticket, confidential=True)
    assert told(ticket) == []


def test_a_channel_that_is_off_is_told_nothing(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "opened")
    edit_channel(channel, by=MAKER, is_on=False)
    assert told(opened(personas)) == []


def test_promises_are_told_soon_and_broken(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "breached", "breached_soon")
    ticket, due = opened(personas), clock.now() + timedelta(minutes=20)
    Commitment.objects.filter(ticket=ticket).delete()
    Commitment.objects.create(
        ticket=ticket,
        customer=personas.customer,
        measure="restore",
        target=timedelta(hours=4),
        coverage="always",
        starts_at=clock.now(),
        due_at=due,
    )
    channel_rules.notify_due_soon()
    channel_rules.notify_due_soon()
    (soon,) = ChannelMessage.objects.all()
    assert "dans moins de 30 minutes" in soon.body, "in the language of the company"
    fact = CommitmentBreached(ticket_id=ticket.pk, measure="restore", due_at=due)
    channel_rules.notify_breached(fact, MAKER)
    channel_rules.notify_breached(fact, MAKER)
    assert ChannelMessage.objects.count() == 2
    other = CommitmentBreached(ticket_id=ticket.pk, measure="accept", due_at=due)
    channel_rules.notify_breached(other, MAKER)
    assert ChannelMessage.objects.count() == 2, "how soon colleagues are stays inside"


def test_a_reopened_ticket_is_told_each_time(channel: Channel, personas: Personas) -> None:
    rule(channel, personas, "reopened")
    ticket = opened(personas)
    for minutes in (0, 1):
        at = clock.now() + timedelta(minutes=minutes)
        channel_rules.notify_reopened(TicketReopened(ticket_id=ticket.pk, at=at), MAKER)
    assert ChannelMessage.objects.count() == 2


def test_who_may_make_rules(channel: Channel, personas: Personas) -> None:
    agent, own = personas.actor("desk_agent"), personas.people["desk_agent"]
    mine = channel_rules.create_channel_rule(channel, by=agent, person=own, events=["opened"])
    with pytest.raises(NotAllowed):
        channel_rules.create_channel_rule(
            channel, by=agent, team=personas.teams["desk_agent"], events=["opened"]
        )
    with pytest.raises(NotAllowed):
        channel_rules.delete_channel_rule(mine, by=personas.actor("core_engineer"))
    channel_rules.delete_channel_rule(mine, by=agent)
    with pytest.raises(Invalid):
        channel_rules.create_channel_rule(channel, by=agent, person=own, events=[])


def test_a_rule_is_made_and_removed_on_its_page(channel: Channel, personas: Personas) -> None:
    client = personas.client("desk_agent")
    said = {"channel": channel.pk, "priority": "2", "events": ["opened", "breached"]}
    assert client.post("/desk/channel-rules/new/", said).status_code == 302
    made = ChannelRule.objects.get()
    assert made.person == personas.people["desk_agent"]
    page = client.get("/desk/channel-rules/").content.decode()
    assert "Desk room" in page
    assert "SLA breached" in page
    assert client.post(f"/desk/channel-rules/{made.pk}/end/").status_code == 302
    assert not ChannelRule.objects.exists()
