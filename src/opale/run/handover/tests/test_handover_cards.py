"""Cards and blocks are accepted, refused, given and undone; acceptance moves the ownership."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opale.kernel import clock
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed
from opale.notifications.models import Notification
from opale.organisation.models import Person
from opale.run.desk.actions import lifecycle, messages, ownership
from opale.run.desk.models import News, Ownership, Ticket
from opale.run.desk.tests.builders import agent_of, on_duty
from opale.run.handover.actions import cards, departures, signatures
from opale.run.handover.models import SleepingTicket
from opale.run.handover.tests.builders import (
    Change,
    actor,
    after,
    item,
    make_change,
    owned,
    owner_of,
    run_clock,
    the_handover,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def change() -> Change:
    return make_change()


def test_acceptance_moves_the_ownership_at_that_minute(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    cards.accept_card(item(ticket), by=actor(change.ines))
    present = Ownership.objects.filter(ticket=ticket).order_by("starts").last()
    assert present is not None
    assert (present.person, present.reason) == (change.ines, "handed_over")
    assert present.previous_end == present.starts
    assert (item(ticket).state, item(ticket).taker) == ("accepted", change.ines)


def test_who_leaves_or_is_off_duty_takes_nothing_over(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    for person in (change.karim, change.lea):
        with pytest.raises(NotAllowed):
            cards.accept_card(item(ticket), by=actor(person))


def test_what_is_accepted_is_not_accepted_twice(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    cards.accept_card(item(ticket), by=actor(change.ines))
    with pytest.raises(IllegalMove):
        cards.accept_card(item(ticket), by=actor(change.noe))


def test_what_somebody_else_took_meanwhile_is_left_alone(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    ownership.take_ticket(ticket, by=agent_of(change.house.manager), seen_owner_id=change.lea.pk)
    with pytest.raises(Conflict):
        cards.accept_card(item(ticket), by=actor(change.ines))
    assert owner_of(ticket) == change.house.manager


def test_a_refused_card_is_proposed_to_the_next_and_then_to_nobody(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    first = item(ticket).proposed
    assert first is not None
    cards.refuse_card(item(ticket), "skill", by=actor(first), note="BGP")
    second = item(ticket).proposed
    assert second is not None
    assert {first, second} == {change.ines, change.noe}
    cards.refuse_card(item(ticket), "load", by=actor(second))
    assert (item(ticket).proposed, item(ticket).state) == (None, "waiting")
    assert owner_of(ticket) == change.lea


def test_a_card_is_given_to_somebody_who_still_accepts_it(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    cards.refuse_card(item(ticket), "skill", by=actor(change.noe))
    cards.propose_card(item(ticket), change.noe, by=actor(change.ines))
    run_clock()
    assert (item(ticket).proposed, item(ticket).why) == (change.noe, ["given"])
    assert owner_of(ticket) == change.lea
    cards.accept_card(item(ticket), by=actor(change.noe))
    assert owner_of(ticket) == change.noe


def test_the_block_passes_to_one_and_sleeps_until_something_happens(change: Change) -> None:
    tickets = [owned(change, change.lea) for _ in range(3)]
    run_clock()
    held = the_handover()
    assert cards.accept_block(held, change.lea.pk, by=actor(change.noe)) == 3
    assert {owner_of(ticket) for ticket in tickets} == {change.noe}
    run_clock()
    assert SleepingTicket.objects.count() == 3
    messages.write_note(tickets[1], "Le fournisseur rappelle.", by=agent_of(change.ines))
    run_clock()
    assert list(News.objects.values_list("ticket_id", flat=True)) == [tickets[1].pk]
    assert SleepingTicket.objects.count() == 2


def test_a_promise_that_comes_near_wakes_it_too(change: Change) -> None:
    ticket = owned(change, change.lea)
    run_clock()
    cards.accept_block(the_handover(), change.lea.pk, by=actor(change.noe))
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=clock.now() + timedelta(minutes=20))
    run_clock()
    assert News.objects.filter(ticket=ticket).exists()


def test_an_acceptance_is_undone_for_ten_minutes(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    held = the_handover()
    row = cards.accept_card(item(ticket), by=actor(change.ines))
    cards.undo_acceptance(held, [row.pk], by=actor(change.ines))
    assert (owner_of(ticket), item(ticket).state) == (change.lea, "waiting")
    row = cards.accept_card(item(ticket), by=actor(change.ines))
    with clock.travel(timedelta(minutes=11)), pytest.raises(Conflict):
        cards.undo_acceptance(held, [row.pk], by=actor(change.ines))


def test_who_is_back_takes_all_back_at_once(change: Change) -> None:
    kept, passed, retaken = (owned(change, change.lea, urgent=True) for _ in range(3))
    calm = owned(change, change.lea)
    run_clock()
    for ticket in (kept, passed, retaken):
        cards.accept_card(item(ticket), by=actor(change.ines))
    cards.accept_block(the_handover(), change.lea.pk, by=actor(change.noe))
    ownership.give_ticket(retaken, change.house.manager, by=agent_of(change.ines))
    lifecycle.resolve_ticket(kept, by=agent_of(change.ines))
    with after(change, 60 * 16):
        with pytest.raises(NotAllowed):
            departures.take_all_back(by=actor(change.lea))
        on_duty(change.lea, change.house.desk, "agent", clock.now() - timedelta(minutes=1))
        assert set(departures.take_all_back(by=actor(change.lea))) == {passed.pk, calm.pk}
    assert owner_of(passed) == owner_of(calm) == change.lea
    assert owner_of(retaken) == change.house.manager


def test_many_tickets_change_hands_by_as_few_questions_as_few(change: Change) -> None:
    for _ in range(3):
        owned(change, change.lea)
    for _ in range(20):
        owned(change, change.karim)
    run_clock()
    asked = []
    for leaver in (change.lea, change.karim):
        with CaptureQueriesContext(connection) as questions:
            cards.accept_block(the_handover(), leaver.pk, by=actor(change.noe))
        asked.append(len(questions))
    assert asked[1] <= asked[0] + 5


def test_a_record_of_more_tickets_is_followed_by_no_more_questions(change: Change) -> None:
    asked = []
    for _ in range(2):
        for _ in range(6):
            owned(change, change.lea)
        run_clock()
        with CaptureQueriesContext(connection) as questions:
            run_clock()
        asked.append(len(questions))
    assert asked[1] <= asked[0]


def told(kind: str) -> list[tuple[Person, str]]:
    """Who was told of a kind of news, unread, and what it names."""
    rows = Notification.objects.filter(kind=f"handover.{kind}", read_at=None).order_by("person")
    return [(row.person, row.values.get("tickets") or row.values.get("ticket", "")) for row in rows]


def test_what_is_proposed_and_accepted_is_told_once(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    run_clock()
    proposed = item(ticket).proposed
    assert proposed is not None
    assert told("proposed") == [(proposed, "1")]
    other = change.noe if proposed == change.ines else change.ines
    cards.accept_card(item(ticket), by=actor(other))
    assert told("accepted") == [(change.lea, f"T-{ticket.number}")]
    assert told("proposed") == []


def test_a_refusal_is_told_to_who_leaves_and_the_next_is_proposed(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    first = item(ticket).proposed
    assert first is not None
    cards.refuse_card(item(ticket), "load", by=actor(first))
    assert (change.lea, f"T-{ticket.number}") in told("refused")
    second = item(ticket).proposed
    assert second not in (None, first)
    assert second in [person for person, _tickets in told("proposed")]


def test_a_signature_is_told_to_the_other_lead(change: Change) -> None:
    ticket = owned(change, change.lea)
    run_clock()
    proposed = item(ticket).proposed
    assert proposed is not None
    cards.accept_card(item(ticket), by=actor(proposed))
    held = the_handover()
    lead, other = held.leaving_lead, held.arriving_lead
    assert lead is not None
    assert other is not None
    signatures.sign(held, "leaving", by=actor(lead))
    assert [person for person, _tickets in told("signed")] == [other]
