"""Mentions in internal notes: who is offered, who is refused, who is told and may read it then."""

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.kernel.text_limits import LONGEST_TEXT
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Person, User
from opale.run.desk.actions import messages, ticket_creation, ticket_metadata
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Message, Source, Ticket
from opale.run.desk.queries.note_readers import visible_notes

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = NewTicket(
        subject="Lien coupé", body="Plus de réseau.", source=Source.MAIL,
        customer=personas.customer, contact=personas.contact,
    )  # fmt: skip
    return ticket_creation.receive_ticket(new, by=personas.actor("desk_agent"))


def mention(person: Person, name: str = "") -> str:
    return f"@[{name or person.name}](person:{person.pk})"


def told() -> list[tuple[str, Person, str]]:
    rows = Notification.objects.filter(kind="desk.mentioned").select_related("person")
    return [(row.thing, row.person, row.url) for row in rows.order_by("person_id")]


def test_a_note_tells_whom_it_mentions(personas: Personas, ticket: Ticket) -> None:
    engineer, agent = personas.people["run_engineer"], personas.people["desk_agent"]
    url = f"/tickets/{ticket.number}/notes/"
    text = f"{mention(engineer, 'somebody')}, la carte ? {mention(agent)}"
    page = personas.client("desk_agent").post(url, {"body": text}, headers=HTMX)
    note = ticket.messages.get(direction="note")
    assert note.body == f"{mention(engineer)}, la carte ? {mention(agent)}"
    assert f'<span class="o-mention">@{engineer.name}</span>' in page.text
    # Nobody is told of what they wrote themselves.
    shown_at = f"/tickets/{ticket.number}/#message-{note.pk}"
    assert told() == [(f"desk.note:{note.pk}", engineer, shown_at)]
    assert f'id="message-{note.pk}"' in page.text
    seen = personas.client("run_engineer").get("/inbox/").text
    assert "la carte ?" in seen


def test_plain_notes_and_messages_to_customers_mention_nobody(
    personas: Personas, ticket: Ticket
) -> None:
    agent, text = personas.actor("desk_agent"), mention(personas.people["run_engineer"])
    messages.write_note(ticket, text, by=agent)
    messages.write_to_customer(ticket, text, by=agent, text_format=Message.Format.MARKDOWN)
    assert told() == []


def test_who_cannot_read_the_note_is_refused_by_name_and_nothing_is_kept(
    personas: Personas, ticket: Ticket
) -> None:
    employee = personas.people["employee"]
    with pytest.raises(Invalid) as refusal:
        messages.write_note(
            ticket,
            f"Voir {mention(employee)}",
            by=personas.actor("desk_agent"),
            text_format=Message.Format.MARKDOWN,
        )
    assert employee.name in refusal.value.sentence
    assert not ticket.messages.filter(direction="note").exists()


def test_at_offers_colleagues_and_says_who_cannot_open_the_ticket(
    personas: Personas, ticket: Ticket
) -> None:
    engineer, employee = personas.people["run_engineer"], personas.people["employee"]
    client, url = personas.client("desk_agent"), f"/tickets/{ticket.number}/notes/people/"
    assert f"(person:{engineer.pk})" in client.get(url, {"q": engineer.name}).text
    refused = client.get(url, {"q": employee.name}).text
    assert employee.name in refused
    assert "(person:" not in refused


def test_who_lost_the_desk_reads_no_note(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    note = messages.write_note(ticket, "x", by=agent)
    public = ticket.messages.exclude(pk=note.pk).first()
    assert public is not None
    assert list(visible_notes([note.pk, public.pk], agent)) == [note.pk]
    for persona in ("employee", "customer_contact"):
        assert list(visible_notes([note.pk], personas.actor(persona))) == []


def test_a_note_is_not_longer_than_a_text_may_be_once_people_have_their_names(
    personas: Personas, ticket: Ticket
) -> None:
    engineer = personas.people["run_engineer"]
    short = mention(engineer, "x")
    text = short * (LONGEST_TEXT // len(short))
    with pytest.raises(Invalid):
        messages.write_note(
            ticket,
            text,
            by=personas.actor("desk_agent"),
            text_format=Message.Format.MARKDOWN,
        )
    assert told() == []


@pytest.mark.parametrize("gone", ["left", "deactivated"])
def test_who_has_left_is_not_mentioned(personas: Personas, ticket: Ticket, gone: str) -> None:
    engineer = personas.people["run_engineer"]
    with attributed(MAKER):
        if gone == "left":
            Person.objects.filter(pk=engineer.pk).update(left_on=clock.now().date())
        else:
            User.objects.filter(person=engineer).update(is_active=False)
    with pytest.raises(Invalid):
        messages.write_note(
            ticket,
            mention(engineer),
            by=personas.actor("desk_agent"),
            text_format=Message.Format.MARKDOWN,
        )


def test_who_watches_a_ticket_is_told_of_notes_as_long_as_they_may_open_it(
    personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    engineer, manager = personas.people["run_engineer"], personas.people["service_manager"]
    for person in (engineer, manager, personas.people["desk_agent"]):
        ticket_metadata.add_watcher(ticket, by=by, person=person)
    ticket_metadata.add_watcher(ticket, by=by, contact=personas.contact)
    rows = Notification.objects.filter(kind="desk.noted").select_related("person")
    markdown = Message.Format.MARKDOWN
    first = messages.write_note(ticket, f"{mention(manager)} vu", by=by, text_format=markdown)
    # Who is mentioned is told of that alone, and nobody of their own note.
    assert [(row.person, row.url) for row in rows.all()] == [
        (engineer, f"/tickets/{ticket.number}/#message-{first.pk}")
    ]
    messages.write_note(ticket, "encore", by=by)
    assert "2 new notes" in rows.get(person=engineer).text
    with attributed(MAKER):
        Membership.objects.filter(person=engineer).delete()
    messages.write_note(ticket, "et encore", by=by)
    assert rows.get(person=engineer).count == 2
