"""What is stored of the clocks follows the record, and a breach stays. docs/rules/clocks.md."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from opale.customers.models import Coverage, PlanTarget
from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.models import Fact
from opale.organisation.models import Team
from opale.run.desk.actions import (
    assignments,
    classifications,
    commitments,
    lifecycle,
    messages,
    ownership,
    pauses,
    ticket_creation,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.models import (
    Assignment,
    Commitment,
    Grade,
    Kind,
    Level,
    Message,
    Pause,
    Source,
    Ticket,
)
from opale.run.desk.queries import clocks
from opale.run.desk.tests.assignments import make_works
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_house,
    make_ticket,
    minutes_ago,
    on_duty,
    stored,
)

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TEST = system("test")


@pytest.fixture
def house() -> House:
    house = make_house()
    on_duty(house.agent, house.desk, "triage", minutes_ago(900), hours=100)
    return house


def promise_also(house: House, measure: str, hours: float) -> None:
    """Let the Solution plan promise one more thing, alike for each priority."""
    version = PlanTarget.objects.values_list("version", flat=True)[0]
    for priority in range(1, 5):
        PlanTarget.objects.create(
            version_id=version,
            measure=measure,
            priority=priority,
            target=hours * HOUR,
            coverage=Coverage.ALWAYS,
        )


def graded(ticket: Ticket, impact: Grade, urgency: Grade) -> ClassificationInput:
    found = ClassificationInput.of(Ticket.objects.get(pk=ticket.pk))
    return ClassificationInput(
        kind=found.kind,
        impact=impact,
        urgency=urgency,
        customer=found.customer,
        contact=found.contact,
        service=found.service,
    )


def test_what_is_refreshed_together_is_what_each_action_would_have_said(house: House) -> None:
    by, at = agent_of(house.agent), minutes_ago(50)
    told, alone = make_ticket(house, at=at), make_ticket(house, at=at)
    with commitments.deferred_refresh():
        ownership.take_ticket(told, by=by)
        assert stored(told, "acknowledge").met_at is None
        messages.write_to_customer(told, "Bonjour", by=by)
    ownership.take_ticket(alone, by=by)
    messages.write_to_customer(alone, "Bonjour", by=by)
    first, second = (
        [
            (row.measure, row.met_at is None, row.due_at, row.breached_at)
            for row in Commitment.objects.filter(ticket=ticket).exclude(measure="update")
        ]
        for ticket in (told, alone)
    )
    assert sorted(first) == sorted(second)
    assert stored(told, "acknowledge").met_at is not None


def test_a_new_ticket_runs_every_clock_that_was_promised(house: House) -> None:
    for measure in ("first_response", "update", "resolve"):
        promise_also(house, measure, 1)
    ticket = make_ticket(house, at=minutes_ago(5))
    rows = {row.measure: row for row in Commitment.objects.filter(ticket=ticket)}
    assert set(rows) == {
        "triage", "acknowledge", "first_response", "update", "restore", "resolve",
    }  # fmt: skip
    assert rows["restore"].due_at == ticket.received_at + 4 * HOUR
    assert rows["triage"].due_at == ticket.received_at + 10 * MINUTE


def test_an_employee_waits_for_triage_though_no_contract_promises_anything(house: House) -> None:
    with attributed(TEST):
        ticket = ticket_creation.receive_ticket(
            ticket_creation.NewTicket(
                subject="Imprimante", source=Source.PORTAL, employee=house.other
            ),
            by=TEST,
        )
    (row,) = Commitment.objects.filter(ticket=ticket)
    assert (row.measure, row.customer_id, row.due_at) == (
        "triage", None, ticket.received_at + 10 * MINUTE,
    )  # fmt: skip


def test_the_first_classification_by_an_agent_ends_triage_and_a_rule_does_not(
    house: House,
) -> None:
    ticket = make_ticket(house)
    classifications.classify_ticket(ticket, graded(ticket, Grade.LOW, Grade.LOW), by=TEST)
    assert stored(ticket, "triage").met_at is None
    classifications.classify_ticket(
        ticket, graded(ticket, Grade.HIGH, Grade.LOW), by=agent_of(house.agent)
    )
    first = stored(ticket, "triage").met_at
    assert first is not None
    with clock.travel(HOUR):
        ownership.take_ticket(ticket, by=agent_of(house.agent))
    assert stored(ticket, "triage").met_at == first
    assert Ticket.objects.get(pk=ticket.pk).triaged_at == first


def test_a_pause_and_the_start_survive_a_change_of_priority(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    pauses.record_pause(
        ticket, Pause.Kind.CUSTOMER, by=by, starts=minutes_ago(50), ends=minutes_ago(20)
    )
    paused = stored(ticket, "restore")
    classifications.classify_ticket(ticket, graded(ticket, Grade.LOW, Grade.LOW), by=by)
    after = stored(ticket, "restore")
    assert after.starts_at == paused.starts_at == ticket.received_at
    assert paused.due_at
    assert after.due_at
    assert after.due_at - paused.due_at == after.target - paused.target == 12 * HOUR
    assert Pause.objects.filter(ticket=ticket).count() == 1


def test_a_change_of_priority_during_a_pause_leaves_it_running(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60)), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    classifications.classify_ticket(ticket, graded(ticket, Grade.LOW, Grade.LOW), by=by)
    assert stored(ticket, "restore").due_at is None
    assert Pause.objects.get(ticket=ticket).ends is None


def test_a_breach_survives_whatever_is_corrected_later(house: House) -> None:
    ticket, by = make_ticket(house, at=minutes_ago(60 * 6)), agent_of(house.agent)
    broken = stored(ticket, "restore").breached_at
    assert broken == ticket.received_at + 4 * HOUR
    begun = minutes_ago(350)
    pauses.record_pause(ticket, Pause.Kind.CUSTOMER, by=by, starts=begun, ends=begun + 5 * HOUR)
    row = stored(ticket, "restore")
    assert (row.breached_at, row.due_at) == (broken, ticket.received_at + 9 * HOUR)
    assert clocks.clocks_of(ticket)["restore"].breached_at(clock.now()) is None
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=by)
    kept = stored(ticket, "restore")
    assert kept.breached_at == broken
    assert kept.met_at is not None


def test_a_shorter_promise_that_is_broken_as_it_comes_is_announced(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    classifications.classify_ticket(ticket, graded(ticket, Grade.LOW, Grade.LOW), by=by)
    assert stored(ticket, "restore").target == 16 * HOUR
    with clock.travel(6 * HOUR):
        changed = clock.now()
        classifications.classify_ticket(ticket, graded(ticket, Grade.HIGH, Grade.HIGH), by=by)
    row = stored(ticket, "restore")
    assert row.due_at == ticket.received_at + 4 * HOUR
    assert row.breached_at
    assert abs(row.breached_at - changed) < MINUTE
    said = Fact.objects.filter(name="desk.CommitmentBreached", body__measure="restore")
    assert said.count() == 1


def test_the_database_refuses_to_undo_a_breach(house: House) -> None:
    row = stored(make_ticket(house, at=minutes_ago(60 * 6)), "restore")
    for statement in (
        "UPDATE desk_commitment SET breached_at = NULL WHERE id = %s",
        "UPDATE desk_commitment SET breached_at = now() WHERE id = %s",
        "DELETE FROM desk_commitment WHERE id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match="stays broken"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [row.pk])


def test_the_database_keeps_one_commitment_of_each_measure(house: House) -> None:
    promise_also(house, "update", 1)
    ticket = make_ticket(house)
    again = """
        INSERT INTO desk_commitment
            (ticket_id, customer_id, measure, target, coverage, starts_at, computed_at)
        SELECT ticket_id, customer_id, measure, target, coverage, starts_at + interval '1 s', now()
        FROM desk_commitment WHERE ticket_id = %s AND measure = %s
    """
    for measure in ("restore", "update"):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(again, [ticket.pk, measure])


# Updates.


def test_a_public_message_answers_and_starts_the_next_update_anew(house: House) -> None:
    promise_also(house, "update", 1)
    promise_also(house, "first_response", 2)
    ticket, by = make_ticket(house, at=minutes_ago(30)), agent_of(house.agent)
    message = messages.write_to_customer(ticket, "Nous regardons.", by=by)
    assert stored(ticket, "first_response").met_at == message.at
    assert Ticket.objects.get(pk=ticket.pk).answered_at == message.at
    row = stored(ticket, "update")
    assert (row.starts_at, row.due_at, row.breached_at) == (message.at, message.at + HOUR, None)
    messages.write_note(ticket, "Rien que nous.", by=by)
    assert stored(ticket, "update").starts_at == message.at


def test_each_broken_period_of_updates_stays_and_the_next_one_runs(house: House) -> None:
    promise_also(house, "update", 1)
    ticket, by = make_ticket(house), agent_of(house.agent)
    with clock.travel(90 * MINUTE):
        commitments.mark_breaches()
        messages.write_to_customer(ticket, "Toujours en cours.", by=by)
        first, second = Commitment.objects.filter(ticket=ticket, measure="update").order_by("id")
        assert first.breached_at == first.due_at == ticket.received_at + HOUR
        assert first.met_at == second.starts_at
        assert (second.breached_at, second.met_at) == (None, None)
        messages.write_to_customer(ticket, "Et encore.", by=by)
    with clock.travel(4 * HOUR):
        assert commitments.mark_breaches() >= 1
        messages.write_to_customer(ticket, "Bientôt.", by=by)
        assert Commitment.objects.filter(ticket=ticket, measure="update").count() == 3
        shown = [row for row in clocks.commitments_of(ticket) if row.measure == "update"]
        assert [row.met_at for row in shown] == [None]


def test_what_a_message_promises_is_due_then(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    message = messages.write_to_customer(ticket, "À 16 h au plus tard.", by=by)
    Message.objects.filter(pk=message.pk).update(next_update_at=message.at + 3 * HOUR)
    commitments.refresh_commitments(Ticket.objects.get(pk=ticket.pk))
    assert stored(ticket, "update").due_at == message.at + 3 * HOUR


# Work asked of others.


def test_work_asked_of_a_level_has_its_own_clocks_and_they_end_with_it(house: House) -> None:
    ticket = make_ticket(house)
    with attributed(TEST):
        team = Team.objects.create(
            name="Level 2",
            kind="run_engineering",
            pillar="run",
            company=house.desk.company,
            manager=house.manager,
        )
        work = Assignment.objects.create(
            ticket=ticket,
            customer_id=ticket.customer_id,
            level=Level.LEVEL_2,
            team=team,
            reason="skill",
            asked_at=ticket.received_at,
        )
        commitments.refresh_commitments(ticket)
        rows = {row.measure: row for row in Commitment.objects.filter(assignment=work)}
        assert {m: r.target for m, r in rows.items()} == {
            "accept": 15 * MINUTE, "deliver": 2 * HOUR,
        }  # fmt: skip
        done = clock.now() + HOUR
        Assignment.objects.filter(pk=work.pk).update(state="done", accepted_at=done, ended_at=done)
        commitments.refresh_commitments(ticket)
    assert set(Commitment.objects.filter(assignment=work).values_list("measure", "met_at")) == {
        ("accept", done),
        ("deliver", done),
    }


@pytest.mark.parametrize(
    ("accepts", "restores", "expected"),
    [
        (None, None, {"accept": 4 * HOUR, "deliver": 48 * HOUR}),
        (20 * MINUTE, None, {"accept": 20 * MINUTE, "deliver": 48 * HOUR}),
        (20 * MINUTE, 3 * HOUR, {"accept": 20 * MINUTE, "deliver": 3 * HOUR}),
    ],
    ids=["says nothing", "says when it accepts", "says both"],
)
def test_a_supplier_that_says_nothing_of_itself_has_the_clock_that_the_desk_expects(
    accepts: timedelta | None, restores: timedelta | None, expected: dict[str, timedelta]
) -> None:
    works = make_works()
    with attributed(TEST):
        Supplier.objects.filter(pk=works.carrier.pk).update(
            accepts_within=accepts, restores_within=restores
        )
    works.carrier.refresh_from_db()
    ask = WorkRequest(supplier=works.carrier)
    work = assignments.request_work(make_ticket(works.house), ask, by=works.agent)
    rows = Commitment.objects.filter(assignment=work)
    assert {row.measure: row.target for row in rows} == expected
    assert {row.measure: row.due_at for row in rows} == {
        measure: work.asked_at + length for measure, length in expected.items()
    }


# Many at once.


def test_rebuilding_gives_what_refreshing_gave_and_loses_no_breach(house: House) -> None:
    promise_also(house, "update", 1)
    by = agent_of(house.agent)
    tickets = [make_ticket(house, at=minutes_ago(60 * n)) for n in range(1, 7)]
    ownership.take_ticket(tickets[0], by=by)
    pauses.pause_ticket(tickets[1], Pause.Kind.CUSTOMER, by=by, confirmed=True)
    messages.write_to_customer(tickets[2], "Nous regardons.", by=by)
    lifecycle.resolve_ticket(tickets[3], by=by)

    def answers() -> list[tuple[object, ...]]:
        columns = ("ticket", "measure", "starts_at", "due_at", "met_at", "target")
        return sorted(Commitment.objects.values_list(*columns), key=str)

    before = answers()
    Commitment.objects.filter(breached_at=None).delete()
    seen: list[int] = []
    assert commitments.rebuild_commitments(Ticket.objects.all(), progress=seen.append) == 6
    assert (answers(), seen) == (before, [6])
    assert commitments.rebuild_commitments(Ticket.objects.all()) == 6
    assert answers() == before


def test_the_record_of_a_day_of_many_facts_is_read_in_few_queries(
    house: House, django_assert_max_num_queries: object
) -> None:
    tickets = [make_ticket(house, at=minutes_ago(60 * n)) for n in range(1, 5)]
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # a fixture of pytest-django
        assert len(clocks.readings(tickets)) == 4
