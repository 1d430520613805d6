"""Ownership from the minute of receipt, held by the database. Source: docs/rules/ownership.md."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor, system
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed, NotFound
from opale.organisation.facts import PersonLeft
from opale.run.desk.actions import classifications, lifecycle, ownership
from opale.run.desk.models import FOREVER, Ownership, Ticket
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_house,
    make_ticket,
    minutes_ago,
    on_duty,
)


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def chain(ticket: Ticket) -> list[tuple[str, str]]:
    return [
        (link.person.name, link.reason)
        for link in Ownership.objects.filter(ticket=ticket).order_by("starts")
    ]


def test_a_ticket_received_on_an_empty_roster_is_owned_by_the_manager_of_the_desk(
    house: House,
) -> None:
    assert chain(make_ticket(house)) == [("Maud Leroy", "received_by_manager")]


def test_a_ticket_is_received_by_the_holder_of_triage(house: House) -> None:
    on_duty(house.agent, house.desk, "triage", minutes_ago(60))
    on_duty(house.other, house.desk, "lead", minutes_ago(60))
    assert chain(make_ticket(house)) == [("Léa Morel", "received")]


def test_without_triage_the_lead_who_is_about_to_begin_answers(house: House) -> None:
    on_duty(house.other, house.desk, "lead", minutes_ago(-20))
    assert chain(make_ticket(house)) == [("Karim Benali", "received_by_lead")]


def test_a_ticket_that_lay_somewhere_is_owned_from_its_receipt(house: House) -> None:
    received = minutes_ago(90)
    ticket = make_ticket(house, at=received)
    assert Ownership.objects.get(ticket=ticket).starts == received


def test_taking_a_ticket_moves_the_ownership_without_a_gap(house: House) -> None:
    ticket = make_ticket(house, at=minutes_ago(5))
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    first, second = Ownership.objects.filter(ticket=ticket).order_by("starts")
    assert (first.ends, second.ends) == (second.starts, FOREVER)
    assert second.previous_end == first.ends
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.state) == (house.agent, "in_progress")
    assert ticket.acknowledged_at is not None


def test_who_takes_what_another_took_meanwhile_is_told_so(house: House) -> None:
    ticket = make_ticket(house)
    seen = ticket.owner_id
    ownership.take_ticket(ticket, by=agent_of(house.agent), seen_owner_id=seen)
    with pytest.raises(Conflict, match="Léa Morel"):
        ownership.take_ticket(ticket, by=agent_of(house.other), seen_owner_id=seen)


def test_a_stranger_neither_sees_nor_takes_a_ticket(house: House) -> None:
    ticket = make_ticket(house)
    with pytest.raises(NotAllowed):
        ownership.take_ticket(ticket, by=ANONYMOUS)
    reader = Actor("person", "p", "p", {"desk.read": EVERYTHING}, person_id=house.agent.pk)
    with pytest.raises(NotAllowed):
        ownership.take_ticket(ticket, by=reader)
    elsewhere = Actor("person", "p", "p", {"desk.work": EVERYTHING}, person_id=house.agent.pk)
    with pytest.raises(NotFound):
        ownership.take_ticket(ticket, by=elsewhere)


def test_an_ended_ticket_is_not_taken(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    lifecycle.resolve_ticket(ticket, by=by)
    lifecycle.close_ticket(ticket, by=by)
    with pytest.raises(IllegalMove):
        ownership.take_ticket(ticket, by=by)


def test_a_reopened_ticket_goes_to_who_answers_when_its_owner_is_away(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    lifecycle.resolve_ticket(ticket, by=by)
    on_duty(house.other, house.desk, "triage", minutes_ago(60))
    lifecycle.reopen_ticket(ticket, by=by)
    ticket.refresh_from_db()
    assert ticket.owner == house.other


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", [True, False])
def test_of_two_agents_who_take_at_the_same_moment_one_owns_the_ticket(*, said: bool) -> None:
    house = make_house()
    ticket = make_ticket(house)
    seen, start = ticket.owner_id if said else None, threading.Barrier(2)
    outcomes: list[str] = []

    def take(actor: Actor) -> None:
        try:
            start.wait(5)
            ownership.take_ticket(ticket, by=actor, seen_owner_id=seen)
            outcomes.append("took")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=take, args=(agent_of(person),))
        for person in (house.agent, house.other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["told", "took"]
    assert Ownership.objects.filter(ticket=ticket).count() == 2


REFUSED = {
    "a second present owner": """
        INSERT INTO desk_ownership (ticket_id, person_id, starts, ends, previous_end, reason, actor,
            recorded_at) SELECT ticket_id, {other}, now() + interval '1 hour', '9999-12-31Z',
            now() + interval '1 hour', 'taken', 'x', now() FROM desk_ownership
            WHERE ticket_id = {ticket}""",
    "a gap": """
        UPDATE desk_ownership SET ends = now() WHERE ticket_id = {ticket};
        INSERT INTO desk_ownership (ticket_id, person_id, starts, ends, previous_end, reason, actor,
            recorded_at) VALUES ({ticket}, {other}, now() + interval '1 hour', '9999-12-31Z',
            now() + interval '1 hour', 'taken', 'x', now());
        UPDATE desk_ticket SET owner_id = {other} WHERE id = {ticket}""",
    "a second beginning": """
        UPDATE desk_ownership SET ends = now() WHERE ticket_id = {ticket};
        INSERT INTO desk_ownership (ticket_id, person_id, starts, ends, reason, actor, recorded_at)
            VALUES ({ticket}, {other}, now(), '9999-12-31Z', 'taken', 'x', now())""",
    "an end without successor": "UPDATE desk_ownership SET ends = now() WHERE ticket_id = {ticket}",
    "another person in the past": """
        UPDATE desk_ownership SET person_id = {other} WHERE ticket_id = {ticket}""",
    "a later beginning": """
        UPDATE desk_ownership SET starts = starts + interval '1 minute'
            WHERE ticket_id = {ticket}""",
    "a deleted link": "DELETE FROM desk_ownership WHERE ticket_id = {ticket}",
    "a deleted table": "TRUNCATE desk_ownership",
    "a ticket that names another owner": """
        UPDATE desk_ticket SET owner_id = {other} WHERE id = {ticket}""",
    "a later receipt": """
        UPDATE desk_ticket SET received_at = received_at + interval '1 minute'
            WHERE id = {ticket}""",
    "an end that is moved again": """
        UPDATE desk_ownership SET ends = ends + interval '1 minute'
            WHERE ticket_id = {ticket} AND previous_end IS NULL""",
}


def at_once(sql: str) -> None:
    """Run raw SQL as the application role, and what is checked at commit too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', '{\"actor\": \"raw\"}', true)"
        )
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses_the_application_role(house: House, what: str) -> None:
    ticket = make_ticket(house, at=minutes_ago(30))
    if what == "an end that is moved again":
        ownership.take_ticket(ticket, by=agent_of(house.agent))
    before = chain(ticket)
    sql = REFUSED[what].format(ticket=ticket.pk, other=house.other.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("opale_app",)
    with pytest.raises(DatabaseError):
        at_once(sql)
    assert chain(ticket) == before


def test_a_ticket_without_owner_cannot_be_inserted(house: House) -> None:
    sql = f"""
        INSERT INTO desk_ticket (number, kind, state, stream, source, subject, language, premium,
            impact, urgency, priority, owner_id, received_at, cause, updated_at)
        VALUES (1, 'request', 'new', '', 'api', 'x', 'fr', false, 3, 3, 4, {house.agent.pk}, now(),
            '', now())
    """
    with pytest.raises(DatabaseError, match="ownership begins"):
        at_once(sql)


def test_ownership_follows_the_ticket_to_another_customer_without_touching_the_chain(
    house: House,
) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    before = chain(ticket)
    found = classifications.ClassificationInput.of(Ticket.objects.get(pk=ticket.pk))
    classifications.classify_ticket(
        ticket,
        classifications.ClassificationInput(
            kind=found.kind, impact=found.impact, urgency=found.urgency
        ),
        by=by,
    )
    assert chain(ticket) == before
    assert set(Ownership.objects.filter(ticket=ticket).values_list("customer_id", flat=True)) == {
        None
    }
    assert timedelta(0) < FOREVER - datetime.now(UTC)


def test_the_running_tickets_of_a_leaver_go_to_who_answers(house: House) -> None:
    running, ended, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    for ticket in (running, ended):
        ownership.take_ticket(ticket, by=by)
    lifecycle.resolve_ticket(ended, by=by)
    lifecycle.close_ticket(ended, by=by)
    left = PersonLeft(person_id=house.agent.pk, on=datetime.now(UTC).date())
    ownership.reassign_work_of_leaver(left, system("desk.pass_on_work"))
    owners = Ticket.objects.in_bulk([running.pk, ended.pk])
    assert (owners[running.pk].owner, owners[ended.pk].owner) == (house.manager, house.agent)
