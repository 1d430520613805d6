"""Nothing internal leaves: a word that stands in internal fields alone is looked for outside.

Two words are hidden: one in every text of every table that is not told to customers (planting.py),
one in everything of another customer. Every way out is produced for the first customer: each mail
by its occasion, each answer to what its contact may ask or do (from the table of routes: pages,
feeds, files, endpoints), each event that its webhooks may have, each that channels tell. What comes
out is unpacked and searched. A way out that this test does not know fails it: a new occasion,
another place that queues mails or speaks to other machines, an event that cannot be told here.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.architecture.leaks import excerpts, finds
from tests.architecture.planting import Planted, plant
from tests.architecture.route_table import rows
from tests.personas import CONTACT, MAKER, Personas

import opale
from opale.customers.models import Contact
from opale.delivery.orders.actions.cancellations import request_cancellation
from opale.delivery.orders.actions.orders import NewOrder, create_order
from opale.delivery.orders.models import Order
from opale.delivery.orders.tests.builders import cabinet
from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.messaging.actions.channels import create_channel
from opale.messaging.actions.outgoing import build_message
from opale.messaging.models import ChannelMessage, OutgoingMail
from opale.run.desk.actions import (
    answers,
    assignments,
    attachments,
    channel_rules,
    digests,
    drafts,
    links,
    messages,
    notices,
    ticket_creation,
    ticket_metadata,
    time_entries,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.drafts import DraftInput
from opale.run.desk.actions.outgoing_mail import TicketMail, queue_ticket_mail
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.domain.mail_occasions import OCCASIONS_BY_NAME
from opale.run.desk.facts import (
    CommitmentBreached,
    ServiceRestored,
    TicketReceived,
    TicketReopened,
)
from opale.run.desk.models import (
    Assignment,
    ChannelRule,
    Commitment,
    Message,
    Source,
    Ticket,
    TicketLink,
    Watcher,
)
from opale.webhooks import ports
from opale.webhooks.queries import events_for

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.xdist_group("canary"),
]

INTERNAL, FOREIGN = "kanariinternevogel", "kanarifremdevogel"
SAID = "motdite"
"""What was said to the customer: it does leave, so what is searched is what was meant."""
QUEUES_MAILS = {
    "notifications/actions/delivery.py",
    "run/desk/actions/outgoing_mail.py",
    "run/events/actions/silence_reminders.py",
    "run/paging/actions/delivery.py",
    "run/paging/actions/dispatch.py",
    "run/paging/actions/slip_notices.py",
    "scheduled_reports/actions/sending.py",
}
"""The only places that put a mail into the outbox, beside messaging itself. All but the desk's
write to people of the house alone: who is notified, the author of a silence, who is paged, who
plans shifts.
"""
TELLS_CHANNELS = {"run/desk/actions/channel_rules.py"}
"""The only places that write to channels, beside messaging itself."""
SPEAKS = {"anymail", "apprise", "ftplib", "http.client", "httpx", "imaplib", "pywebpush"} | {
    *("opale.kernel.http_client", "requests", "smtplib", "urllib.request", "urllib3", "websockets")
}
SPEAKS_OUTWARD = {
    "kernel/http_client.py": "how others speak by HTTP",
    "messaging/actions/outgoing.py": "mail",
    "messaging/domain/channel_delivery.py": "channels, pages of who is on call",
    "messaging/listeners/oauth.py": "tokens for mailboxes: no words of ours",
    "messaging/queries/provider_events.py": "hears a provider of mail, and says nothing",
    "messaging/actions/provider_backend.py": "mail",
    "messaging/actions/smtp_backend.py": "mail",
    "run/shifts/actions/absence_calendars.py": "fetches calendars, and says nothing",
    "webhooks/domain/http_post.py": "events",
}
"""The only modules that speak to other machines, and the way out that each of them is."""
EMPTY = {
    *("AlertNote", "Breaker", "CapacityPool", "CarrierPromise", "ChangeNotice", "DesignPlace"),
    *("Event", "FirstView", "Gateway", "ItemActivity", "KeptAnswer", "Line", "Notice", "Refusal"),
    *("RelatedIdentity", "Reservation.approval_reason", "ReservationLine.unit", "RuleTrial"),
    *("UnreadableDelivery", "WordCount"),
}
"""Tables and fields of which nothing stands in the house of the routes: nothing that a contact may
ask for reads them. Whoever adds one makes a row of it there, or knows that of it too."""
HOUSE_LINKS = {
    "/paging/answer/<str:token>/",
    "/scheduled-reports/unsubscribe/<str:token>/",
    "/shifts/calendars/<str:secret>.ics",
    "/wall/<str:key>/",
}
"""Links of colleagues that carry their own key: whoever has one is let in."""
FOREIGN_LINKS = {"/hear/<str:token>/", "/unfollow/<str:token>/"}
"""Links that the contact of the other customer has."""


@dataclass
class Tried:
    house: House
    ticket: Ticket
    planted: Planted

    @property
    def personas(self) -> Personas:
        return self.house.personas


@pytest.fixture(scope="module")
def tried(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tried]:
    with django_db_blocker.unblock(), standing() as house:
        ticket = _plant(house)
        planted = plant(INTERNAL, FOREIGN, house.personas.other_customer.pk)
        ticket.refresh_from_db()
        yield Tried(house, ticket, planted)


def _plant(house: House) -> Ticket:
    """The two words, in everything that is internal and in all of the other customer."""
    personas = house.personas
    agent, engineer = personas.actor("desk_agent"), personas.actor("run_engineer")
    ticket = Ticket.objects.get(number=int(str(house.things["number"])))
    _plant_internal(ticket, personas, agent, engineer)
    with attributed(MAKER):
        other = personas.other_contact
        Contact.objects.create(
            customer=personas.other_customer,
            name=FOREIGN,
            email=f"x@{FOREIGN}.example",
            language="en",
        )
    new = NewTicket(
        subject=FOREIGN,
        source=Source.MAIL,
        customer=personas.other_customer,
        contact=other,
        body=FOREIGN,
    )
    foreign = ticket_creation.receive_ticket(new, by=MAKER)
    messages.write_to_customer(foreign, FOREIGN, by=MAKER)
    links.link_tickets(ticket, TicketLink.Kind.RELATED_TO, foreign, by=agent)
    return ticket


def _plant_internal(ticket: Ticket, personas: Personas, agent: Any, engineer: Any) -> None:
    inside = BytesIO()
    with ZipFile(inside, "w") as archive:
        archive.writestr(f"{INTERNAL}.txt", INTERNAL)
    messages.write_note(ticket, INTERNAL, by=agent)
    kept = attachments.attach_file(ticket, f"{INTERNAL}.txt", [INTERNAL.encode()], by=agent)
    zipped = attachments.attach_file(ticket, f"{INTERNAL}.zip", [inside.getvalue()], by=agent)
    messages.write_note(ticket, INTERNAL, by=agent, attachments=[kept.pk, zipped.pk])
    attachments.attach_file(ticket, f"{INTERNAL}2.txt", [INTERNAL.encode()], by=agent)
    team = personas.teams["core_engineer"]
    assignments.request_work(ticket, WorkRequest(team=team, note=INTERNAL), by=agent)
    now = clock.now()
    time_entries.log_time(ticket, now - timedelta(hours=1), now, by=agent, note=INTERNAL)
    for kind in ("internal", "public"):
        begun = DraftInput(kind=kind, device="desk", sitting=INTERNAL, body=INTERNAL)
        drafts.save_draft(ticket, begun, by=agent)
    answers.answer_customer(ticket, INTERNAL, by=engineer)
    ticket_metadata.add_reference(ticket, INTERNAL, INTERNAL, by=agent)


def test_every_text_that_is_not_told_has_the_word(tried: Tried) -> None:
    planted = tried.planted
    assert planted.refused == {}, "what is a code or told is named in planting.py"
    assert sorted(planted.empty - EMPTY) == [], "make a row of it in the house of the routes"
    assert {"Assignment.note", "Team.purpose", "Mailbox.secret", "Ticket.tags"} <= planted.fields


# What is searched with


@pytest.mark.parametrize("word", [INTERNAL])
def test_the_search_finds_the_word_however_it_is_packed(word: str) -> None:
    letter = EmailMessage()
    letter["Subject"] = "é"
    letter.set_content("Rien")
    inside = BytesIO()
    with ZipFile(inside, "w") as archive:
        archive.writestr("a.txt", word)
    letter.add_attachment(inside.getvalue(), "application", "zip", filename="a.zip")
    assert finds(letter.as_bytes(), word)
    assert not finds(letter.as_bytes(), FOREIGN)
    header = EmailMessage()
    header["Subject"] = f"é {word}"
    assert finds(header.as_bytes(), word)
    assert finds(json.dumps({"a": word}).replace("k", "\\u006b").encode(), word)
    assert finds(word.encode("utf-16"), word)


# Mails


def _replied(tried: Tried) -> None:
    messages.write_to_customer(tried.ticket, SAID, by=tried.personas.actor("desk_agent"))


def _posted(occasion: str) -> Callable[[Tried], None]:
    """The mail of an occasion as its action posts it: with the words that it hands over."""

    def post(tried: Tried) -> None:
        own = {variable.name: SAID for variable in OCCASIONS_BY_NAME[occasion].own}
        to = [tried.personas.contact.email]
        letter = TicketMail(occasion=occasion, to=to, language="en", agent="Desk", own=own)
        queue_ticket_mail(tried.ticket, letter, "canary", by=MAKER)

    return post


def _asked_a_supplier(tried: Tried) -> None:
    """Its own words go to the supplier, and nothing of the notes does."""
    with attributed(MAKER):
        supplier = Supplier.objects.create(
            name="Carrier", kind="carrier", email="noc@carrier.example", language="en"
        )
    ask = WorkRequest(supplier=supplier, note=SAID, by_mail=True)
    assignments.request_work(tried.ticket, ask, by=tried.personas.actor("desk_agent"))


def _restored(tried: Tried) -> None:
    """As the notice is written: to the contact who chose it."""
    ticket, at = tried.ticket, clock.now()
    notices.set_notice_choices(tried.personas.customer, {"restored": True}, by=MAKER)
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(restored_at=at)
    notices.notify_restored(ServiceRestored(ticket_id=ticket.pk, at=at), MAKER)


MAILS: Mapping[str, Callable[[Tried], None]] = {
    "reply": _replied,
    "acknowledgement": _posted("acknowledgement"),
    "recorded": _posted("recorded"),
    "refusal": _posted("refusal"),
    "approval": _posted("approval"),
    "supplier": _asked_a_supplier,
    "restored": _restored,
    "resolved": _posted("resolved"),
    "closed": _posted("closed"),
    "update_due": _posted("update_due"),
}
"""How the mail of each occasion comes to be."""


def test_every_occasion_has_its_mail_here() -> None:
    assert set(MAILS) == set(OCCASIONS_BY_NAME)


def test_every_event_of_channels_is_told_here() -> None:
    assert set(CHANNELS) == set(ChannelRule.Event)


def test_mails_are_queued_where_this_test_knows_it() -> None:
    written = {"queue_mail", "EmailMessage", "EmailMultiAlternatives", "send_mass_mail"}
    assert _callers_of(written) == QUEUES_MAILS
    assert _callers_of({"queue_channel_message"}) == TELLS_CHANNELS


def test_what_speaks_to_other_machines_is_known_here() -> None:
    assert _importers_of(SPEAKS) == set(SPEAKS_OUTWARD)


@cache
def _sources() -> Mapping[str, ast.Module]:
    """Every module of the product, by its place, read once."""
    root = Path(opale.__file__).parent
    files = (file for file in root.rglob("*.py") if "tests" not in file.parts)
    return {
        file.relative_to(root).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
        if "migrations" not in file.parts and not file.is_relative_to(root / "cli")
    }


def _importers_of(wanted: set[str]) -> set[str]:
    found = set()
    for place, tree in _sources().items():
        names = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _imported(node)
        }
        if any(name == one or name.startswith(f"{one}.") for name in names for one in wanted):
            found.add(place)
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names] if not node.level else []


def _callers_of(wanted: set[str]) -> set[str]:
    found = set()
    for place, tree in _sources().items():
        names = {
            getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        if names & wanted and not place.startswith("messaging/"):
            found.add(place)
    return found


@pytest.mark.parametrize("occasion", MAILS)
def test_no_mail_says_what_is_internal(tried: Tried, occasion: str) -> None:
    newest = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    MAILS[occasion](tried)
    sent = list(OutgoingMail.objects.filter(pk__gt=newest))
    assert sent
    for one in sent:
        raw = build_message(one).message().as_bytes()
        assert finds(raw, tried.ticket.reference)
        assert excerpts(raw, INTERNAL) == []
        assert excerpts(raw, FOREIGN) == []


def test_no_digest_to_a_contact_says_what_is_internal(
    tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opale.run.desk.actions.digests.SETTLED", timedelta(0))
    contact = tried.personas.contact
    with transaction.atomic():
        ticket_metadata.add_watcher(tried.ticket, by=MAKER, contact=contact)
        digests.set_digest_pace(contact, by=MAKER, pace="hourly")
        Watcher.objects.update(told_at=clock.now() - timedelta(days=1))
        _replied(tried)
        newest = OutgoingMail.objects.latest("pk").pk
        assert digests.send_digests()
        sent = OutgoingMail.objects.get(pk__gt=newest, to=[contact.email])
        raw = build_message(sent).message().as_bytes()
        assert finds(raw, SAID)
        assert excerpts(raw, INTERNAL) == []
        assert excerpts(raw, FOREIGN) == []
        transaction.set_rollback(True)


def test_a_mail_that_said_it_is_noticed(tried: Tried) -> None:
    agent = tried.personas.actor("desk_agent")
    with transaction.atomic():
        kept = attachments.attach_file(tried.ticket, "plan.txt", [INTERNAL.encode()], by=agent)
        messages.write_to_customer(tried.ticket, "Voir", by=agent, attachments=[kept.pk])
        sent = OutgoingMail.objects.latest("pk")
        assert finds(build_message(sent).message().as_bytes(), INTERNAL)
        transaction.set_rollback(True)


# Channels


def _due_soon(ticket: Ticket) -> None:
    with attributed(MAKER):
        promise = Commitment.objects.filter(ticket=ticket, measure="restore")
        assert promise.update(due_at=clock.now() + timedelta(minutes=5), met_at=None)
    channel_rules.notify_due_soon()


def _breached(ticket: Ticket) -> None:
    breach = CommitmentBreached(ticket_id=ticket.pk, measure="restore", due_at=clock.now())
    channel_rules.notify_breached(breach, MAKER)


CHANNELS: Mapping[ChannelRule.Event, Callable[[Ticket], None]] = {
    ChannelRule.Event.OPENED: lambda ticket: channel_rules.notify_received(
        TicketReceived(ticket_id=ticket.pk, at=clock.now()), MAKER
    ),
    ChannelRule.Event.REOPENED: lambda ticket: channel_rules.notify_reopened(
        TicketReopened(ticket_id=ticket.pk, at=clock.now()), MAKER
    ),
    ChannelRule.Event.BREACHED: _breached,
    ChannelRule.Event.BREACHED_SOON: _due_soon,
}
"""How channels hear of each event."""


@pytest.mark.parametrize("event", ChannelRule.Event)
def test_no_channel_says_what_is_internal(tried: Tried, event: ChannelRule.Event) -> None:
    """Rules tell of every customer's tickets to colleagues: of this one, what is not internal."""
    with transaction.atomic():
        channel = create_channel(by=MAKER, name="Canary", address="json://a.example/x")
        team = tried.personas.teams["desk_agent"]
        channel_rules.create_channel_rule(channel, by=MAKER, team=team, events=[event])
        CHANNELS[event](tried.ticket)
        of_it = f"desk.ticket:{tried.ticket.pk}"
        (told,) = ChannelMessage.objects.filter(channel=channel, origin=of_it)
        raw = f"{told.title}\n{told.body}".encode()
        assert finds(raw, tried.ticket.reference)
        assert excerpts(raw, INTERNAL) == []
        assert excerpts(raw, FOREIGN) == []
        transaction.set_rollback(True)


# Pages, feeds, files and endpoints


OF_CODE = {"/api/v1/openapi.json", "/ui/gallery/"}
"""What is written from the code alone."""
OPEN = [
    row
    for row in rows().values()
    if row.expected[CONTACT] in (200, 201, 202, 422) and row.url not in HOUSE_LINKS | OF_CODE
]
"""Whatever a contact may ask or do: what is done tells what became of it."""


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row.name)
def test_no_answer_to_a_contact_says_what_is_internal(tried: Tried, row: Any) -> None:
    answer = tried.house.ask(CONTACT, row)
    raw = (
        b"".join(answer)
        if getattr(answer, "streaming", False) and not getattr(answer, "is_async", False)
        else getattr(answer, "content", b"")
    )
    raw += "\n".join(f"{name}: {value}" for name, value in answer.items()).encode()
    assert answer.status_code == row.expected[CONTACT]
    assert excerpts(raw, INTERNAL) == []
    assert row.url in FOREIGN_LINKS or excerpts(raw, FOREIGN) == []


def test_the_words_do_stand_where_the_desk_reads_them(tried: Tried) -> None:
    agent = tried.house.clients["desk_agent"]
    page = agent.get(f"/tickets/{tried.ticket.number}/timeline/").content
    assert finds(page, INTERNAL)
    assert Message.objects.filter(body__startswith=FOREIGN).exists()
    assert Assignment.objects.filter(ticket=tried.ticket, note__startswith=INTERNAL).exists()


# Webhooks

LEVELS = ("product", "service")
LATER = "2040-01-01T00:00:00Z"


def _orders(personas: Personas, level: str) -> tuple[Order, Order]:
    """One of the contact's customer, and one of the other."""
    new = NewOrder(level=level, customer=personas.customer, lines=(cabinet(),))
    other = replace(new, customer=personas.other_customer, description=FOREIGN)
    own, foreign = create_order(new, by=MAKER), create_order(other, by=MAKER)
    request_cancellation(own, by=MAKER, wanted_text=LATER)
    request_cancellation(foreign, by=MAKER, wanted_text=LATER, reason=FOREIGN)
    return own, foreign


def _named(one: Ticket | Order) -> dict[str, Any]:
    named = {"order_id": one.pk, "number": one.number, "customer_id": one.customer_id}
    if isinstance(one, Order):
        named["cancellation_id"] = one.cancellations.get().pk
    return named


def test_no_event_of_a_contact_says_what_is_internal(tried: Tried) -> None:
    contact = tried.personas.actor(CONTACT)
    asked = events_for(contact)
    assert asked
    ticket, orders = tried.ticket, {level: _orders(tried.personas, level) for level in LEVELS}
    for event in asked:
        level = next((one for one in LEVELS if f"{one}order" in event.name.lower()), "")
        own, foreign = orders.get(level, (ticket, ticket))
        fact = SimpleNamespace(
            ticket_id=ticket.pk,
            ticket_ids=list(Ticket.objects.values_list("pk", flat=True)),
            measure="restore",
            due_at=clock.now(),
            level=level,
            at=clock.now(),
            **_named(own),
        )
        told = list(event.tell(fact, contact))
        assert told, event.name
        raw = json.dumps([one.data for one in told], cls=DjangoJSONEncoder).encode()
        assert finds(raw, str(own.number))
        assert excerpts(raw, INTERNAL) == []
        assert excerpts(raw, FOREIGN) == []
        if level:
            vars(fact).update(_named(foreign))
            assert not list(event.tell(fact, contact)), event.name
    assert {event.name for event in asked} <= {event.name for event in ports.events()}
