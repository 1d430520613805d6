"""What telephone systems say becomes a call, in whatever order and however often it is said."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.customers.models import Contact
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.tests.builders import House, make_house
from opale.run.telephone.domain.call_state import CallSummary, ReceivedSignal, fold_signals
from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.models import Call, HeardSignal
from opale.run.telephone.queries import calls, people
from opale.run.telephone.states import CallState, FollowUp
from opale.run.telephone.tests.builders import (
    ANSWER,
    HANGUP,
    NOW,
    RING,
    agent_of,
    make_line,
    signal,
    told,
)

WHOLE = (
    signal(RING, users=("101", "102"), queue="support"),
    signal(ANSWER, users=("Léa Morel",), answering="102"),
    signal(HANGUP, cause="normalClearing", answering="102"),
)
MISSED = (signal(RING, users=("101",)), signal(HANGUP, cause="cancel"))


def what(life: CallSummary) -> tuple[object, ...]:
    """All that does not depend on when something came."""
    return (life.state, life.number, life.line, life.queue, set(life.users), life.cause)


@given(st.permutations(WHOLE * 2), st.lists(st.integers(0, 50), min_size=6, max_size=6))
def test_order_and_repetition_change_nothing(order: list[Signal], gaps: list[int]) -> None:
    heard, at = [], NOW
    for one, gap in zip(order, gaps, strict=True):
        at += timedelta(seconds=gap)
        heard.append(ReceivedSignal(one, at))
    life = fold_signals(heard)
    orderly = fold_signals(
        [ReceivedSignal(one, NOW + timedelta(seconds=n)) for n, one in enumerate(WHOLE)]
    )
    assert what(life) == what(orderly)
    assert life.answered_by == orderly.answered_by
    assert life.began_at <= (life.answered_at or life.began_at)
    assert (life.answered_at or NOW) <= (life.ended_at or NOW)


@given(st.permutations(MISSED * 2))
def test_a_missed_call_is_missed_in_any_order(order: list[Signal]) -> None:
    life = fold_signals(
        [ReceivedSignal(one, NOW + timedelta(seconds=n)) for n, one in enumerate(order)]
    )
    assert (life.state, life.cause) == (CallState.MISSED, "cancel")


@pytest.mark.parametrize(
    ("signals", "state"),
    [
        ((signal(RING),), CallState.RINGING),
        ((signal(ANSWER),), CallState.ANSWERED),
        ((signal(HANGUP, cause="busy"),), CallState.MISSED),
        ((signal(RING), signal(HANGUP, cause="forwarded")), CallState.ENDED),
        ((signal(RING, direction="out"), signal(HANGUP, direction="out")), CallState.ENDED),
        (
            (signal(RING), signal(ANSWER, users=("voicemail",)), signal(HANGUP)),
            CallState.MISSED,
        ),
        ((signal(RING), signal(HANGUP, cause="normalClearing", answering="102")), CallState.ENDED),
    ],
)
def test_what_a_call_is(signals: tuple[Signal, ...], state: CallState) -> None:
    heard = [ReceivedSignal(one, NOW + timedelta(seconds=n)) for n, one in enumerate(signals)]
    assert fold_signals(heard).state == state


@pytest.fixture
def house() -> House:
    house = make_house()
    with attributed(system("test")):
        Contact.objects.filter(pk=house.contact.pk).update(phone_e164="+33199001122")
    return house


@pytest.mark.django_db
def test_a_call_is_of_who_has_the_number_and_of_who_answered(house: House) -> None:
    make_line(house.agent, "102")
    call = told(*WHOLE)
    assert (call.state, call.contact, call.customer) == ("ended", house.contact, house.customer)
    assert (call.agent, call.number_e164) == (house.agent, "+33199001122")
    assert (call.length, call.waited) == (timedelta(seconds=10), timedelta(seconds=10))
    assert call.follow_up == FollowUp.NONE


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rows_are_the_same_in_any_order(house: House, order: tuple[int, ...]) -> None:
    make_line(house.agent, "102")
    call = told(*(WHOLE[n] for n in order), *(WHOLE[n] for n in order))
    assert (call.state, call.agent, call.follow_up) == ("ended", house.agent, "none")
    assert (Call.objects.count(), HeardSignal.objects.count()) == (1, 3)


@pytest.mark.django_db
def test_a_missed_call_is_work_until_a_late_answer_shows_otherwise(house: House) -> None:
    call = told(*MISSED)
    assert (call.state, call.follow_up) == ("missed", "open")
    assert list(calls.calls_to_call_back(agent_of(house.agent))) == [call]
    call = told(signal(ANSWER, users=("Léa Morel",)), at=NOW + timedelta(seconds=30))
    assert (call.state, call.follow_up, call.agent) == ("ended", "none", house.agent)


@pytest.mark.django_db
def test_whoever_is_answered_waits_for_no_call_back(house: House) -> None:
    missed = told(*MISSED)
    make_line(house.agent, "102")
    told(
        *(signal(one.kind, "2", users=one.users, answering=one.answering) for one in WHOLE),
        at=NOW + timedelta(hours=1),
    )
    missed.refresh_from_db()
    assert (missed.follow_up, missed.followed_by) == (FollowUp.DONE, house.agent)


@pytest.mark.django_db
def test_what_rings_is_shown_to_whom_it_rings_at(house: House) -> None:
    make_line(house.agent, "102")
    call = told(signal(RING, users=("102",)))
    at = NOW + timedelta(seconds=5)
    assert calls.ongoing_calls(seen_by=agent_of(house.agent), at=at) == [call]
    assert calls.ongoing_calls(seen_by=agent_of(house.other), at=at) == []


@pytest.mark.django_db
def test_what_rings_at_nobody_known_rings_at_all_of_the_desk(house: House) -> None:
    call = told(signal(RING, users=("Somebody",)))
    for person in (house.agent, house.other):
        assert calls.ongoing_calls(seen_by=agent_of(person), at=NOW) == [call]
    later = NOW + timedelta(minutes=6)
    assert calls.ongoing_calls(seen_by=agent_of(house.agent), at=later) == []


@pytest.mark.django_db
def test_the_call_that_one_is_on_comes_first(house: House) -> None:
    make_line(house.agent, "102")
    mine = told(signal(RING, users=("102",)), signal(ANSWER, answering="102"))
    other = told(signal(RING, "2"), at=NOW + timedelta(minutes=1))
    at = NOW + timedelta(minutes=2)
    assert calls.ongoing_calls(seen_by=agent_of(house.agent), at=at) == [mine, other]
    assert calls.ongoing_calls(seen_by=agent_of(house.other), at=at) == [other]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["1@nuage.example", "Léa Morel", "léa morel"])
def test_people_are_known_by_their_record_too(house: House, name: str) -> None:
    assert people.people_called([name, "nobody", ""]) == {name: house.agent.pk}


@pytest.mark.django_db
def test_a_hidden_number_is_nobodys(house: House) -> None:
    call = told(signal(RING, caller="anonymous"))
    assert (call.number, call.number_e164, call.customer) == ("anonymous", "", None)
