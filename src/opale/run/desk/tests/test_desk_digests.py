"""Digests of followed tickets: one mail at most each interval, what it says, and how it ends."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.personas import CONTACT, MAKER, Personas, make_personas

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person
from opale.run.desk.actions import digests, messages, ticket_creation, ticket_metadata
from opale.run.desk.actions.digests import SETTLED
from opale.run.desk.actions.messages import copy_recipients_of
from opale.run.desk.models import Following, Source, Ticket, Watcher
from opale.run.desk.queries.digests import Follower
from opale.run.desk.queries.unsubscribe_links import (
    Unsubscription,
    unsubscribe_link_to,
    unsubscription_of_token,
)

pytestmark = pytest.mark.django_db
BEFORE = timedelta(minutes=5)


@pytest.fixture
def personas() -> Personas:
    return make_personas()


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = ticket_creation.NewTicket(
        subject="Link down", source=Source.MAIL, customer=personas.customer, body="It is down."
    )
    return ticket_creation.receive_ticket(new, by=MAKER, at=clock.now() - 2 * BEFORE)


def follow(ticket: Ticket, personas: Personas, name: str = "core_engineer") -> Person:
    person = personas.people[name]
    ticket_metadata.add_watcher(ticket, by=MAKER, person=person)
    began(ticket)
    return person


def began(ticket: Ticket) -> None:
    """Everybody follows it since some minutes ago."""
    Watcher.objects.filter(ticket=ticket).update(told_at=clock.now() - BEFORE)


def settled(ticket: Ticket) -> None:
    """What was written is old enough to be told."""
    before = SETTLED + timedelta(seconds=1)
    for row in ticket.messages.all():
        if clock.now() - row.at < SETTLED:
            type(row).objects.filter(pk=row.pk).update(at=row.at - before)


def digest(ticket: Ticket) -> OutgoingMail | None:
    settled(ticket)
    newest = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    digests.send_digests()
    return OutgoingMail.objects.filter(pk__gt=newest, origin__startswith="desk.following").first()


# What it says


def test_all_that_changed_comes_in_one_mail(ticket: Ticket, personas: Personas) -> None:
    follow(ticket, personas)
    agent = personas.actor("desk_agent")
    messages.write_note(ticket, "The carrier is asked.", by=agent)
    messages.write_note(ticket, "They look at it.", by=agent)
    mail = digest(ticket)
    assert mail is not None
    assert mail.to == [personas.people["core_engineer"].email]
    assert "The carrier is asked." in mail.body
    assert "They look at it." in mail.body
    assert ticket.reference in mail.subject
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert digest(ticket) is None, "nothing changed since"


def test_a_second_ticket_stands_in_the_same_mail(ticket: Ticket, personas: Personas) -> None:
    other = ticket_creation.receive_ticket(
        ticket_creation.NewTicket(
            subject="Mail slow", source=Source.MAIL, customer=personas.customer
        ),
        by=MAKER,
        at=clock.now() - 2 * BEFORE,
    )
    follow(ticket, personas)
    follow(other, personas)
    for one in (ticket, other):
        messages.write_note(one, f"Said on {one.subject}", by=personas.actor("desk_agent"))
        settled(one)
    mail = digest(ticket)
    assert mail is not None
    assert mail.subject == "2 tickets you watch have changed"
    assert "Said on Link down" in mail.body
    assert "Said on Mail slow" in mail.body


def test_ones_own_doings_are_left_out(ticket: Ticket, personas: Personas) -> None:
    follow(ticket, personas, "desk_agent")
    messages.write_note(ticket, "Mine.", by=personas.actor("desk_agent"))
    assert digest(ticket) is None


def test_what_may_no_longer_be_seen_is_not_told(ticket: Ticket, personas: Personas) -> None:
    follow(ticket, personas)
    follow(ticket, personas, "employee")
    messages.write_note(ticket, "Secret.", by=personas.actor("desk_agent"))
    with attributed(MAKER):
        Watcher.objects.filter(person=personas.people["core_engineer"]).delete()
    assert digest(ticket) is None, "an employee sees no ticket of a customer"


def test_a_digest_is_read_in_the_outbox_by_whom_it_goes_to_alone(
    ticket: Ticket, personas: Personas
) -> None:
    follow(ticket, personas, "desk_agent")
    messages.write_note(ticket, "Said to me.", by=MAKER)
    mail = digest(ticket)
    assert mail is not None
    own, other = (
        personas.client(name).get(f"/mail/{mail.pk}/").content.decode()
        for name in ("desk_agent", "administrator")
    )
    assert "Said to me." in own
    assert "Said to me." not in other


def test_somebody_without_login_is_told_nothing(ticket: Ticket, personas: Personas) -> None:
    person = follow(ticket, personas)
    assert person.user is not None
    with attributed(MAKER):
        type(person.user).objects.filter(pk=person.user.pk).update(is_active=False)
    messages.write_note(ticket, "Said.", by=personas.actor("desk_agent"))
    assert digest(ticket) is None


def test_a_contact_reads_what_is_public_alone(ticket: Ticket, personas: Personas) -> None:
    contact = personas.contact
    with attributed(MAKER):
        Contact.objects.filter(pk=contact.pk).update(may_open=False)
    ticket_metadata.add_watcher(ticket, by=MAKER, contact=contact)
    assert copy_recipients_of(ticket) == [contact.email]
    digests.set_digest_pace(contact, by=personas.actor(CONTACT), pace="hourly")
    assert copy_recipients_of(ticket) == [], "a digest instead of copies"
    began(ticket)
    agent = personas.actor("desk_agent")
    messages.write_note(ticket, "Internal words.", by=agent)
    messages.write_to_customer(ticket, "Public words.", by=agent, to=["ana@acme.example"])
    mail = digest(ticket)
    assert mail is not None
    assert "Public words." in mail.body
    assert "Internal words." not in mail.body
    ticket_metadata.set_confidential(ticket, True, by=MAKER)
    began(ticket)
    Following.objects.update(sent_at=None)
    assert digest(ticket) is None, "of a confidential ticket others hear nothing"


def test_a_contact_without_choice_has_copies_and_no_digest(
    ticket: Ticket, personas: Personas
) -> None:
    ticket_metadata.add_watcher(ticket, by=MAKER, contact=personas.contact)
    began(ticket)
    messages.write_to_customer(ticket, "Said.", by=MAKER, to=["ana@acme.example"])
    assert digest(ticket) is None


# When it is sent


@pytest.mark.parametrize(
    ("pace", "last", "now", "due"),
    [
        ("at_once", "2026-03-02T09:59:00+00:00", "2026-03-02T10:00:00+00:00", True),
        ("hourly", "2026-03-02T09:10:00+00:00", "2026-03-02T10:00:00+00:00", False),
        ("hourly", "2026-03-02T09:00:00+00:00", "2026-03-02T10:00:00+00:00", True),
        ("daily", "2026-03-01T07:00:00+00:00", "2026-03-02T06:59:00+00:00", False),
        ("daily", "2026-03-01T07:00:00+00:00", "2026-03-02T07:00:00+00:00", True),
        ("daily", "2026-03-02T07:00:00+00:00", "2026-03-02T10:00:00+00:00", False),
        # The clocks go forward on 29 March in Paris: eight o'clock comes an hour earlier.
        ("daily", "2026-03-28T07:00:00+00:00", "2026-03-29T06:00:00+00:00", True),
        ("off", "2026-03-01T07:00:00+00:00", "2026-03-02T10:00:00+00:00", False),
    ],
)
def test_the_interval_is_kept(
    personas: Personas, pace: str, last: str, now: str, due: bool
) -> None:
    person = personas.people["core_engineer"]
    choice = Following(person=person, pace=pace, hour=8, sent_at=datetime.fromisoformat(last))
    assert Follower(person, choice).is_due(datetime.fromisoformat(now)) is due


def test_what_comes_within_the_hour_waits_for_its_end(ticket: Ticket, personas: Personas) -> None:
    person = follow(ticket, personas)
    agent = personas.actor("desk_agent")
    messages.write_note(ticket, "First.", by=agent)
    assert digest(ticket) is not None
    messages.write_note(ticket, "Second.", by=agent)
    assert digest(ticket) is None
    Following.objects.filter(person=person).update(sent_at=clock.now() - timedelta(hours=1))
    # Told until half a minute ago, so that what is made old here is younger.
    Watcher.objects.filter(person=person).update(told_at=clock.now() - timedelta(minutes=1))
    mail = digest(ticket)
    assert mail is not None
    assert "Second." in mail.body


def test_who_may_choose_for_whom(personas: Personas) -> None:
    person = personas.people["core_engineer"]
    digests.set_digest_pace(person, by=personas.actor("core_engineer"), pace="daily", hour=7)
    assert Following.objects.get(person=person).hour == 7
    with pytest.raises(NotAllowed):
        digests.set_digest_pace(person, by=personas.actor("administrator"), pace="off")
    with pytest.raises(NotAllowed):
        digests.set_digest_pace(personas.other_contact, by=personas.actor(CONTACT), pace="off")
    digests.set_digest_pace(personas.contact, by=personas.actor("desk_agent"), pace="off")


# How it ends


def test_one_click_ends_all_of_them_and_a_second_does_no_harm(
    ticket: Ticket, personas: Personas, settings: object
) -> None:
    person = follow(ticket, personas)
    messages.write_note(ticket, "Said.", by=personas.actor("desk_agent"))
    mail = digest(ticket)
    assert mail is not None
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail.headers["List-Unsubscribe"].strip("<>")
    assert url in mail.body
    client = Client(enforce_csrf_checks=True)
    asked = client.get(url)
    assert asked.status_code == 200
    assert Following.objects.get(person=person).pace == "hourly", "a GET ends nothing"
    for _time in range(2):
        ended = client.post(url, {"List-Unsubscribe": "One-Click"})
        assert ended.status_code == 200
    assert Following.objects.get(person=person).pace == "off"
    began(ticket)
    assert digest(ticket) is None


def test_one_ticket_is_followed_no_more_at_once(ticket: Ticket, personas: Personas) -> None:
    person = follow(ticket, personas)
    messages.write_note(ticket, "Said.", by=personas.actor("desk_agent"))
    url = unsubscribe_link_to(Unsubscription("person", person.pk, ticket.pk))
    assert Client().post(url).status_code == 200
    assert digest(ticket) is None
    assert not Watcher.objects.filter(person=person).exists()


def test_a_link_that_is_not_ours_ends_nothing(personas: Personas) -> None:
    person = personas.people["employee"]
    token = unsubscribe_link_to(Unsubscription("person", person.pk)).rstrip("/").rpartition("/")[2]
    assert unsubscription_of_token(token) == Unsubscription("person", person.pk)
    forged = token.replace(f"p{person.pk}", f"p{person.pk + 1}", 1)
    assert unsubscription_of_token(forged) is None
    assert Client().post(f"/unfollow/{forged}/").status_code == 404


def test_who_asks_too_often_is_told_to_wait(personas: Personas) -> None:
    url = unsubscribe_link_to(Unsubscription("contact", personas.contact.pk))
    answers = [Client().post(url) for _time in range(62)]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "60"
    assert "Too many requests" in refused.content.decode()


def test_a_reply_to_a_customer_has_no_such_link(ticket: Ticket, personas: Personas) -> None:
    messages.write_to_customer(ticket, "Said.", by=MAKER, to=["ana@acme.example"])
    assert "List-Unsubscribe" not in OutgoingMail.objects.latest("pk").headers


# The page and the API


def test_it_is_chosen_among_the_own_preferences(personas: Personas) -> None:
    client = personas.client("core_engineer")
    assert "/preferences/following/" in client.get("/preferences/").content.decode()
    assert client.get("/preferences/following/").status_code == 200
    assert client.post("/preferences/following/", {"pace": "daily", "hour": "6"}).status_code == 302
    found = Following.objects.get(person=personas.people["core_engineer"])
    assert (found.pace, found.hour) == ("daily", 6)


def test_it_is_chosen_by_the_api(personas: Personas) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token(CONTACT)}"})
    assert client.get("/api/v1/following").json() == {"pace": "at_once", "hour": 8}
    said = client.patch("/api/v1/following", {"pace": "daily"}, content_type="application/json")
    assert said.json() == {"pace": "daily", "hour": 8}
    with attributed(MAKER):
        assert Following.objects.get(contact=personas.contact).pace == "daily"
