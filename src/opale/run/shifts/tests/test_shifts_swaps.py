"""Duties change hands once, by those whose they are or who plan them, and everybody is told."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.kernel.tests.concurrency import at_once
from opale.messaging.models import OutgoingMail
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Person
from opale.run.shifts.actions.swaps import (
    accept_offer,
    lapse_offers,
    offer_duty,
    refuse_offer,
    take_over,
    withdraw_offer,
)
from opale.run.shifts.models import Duty, SwapRequest
from opale.run.shifts.tests.builders import HOUR, NIGHT, PLANNER, House, make_house, on_duty

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def house() -> House:
    return staffed()


def staffed() -> House:
    house = make_house()
    since = clock.now() - 30 * DAY
    with attributed(system("test")):
        for person in (house.lea, house.karim, house.ines):
            Membership.objects.create(
                team=house.desk,
                person=person,
                function="desk_agent",
                period=DateTimeTZRange(since, None),
            )
    return house


def agent(house: House, person: Person) -> Actor:
    """Somebody of the desk, with what its people may."""
    grants = {
        "shifts.read": EVERYTHING,
        "organisation.read": EVERYTHING,
        "shifts.swap": Scope(teams=frozenset({house.desk.pk})),
    }
    return Actor("person", f"user:{person.pk}", person.name, grants, person_id=person.pk)


def told() -> list[str]:
    """Whom the inbox tells, of what they have not read."""
    rows = Notification.objects.filter(read_at=None).select_related("person")
    return sorted(row.person.email for row in rows)


def test_an_offered_duty_is_accepted_by_a_colleague_and_both_are_told(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    offer = offer_duty(duty, by=agent(house, house.lea), note="Wedding")
    assert told() == [house.karim.email, house.ines.email]
    accept_offer(offer, by=agent(house, house.karim))
    duty.refresh_from_db()
    offer.refresh_from_db()
    assert (duty.person, offer.state, offer.accepted_by) == (house.karim, "accepted", house.karim)
    # It is offered to nobody any longer; who takes it knows.
    (said,) = Notification.objects.filter(read_at=None)
    assert (said.kind, said.person) == ("shifts.accepted", house.lea)
    assert said.values["taker"] == house.karim.name
    assert not OutgoingMail.objects.exists()


def test_an_offer_that_is_over_asks_nobody_any_longer(house: House) -> None:
    offer = offer_duty(on_duty(house.lea, house.desk), by=agent(house, house.lea))
    assert told() == [house.karim.email, house.ines.email]
    withdraw_offer(offer, by=agent(house, house.lea))
    assert told() == []
    again = offer_duty(offer.duty, by=agent(house, house.lea), to=house.karim)
    refuse_offer(again, by=agent(house, house.karim))
    assert told() == [house.lea.email]


def test_two_duties_are_swapped(house: House) -> None:
    mine, theirs = (
        on_duty(house.lea, house.desk),
        on_duty(house.karim, house.desk, starts=NIGHT + 3 * DAY),
    )
    offer = offer_duty(mine, by=agent(house, house.lea), to=house.karim, in_return=theirs)
    with pytest.raises(NotAllowed):
        accept_offer(offer, by=agent(house, house.ines))
    accept_offer(offer, by=agent(house, house.karim))
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.person, theirs.person) == (house.karim, house.lea)


def test_a_duty_is_offered_by_its_holder_alone_or_by_who_plans(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    with pytest.raises(NotAllowed):
        offer_duty(duty, by=agent(house, house.karim))
    offer = offer_duty(duty, by=PLANNER, to=house.karim)
    assert offer.offered_by == house.lea
    with pytest.raises(Conflict):
        offer_duty(duty, by=agent(house, house.lea))
    accept_offer(offer, by=PLANNER, person=house.ines)
    duty.refresh_from_db()
    assert duty.person == house.ines


def test_an_offer_is_refused_withdrawn_or_lapses_and_then_no_more_accepted(house: House) -> None:
    lea, karim = agent(house, house.lea), agent(house, house.karim)
    duty = on_duty(house.lea, house.desk)
    refused = offer_duty(duty, by=lea, to=house.karim)
    with pytest.raises(NotAllowed):
        refuse_offer(refused, by=agent(house, house.ines))
    refuse_offer(refused, by=karim)
    withdrawn = offer_duty(duty, by=lea)
    with pytest.raises(NotAllowed):
        withdraw_offer(withdrawn, by=karim)
    withdraw_offer(withdrawn, by=lea)
    lapsed = offer_duty(duty, by=lea)
    assert lapse_offers(by=system("roster"), at=NIGHT - HOUR) == 0
    assert lapse_offers(by=system("roster"), at=NIGHT + HOUR) == 1
    for offer in (refused, withdrawn, lapsed):
        with pytest.raises(IllegalMove):
            accept_offer(offer, by=karim)
    duty.refresh_from_db()
    assert duty.person == house.lea


def test_what_breaks_a_rule_is_for_those_who_plan_and_know_it(house: House) -> None:
    on_duty(house.karim, house.desk, starts=NIGHT - 12 * HOUR)
    offer = offer_duty(on_duty(house.lea, house.desk), by=agent(house, house.lea))
    with pytest.raises(Conflict, match="working-time rule"):
        accept_offer(offer, by=agent(house, house.karim))
    with pytest.raises(Conflict):
        accept_offer(offer, by=PLANNER, person=house.karim)
    accept_offer(offer, by=PLANNER, person=house.karim, knowing=True)
    assert Duty.objects.filter(person=house.karim).count() == 2


def test_whoever_is_not_of_the_team_takes_nothing(house: House) -> None:
    offer = offer_duty(on_duty(house.lea, house.desk), by=agent(house, house.lea))
    with pytest.raises(Invalid):
        accept_offer(offer, by=agent(house, house.manager))


def test_a_running_duty_is_taken_over_from_now_on(house: House) -> None:
    now = clock.now()
    duty = on_duty(house.lea, house.desk, "triage", starts=now - 2 * HOUR)
    rest = take_over(duty, by=agent(house, house.karim))
    duty.refresh_from_db()
    assert (duty.person, rest.person, rest.role) == (house.lea, house.karim, "triage")
    assert duty.ends == rest.starts
    assert rest.ends == now + 6 * HOUR
    assert told() == sorted([house.lea.email, house.manager.email])
    later = on_duty(house.ines, house.desk, starts=now + 20 * HOUR)
    with pytest.raises(Conflict):
        take_over(later, by=agent(house, house.karim))


def test_a_duty_that_was_given_away_meanwhile_is_not_accepted(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    offer = offer_duty(duty, by=agent(house, house.lea))
    with attributed(system("test")):
        Duty.objects.filter(pk=duty.pk).update(person=house.ines)
    with pytest.raises(Conflict):
        accept_offer(offer, by=agent(house, house.karim))
    offer.refresh_from_db()
    assert offer.state == "offered"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_has_it() -> None:
    house = staffed()
    duty = on_duty(house.lea, house.desk)
    offer = offer_duty(duty, by=agent(house, house.lea))
    results = at_once(
        *(
            partial(accept_offer, offer, by=agent(house, person))
            for person in (house.karim, house.ines)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["IllegalMove", "NoneType"]
    duty.refresh_from_db()
    assert duty.person == SwapRequest.objects.get().accepted_by
