"""The record is prepared from live data, and says what is hot and why."""

from datetime import timedelta

import pytest

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.run.desk.actions import lifecycle
from opale.run.desk.models import Message
from opale.run.desk.tests.builders import agent_of, on_duty
from opale.run.handover.domain.proposals import (
    ArrivingPerson,
    TicketNeed,
    propose_block_taker,
    propose_takers,
)
from opale.run.handover.domain.urgency import Evidence, hot_reasons
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.tests.builders import (
    TEST,
    Change,
    after,
    item,
    make_change,
    owned,
    run_clock,
    the_handover,
)
from opale.run.shifts.models import Duty

pytestmark = pytest.mark.django_db
P = HandoverItem.Place


@pytest.fixture
def change() -> Change:
    return make_change()


def test_it_is_prepared_half_an_hour_before_the_end_and_once() -> None:
    change = make_change(minutes=31)
    run_clock()
    assert not Handover.objects.exists()
    with after(change, -29):
        run_clock()
        run_clock()
    held = the_handover()
    assert (held.ends_at, held.leaving_lead, held.arriving_lead) == (
        change.at,
        change.lea,
        change.ines,
    )
    assert held.leaver_ids == sorted([change.lea.pk, change.karim.pk])


def test_who_goes_on_to_the_next_shift_does_not_leave(change: Change) -> None:
    on_duty(change.lea, change.house.desk, "agent", change.at)
    owned(change, change.lea, urgent=True)
    run_clock()
    assert the_handover().leaver_ids == [change.karim.pk]
    assert not HandoverItem.objects.exists()


def test_urgent_work_is_a_card_and_calm_work_is_in_the_block(change: Change) -> None:
    urgent, calm = owned(change, change.lea, urgent=True), owned(change, change.lea)
    run_clock()
    assert (item(urgent).place, item(urgent).reasons) == (P.CARD, ["major", "priority"])
    assert (item(calm).place, item(calm).reasons) == (P.BLOCK, [])


def test_a_promise_is_hot_when_it_is_due_before_the_owner_is_back(change: Change) -> None:
    on_duty(change.lea, change.house.desk, "agent", change.at + timedelta(hours=16))
    before = owned(change, change.lea, due=change.at + timedelta(hours=15))
    later = owned(change, change.lea, due=change.at + timedelta(hours=17))
    run_clock()
    assert (item(before).place, item(before).reasons) == (P.CARD, ["due"])
    assert item(later).place == P.BLOCK


def test_a_reply_makes_a_calm_ticket_hot(change: Change) -> None:
    ticket = owned(change, change.lea)
    run_clock()
    assert item(ticket).place == P.BLOCK
    Message.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        direction="received",
        visibility="public",
        author="Ana",
        body="Toujours rien ?",
        at=clock.now(),
    )
    run_clock()
    assert (item(ticket).place, item(ticket).reasons) == (P.CARD, ["customer"])
    assert item(ticket).told["next"] == "answer"


def test_what_is_closed_meanwhile_needs_no_handover(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    lifecycle.resolve_ticket(ticket, by=agent_of(change.lea))
    run_clock()
    assert item(ticket).state == "gone"


def test_a_roster_that_changes_changes_the_record(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    assert item(ticket).state == "waiting"
    with attributed(TEST):
        longer = Duty.objects.get(person=change.lea)
        longer.period = type(longer.period)(longer.starts, change.at + timedelta(hours=1))
        longer.save(update_fields=["period"])
    run_clock()
    assert the_handover().leaver_ids == [change.karim.pk]
    assert item(ticket).state == "gone"


def test_a_change_that_the_roster_does_not_know_any_more_is_forgotten() -> None:
    change = make_change(arriving=False)
    run_clock()
    with attributed(TEST):
        for duty in Duty.objects.filter(person__in=[change.lea, change.karim]):
            duty.period = type(duty.period)(duty.starts, change.at + timedelta(hours=1))
            duty.save(update_fields=["period"])
    run_clock()
    assert not Handover.objects.exists()


@pytest.mark.parametrize(
    ("evidence", "reasons"),
    [
        (Evidence(3), []),
        (Evidence(2), ["priority"]),
        (Evidence(3, major=True), ["major"]),
        (Evidence(3, customer=True, supplier=True), ["customer", "supplier"]),
    ],
)
def test_work_is_hot_by_the_rule(evidence: Evidence, reasons: list[str]) -> None:
    assert hot_reasons(evidence) == reasons


def test_a_promise_due_when_nobody_knows_the_next_duty_is_hot() -> None:
    assert hot_reasons(Evidence(4, due_at=clock.now())) == ["due"]


def test_who_had_it_before_is_proposed_before_who_has_least() -> None:
    arriving = [ArrivingPerson(1, "Ada", 2), ArrivingPerson(2, "Bea", 3)]
    assert propose_takers([TicketNeed(9, owned_by={2})], arriving)[9].why == ("owned",)


def test_of_equals_the_one_with_least_in_hand_is_proposed_and_then_the_other() -> None:
    arriving = [ArrivingPerson(1, "Ada", 4), ArrivingPerson(2, "Bea", 3)]
    found = propose_takers([TicketNeed(7), TicketNeed(8), TicketNeed(9)], arriving)
    assert [found[key].person_id for key in (7, 8, 9)] == [2, 1, 2]


def test_language_and_skill_are_weighed_and_told() -> None:
    arriving = [
        ArrivingPerson(1, "Ada", 1, languages=["en"]),
        ArrivingPerson(2, "Bea", 2, languages=["fr"], skills={"bgp", "network"}),
    ]
    need = TicketNeed(7, language="fr", subject="Session BGP perdue")
    assert propose_takers([need], arriving)[7].why == ("language", "skill")
    other = TicketNeed(8, language="en", subject="Sauvegarde")
    assert propose_takers([other], arriving)[8].person_id == 1


def test_whoever_has_refused_is_not_proposed_again() -> None:
    arriving = [ArrivingPerson(1, "Ada"), ArrivingPerson(2, "Bea", 9)]
    assert propose_takers([TicketNeed(7, refused_by={1})], arriving)[7].person_id == 2
    assert propose_takers([TicketNeed(7, refused_by={1, 2})], arriving) == {}
    assert propose_block_taker(3, []) is None
