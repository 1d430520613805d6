"""The life of a ticket, what is said on it, and the promises that follow it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.errors import IllegalMove, Invalid, NotFound
from opale.kernel.models import Fact
from opale.messaging.facts import MailFailed, MailSent
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    classifications,
    commitments,
    lifecycle,
    messages,
    ownership,
    pauses,
    ticket_creation,
)
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import (
    Classification,
    Commitment,
    Grade,
    Kind,
    Message,
    Pause,
    Source,
    Ticket,
)
from opale.run.desk.queries import queue_order, ticket_lists, tickets
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
    minutes_ago,
)


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def promise(ticket: Ticket, measure: str) -> Commitment:
    return Commitment.objects.get(ticket=ticket, measure=measure)


def test_a_ticket_keeps_its_number_when_a_request_is_qualified_as_an_incident(
    house: House,
) -> None:
    ticket, by = make_ticket(house, kind=Kind.REQUEST), agent_of(house.agent)
    assert not Commitment.objects.filter(ticket=ticket, measure="restore").exists()
    classifications.qualify_ticket(ticket, Kind.INCIDENT, by=by)
    assert (fresh(ticket).number, fresh(ticket).kind) == (ticket.number, "incident")
    assert promise(ticket, "restore").due_at == ticket.received_at + timedelta(hours=4)
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=by)
    assert not Commitment.objects.filter(ticket=ticket, measure="restore").exists()
    kinds = Classification.objects.filter(ticket=ticket).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["request", "incident", "request"]


def test_the_first_take_meets_the_time_to_intervene(house: House) -> None:
    ticket = make_ticket(house, at=minutes_ago(10))
    assert promise(ticket, "acknowledge").met_at is None
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    first = promise(ticket, "acknowledge").met_at
    ownership.take_ticket(ticket, by=agent_of(house.other), seen_owner_id=house.agent.pk)
    assert first is not None
    assert promise(ticket, "acknowledge").met_at == first


def test_a_pause_survives_a_change_of_priority(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    assert promise(ticket, "restore").due_at is None
    found = ClassificationInput.of(fresh(ticket))
    with clock.travel(timedelta(hours=2)):
        classifications.classify_ticket(
            ticket,
            ClassificationInput(
                kind=found.kind,
                impact=Grade.MEDIUM,
                urgency=Grade.HIGH,
                customer=found.customer,
                contact=found.contact,
                service=found.service,
            ),
            by=by,
        )
        assert promise(ticket, "restore").due_at is None
        pauses.resume_ticket(ticket, by=by)
    pause = Pause.objects.get(ticket=ticket)
    assert pause.ends is not None
    assert promise(ticket, "restore").due_at == (
        ticket.received_at + timedelta(hours=8) + (pause.ends - pause.starts)
    )


def test_restoration_stops_the_restore_clock_at_its_trade_time(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(120)), agent_of(house.agent)
    at = minutes_ago(30)
    lifecycle.restore_service(ticket, by=by, at=at)
    assert (promise(ticket, "restore").met_at, fresh(ticket).state) == (at, "new")
    lifecycle.withdraw_restoration(ticket, by=by)
    assert promise(ticket, "restore").met_at is None


@pytest.mark.parametrize("minutes", [-10, 200])
def test_a_restoration_before_receipt_or_in_the_future_is_refused(
    house: House, minutes: float
) -> None:
    ticket = make_ticket(house, at=minutes_ago(120))
    with pytest.raises(Invalid):
        lifecycle.restore_service(ticket, by=agent_of(house.agent), at=minutes_ago(minutes))


def test_a_broken_promise_is_latched_and_announced_once(house: House) -> None:
    ticket = make_ticket(house)
    with clock.travel(timedelta(hours=5)):
        assert commitments.mark_breaches() == 3  # triage, GTI and GTR
        assert commitments.mark_breaches() == 0
        lifecycle.restore_service(
            ticket, by=agent_of(house.agent), at=ticket.received_at + timedelta(hours=1)
        )
    row = promise(ticket, "restore")
    assert row.breached_at == ticket.received_at + timedelta(hours=4)
    assert Fact.objects.filter(name="desk.CommitmentBreached").count() == 3


def test_resolve_close_reopen_and_the_moves_that_are_refused(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    with pytest.raises(IllegalMove):
        lifecycle.close_ticket(ticket, by=by)
    lifecycle.resolve_ticket(ticket, by=by, cause="Coupure de fibre")
    assert fresh(ticket).restored_at is not None
    with pytest.raises(IllegalMove):
        lifecycle.resolve_ticket(ticket, by=by)
    lifecycle.close_ticket(ticket, by=by)
    lifecycle.reopen_ticket(ticket, by=by)
    again = fresh(ticket)
    assert (again.state, again.resolved_at, again.closed_at, again.restored_at) == (
        "in_progress",
        None,
        None,
        None,
    )
    assert again.cause == "Coupure de fibre"


def test_many_are_resolved_or_none(house: House) -> None:
    one, two, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    lifecycle.resolve_ticket(two, by=by)
    with pytest.raises(IllegalMove) as refusal:
        lifecycle.resolve_tickets(Ticket.objects.filter(pk__in=[one.pk, two.pk]), by=by)
    assert refusal.value.refused == {two.pk: "resolved"}
    assert fresh(one).state == "new"


def test_a_reply_is_queued_in_the_customers_language_with_the_message(house: House) -> None:
    ticket = make_ticket(house)
    messages.write_to_customer(ticket, "Nous cherchons.", by=agent_of(house.agent))
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language, mail.state) == (["ana@acme.example"], "fr", "queued")
    assert mail.subject == f"[{ticket.reference}] Lien Rennes - Lille coupé"
    assert "Centre de services" in mail.body
    assert ProcrastinateJob.objects.filter(task_name="messaging.send_mail").count() == 1
    assert fresh(ticket).customer_told_at is not None
    messages.write_to_customer(ticket, "Trouvé.", by=agent_of(house.agent))
    second = OutgoingMail.objects.latest("id")
    assert second.headers["In-Reply-To"] == mail.message_id


def test_an_empty_reply_or_one_to_nobody_is_refused_and_queues_nothing(house: House) -> None:
    by = agent_of(house.agent)
    with pytest.raises(Invalid):
        messages.write_to_customer(make_ticket(house), "  ", by=by)
    unknown = ticket_creation.receive_ticket(
        NewTicket(subject="Qui ?", source=Source.PHONE), by=system("test")
    )
    with pytest.raises(Invalid):
        messages.write_to_customer(unknown, "Bonjour", by=by)
    assert not OutgoingMail.objects.exists()


def test_a_note_is_internal_and_never_mailed(house: House) -> None:
    ticket = make_ticket(house)
    note = messages.write_note(ticket, "Le transporteur ment.", by=agent_of(house.agent))
    assert note.visibility == Message.Visibility.INTERNAL
    assert not OutgoingMail.objects.exists()
    reader = Actor("contact", "c", "c", {"desk.read": EVERYTHING})
    assert note not in tickets.messages_of(ticket, seen_by=reader)
    story, _older = ticket_timeline(ticket, internal=False)
    assert [entry.row.body for entry in story] == ["Bonjour, le lien ne répond plus."]


def test_a_contact_of_another_customer_is_refused(house: House) -> None:
    other = make_customer(house.calendar, "BETA", "Beta")
    with pytest.raises(Invalid):
        ticket_creation.receive_ticket(
            NewTicket(subject="x", source=Source.PHONE, customer=other, contact=house.contact),
            by=system("test"),
        )


def test_a_foreign_customer_finds_nothing(house: House) -> None:
    ticket = make_ticket(house)
    stranger = Actor("contact", "c", "c", {"desk.read": EVERYTHING.__class__()})
    with pytest.raises(NotFound):
        tickets.get_ticket(ticket.number, seen_by=stranger)


def test_the_triage_queue_shows_what_nobody_has_looked_at_the_most_urgent_first(
    house: House,
) -> None:
    low = ticket_creation.receive_ticket(
        NewTicket(subject="Question", source=Source.MAIL, customer=house.customer),
        by=system("test"),
    )
    high, taken, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(taken, by=by)
    now = datetime.now(UTC)
    triage = queue_order.in_order(ticket_lists.tickets_in("triage", seen_by=by, at=now), now)
    assert list(triage.sorted()) == [high, low]
    assert list(ticket_lists.tickets_in("mine", seen_by=by, at=now)) == [taken]
    assert ticket_lists.counts(seen_by=by, at=now)["triage"] == 2


def test_the_priority_says_why(house: House) -> None:
    ticket = make_ticket(house)
    assert ticket.priority == 1
    assert Contact.objects.get(pk=house.contact.pk).customer == ticket.customer


def test_the_whole_life_is_told_in_order(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    messages.write_to_customer(ticket, "Nous cherchons.", by=by)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, reason="Orange", confirmed=True)
    pauses.resume_ticket(ticket, by=by)
    lifecycle.resolve_ticket(ticket, by=by)
    story, older = ticket_timeline(ticket)
    assert not older
    assert [e.at for e in story] == sorted(e.at for e in story)
    moves = [e.row.move for e in story if e.kind == "move"]
    assert moves == ["take", "hold", "resume", "resolve"]
    assert {e.actor for e in story if e.kind == "move"} == {"Léa Morel"}


def test_the_owner_is_told_of_a_mail_that_reached_nobody_or_not_all(house: House) -> None:
    ticket = make_ticket(house)
    message = messages.write_to_customer(ticket, "Bonjour", by=agent_of(house.agent))
    mail = OutgoingMail.objects.get(message=message)
    by = system("desk.note_failed_mail")
    messages.record_failed_mail(MailFailed(mail_id=mail.pk, origin=mail.origin, error="550"), by)
    refused = ("ana@acme.example",)
    messages.record_refused_addresses(
        MailSent(mail_id=mail.pk, origin=mail.origin, refused=refused), by
    )
    messages.record_refused_addresses(MailSent(mail_id=mail.pk, origin=mail.origin), by)
    notes = Message.objects.filter(ticket=ticket, visibility=Message.Visibility.INTERNAL)
    first, second = notes.order_by("id").values_list("body", flat=True)
    assert "550" in first
    assert "ana@acme.example" in second


def test_the_story_asks_only_for_the_records_that_a_ticket_has(house: House) -> None:
    by = agent_of(house.agent)
    plain, paused = make_ticket(house), make_ticket(house)
    for ticket in (plain, paused):
        ownership.take_ticket(ticket, by=by)
    pauses.pause_ticket(paused, Pause.Kind.SUPPLIER, by=by, reason="Orange", confirmed=True)
    with CaptureQueriesContext(connection) as of_plain:
        ticket_timeline(plain)
    with CaptureQueriesContext(connection) as of_paused:
        story, _older = ticket_timeline(paused)
    assert "pause" in {entry.kind for entry in story}
    assert len(of_paused) == len(of_plain) + 1
