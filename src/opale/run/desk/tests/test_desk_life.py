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
from opale.run.desk import actions, queries
from opale.run.desk.actions import Findings, NewTicket
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
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
    minutes_ago,
)
from opale.run.desk.timeline import timeline


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
    actions.qualify_ticket(ticket, Kind.INCIDENT, by=by)
    assert (fresh(ticket).number, fresh(ticket).kind) == (ticket.number, "incident")
    assert promise(ticket, "restore").due_at == ticket.received_at + timedelta(hours=4)
    actions.qualify_ticket(ticket, Kind.REQUEST, by=by)
    assert not Commitment.objects.filter(ticket=ticket, measure="restore").exists()
    kinds = Classification.objects.filter(ticket=ticket).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["request", "incident", "request"]


def test_the_first_take_meets_the_time_to_intervene(house: House) -> None:
    ticket = make_ticket(house, at=minutes_ago(10))
    assert promise(ticket, "acknowledge").met_at is None
    actions.take_ticket(ticket, by=agent_of(house.agent))
    first = promise(ticket, "acknowledge").met_at
    actions.take_ticket(ticket, by=agent_of(house.other), seen_owner_id=house.agent.pk)
    assert first is not None
    assert promise(ticket, "acknowledge").met_at == first


def test_a_pause_survives_a_change_of_priority(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    actions.take_ticket(ticket, by=by)
    actions.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
    assert promise(ticket, "restore").due_at is None
    found = Findings.of(fresh(ticket))
    with clock.travel(timedelta(hours=2)):
        actions.classify_ticket(
            ticket,
            Findings(
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
        actions.resume_ticket(ticket, by=by)
    pause = Pause.objects.get(ticket=ticket)
    assert pause.ends is not None
    assert promise(ticket, "restore").due_at == (
        ticket.received_at + timedelta(hours=8) + (pause.ends - pause.starts)
    )


def test_restoration_stops_the_restore_clock_at_its_trade_time(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(120)), agent_of(house.agent)
    at = minutes_ago(30)
    actions.restore_service(ticket, by=by, at=at)
    assert (promise(ticket, "restore").met_at, fresh(ticket).state) == (at, "new")
    actions.withdraw_restoration(ticket, by=by)
    assert promise(ticket, "restore").met_at is None


@pytest.mark.parametrize("minutes", [-10, 200])
def test_a_restoration_before_receipt_or_in_the_future_is_refused(
    house: House, minutes: float
) -> None:
    ticket = make_ticket(house, at=minutes_ago(120))
    with pytest.raises(Invalid):
        actions.restore_service(ticket, by=agent_of(house.agent), at=minutes_ago(minutes))


def test_a_broken_promise_is_latched_and_announced_once(house: House) -> None:
    ticket = make_ticket(house)
    with clock.travel(timedelta(hours=5)):
        assert actions.latch_breaches() == 3  # triage, GTI and GTR
        assert actions.latch_breaches() == 0
        actions.restore_service(
            ticket, by=agent_of(house.agent), at=ticket.received_at + timedelta(hours=1)
        )
    row = promise(ticket, "restore")
    assert row.breached_at == ticket.received_at + timedelta(hours=4)
    assert Fact.objects.filter(name="desk.CommitmentBreached").count() == 3


def test_resolve_close_reopen_and_the_moves_that_are_refused(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    with pytest.raises(IllegalMove):
        actions.close_ticket(ticket, by=by)
    actions.resolve_ticket(ticket, by=by, cause="Coupure de fibre")
    assert fresh(ticket).restored_at is not None
    with pytest.raises(IllegalMove):
        actions.resolve_ticket(ticket, by=by)
    actions.close_ticket(ticket, by=by)
    actions.reopen_ticket(ticket, by=by)
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
    actions.resolve_ticket(two, by=by)
    with pytest.raises(IllegalMove) as refusal:
        actions.resolve_tickets(Ticket.objects.filter(pk__in=[one.pk, two.pk]), by=by)
    assert refusal.value.refused == {two.pk: "resolved"}
    assert fresh(one).state == "new"


def test_a_reply_is_queued_in_the_customers_language_with_the_message(house: House) -> None:
    ticket = make_ticket(house)
    actions.write_to_customer(ticket, "Nous cherchons.", by=agent_of(house.agent))
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language, mail.state) == (["ana@acme.example"], "fr", "queued")
    assert mail.subject == f"[{ticket.reference}] Lien Rennes - Lille coupé"
    assert "Centre de services" in mail.body
    assert ProcrastinateJob.objects.filter(task_name="messaging.send_mail").count() == 1
    assert fresh(ticket).customer_told_at is not None
    actions.write_to_customer(ticket, "Trouvé.", by=agent_of(house.agent))
    second = OutgoingMail.objects.latest("id")
    assert second.headers["In-Reply-To"] == mail.message_id


def test_an_empty_reply_or_one_to_nobody_is_refused_and_queues_nothing(house: House) -> None:
    by = agent_of(house.agent)
    with pytest.raises(Invalid):
        actions.write_to_customer(make_ticket(house), "  ", by=by)
    unknown = actions.receive_ticket(
        NewTicket(subject="Qui ?", source=Source.PHONE), by=system("test")
    )
    with pytest.raises(Invalid):
        actions.write_to_customer(unknown, "Bonjour", by=by)
    assert not OutgoingMail.objects.exists()


def test_a_note_is_internal_and_never_mailed(house: House) -> None:
    ticket = make_ticket(house)
    note = actions.write_note(ticket, "Le transporteur ment.", by=agent_of(house.agent))
    assert note.visibility == Message.Visibility.INTERNAL
    assert not OutgoingMail.objects.exists()
    reader = Actor("contact", "c", "c", {"desk.read": EVERYTHING})
    assert note not in queries.messages_of(ticket, seen_by=reader)
    story, _older = timeline(ticket, internal=False)
    assert [entry.row.body for entry in story] == ["Bonjour, le lien ne répond plus."]


def test_a_contact_of_another_customer_is_refused(house: House) -> None:
    other = make_customer(house.calendar, "BETA", "Beta")
    with pytest.raises(Invalid):
        actions.receive_ticket(
            NewTicket(subject="x", source=Source.PHONE, customer=other, contact=house.contact),
            by=system("test"),
        )


def test_a_foreign_customer_finds_nothing(house: House) -> None:
    ticket = make_ticket(house)
    stranger = Actor("contact", "c", "c", {"desk.read": EVERYTHING.__class__()})
    with pytest.raises(NotFound):
        queries.get_ticket(ticket.number, seen_by=stranger)


def test_the_triage_queue_shows_what_nobody_has_looked_at_the_most_urgent_first(
    house: House,
) -> None:
    low = actions.receive_ticket(
        NewTicket(subject="Question", source=Source.MAIL, customer=house.customer),
        by=system("test"),
    )
    high, taken, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    actions.take_ticket(taken, by=by)
    now = datetime.now(UTC)
    triage = queries.in_order(queries.tickets_in("triage", seen_by=by, at=now), now)
    assert list(triage.sorted()) == [high, low]
    assert list(queries.tickets_in("mine", seen_by=by, at=now)) == [taken]
    assert queries.counts(seen_by=by, at=now)["triage"] == 2


def test_the_priority_says_why(house: House) -> None:
    ticket = make_ticket(house)
    assert ticket.priority == 1
    assert Contact.objects.get(pk=house.contact.pk).customer == ticket.customer


def test_the_whole_life_is_told_in_order(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    actions.take_ticket(ticket, by=by)
    actions.write_to_customer(ticket, "Nous cherchons.", by=by)
    actions.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, reason="Orange")
    actions.resume_ticket(ticket, by=by)
    actions.resolve_ticket(ticket, by=by)
    story, older = timeline(ticket)
    assert not older
    assert [e.at for e in story] == sorted(e.at for e in story)
    moves = [e.row.move for e in story if e.kind == "move"]
    assert moves == ["take", "hold", "resume", "resolve"]
    assert {e.actor for e in story if e.kind == "move"} == {"Léa Morel"}


def test_the_owner_is_told_of_a_mail_that_reached_nobody_or_not_all(house: House) -> None:
    ticket = make_ticket(house)
    message = actions.write_to_customer(ticket, "Bonjour", by=agent_of(house.agent))
    mail = OutgoingMail.objects.get(message=message)
    by = system("desk.note_failed_mail")
    actions.note_failed_mail(MailFailed(mail_id=mail.pk, origin=mail.origin, error="550"), by)
    refused = ("ana@acme.example",)
    actions.note_refused_addresses(
        MailSent(mail_id=mail.pk, origin=mail.origin, refused=refused), by
    )
    actions.note_refused_addresses(MailSent(mail_id=mail.pk, origin=mail.origin), by)
    notes = Message.objects.filter(ticket=ticket, visibility=Message.Visibility.INTERNAL)
    first, second = notes.order_by("id").values_list("body", flat=True)
    assert "550" in first
    assert "ana@acme.example" in second


def test_the_story_asks_only_for_the_records_that_a_ticket_has(house: House) -> None:
    by = agent_of(house.agent)
    plain, paused = make_ticket(house), make_ticket(house)
    for ticket in (plain, paused):
        actions.take_ticket(ticket, by=by)
    actions.pause_ticket(paused, Pause.Kind.SUPPLIER, by=by, reason="Orange")
    with CaptureQueriesContext(connection) as of_plain:
        timeline(plain)
    with CaptureQueriesContext(connection) as of_paused:
        story, _older = timeline(paused)
    assert "pause" in {entry.kind for entry in story}
    assert len(of_paused) == len(of_plain) + 1
