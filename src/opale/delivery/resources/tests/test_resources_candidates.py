"""Who can take this: whoever is free first, and what the others would have to move."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.personas import Personas

from opale.delivery.resources.queries import candidates
from opale.delivery.resources.queries.candidates import Candidate, Need
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict
from opale.organisation.models import Membership, Person, PersonSkill, Skill
from opale.planning.hour_allocation import earliest_fit
from opale.reservations.actions.reservations import Line, NewReservation, reserve

MONDAY, FRIDAY = date(2027, 3, 1), date(2027, 3, 5)
BY = system("test")


@pytest.fixture
def skill(personas: Personas) -> Skill:
    with attributed(BY):
        return Skill.objects.create(name="BGP")


def engineer(personas: Personas, name: str, skill: Skill, level: int = 3) -> Person:
    with attributed(BY):
        made = Person.objects.create(
            company=personas.company, name=name, email=f"{name}@opale.example", seniority="senior"
        )
        Membership.objects.create(
            team=personas.teams["build_engineer"],
            person=made,
            function="build_engineer",
            period=(now() - timedelta(days=9), None),
        )
        PersonSkill.objects.create(person=made, skill=skill, level=level)
    return made


def hold(person: Person, hours: str, days: int = 5, since: date = MONDAY, **more: Any) -> None:
    until = since + timedelta(days=days)
    line = Line(person=person, quantity=Decimal(hours), since=since, until=until)
    asked = NewReservation(purpose=more.pop("purpose", "R&D"), lines=(line,), **more)
    reserve(asked, by=BY)


def asked(personas: Personas, skill: Skill, hours: str = "40", level: int = 3) -> list[Candidate]:
    need = Need(
        hours=Decimal(hours),
        since=MONDAY,
        last=FRIDAY,
        skill=skill,
        level=level,
        team=personas.teams["build_engineer"],
    )
    return candidates.candidates(need, seen_by=BY)


@pytest.mark.django_db
def test_who_is_free_costs_nothing_and_comes_first(personas: Personas, skill: Skill) -> None:
    karim, lea = engineer(personas, "karim", skill), engineer(personas, "lea", skill, level=4)
    engineer(personas, "max", skill, level=2)
    hold(lea, "4", days=12)
    first, second = asked(personas, skill)
    assert (first.person, first.cost, first.moved) == (karim, 0, ())
    assert first.stretches == ((MONDAY, FRIDAY, 8.0),)
    assert second.person == lea
    assert [(moved.purpose, moved.days) for moved in second.moved] == [("R&D", 5)]
    assert (second.last, second.cost) == (FRIDAY, 22)


@pytest.mark.django_db
def test_what_a_customer_waits_for_is_not_moved(personas: Personas, skill: Skill) -> None:
    lea = engineer(personas, "lea", skill)
    hold(lea, "8", customer=personas.customer)
    (only,) = asked(personas, skill)
    assert (only.late, only.moved, only.since) == (5, (), date(2027, 3, 8))
    assert only.cost == 40


@pytest.mark.django_db
def test_what_is_tentative_moves_by_its_probability(personas: Personas, skill: Skill) -> None:
    lea = engineer(personas, "lea", skill)
    hold(lea, "8", customer=personas.customer, probability=25, expires_at=now() + timedelta(days=9))
    (only,) = asked(personas, skill)
    assert (only.late, only.cost) == (0, 10)
    assert [(moved.tentative, moved.days) for moved in only.moved] == [(True, 5)]


@pytest.mark.django_db
def test_days_without_time_stand_between_stretches_that_can_be_reserved(
    personas: Personas, skill: Skill
) -> None:
    lea = engineer(personas, "lea", skill)
    hold(lea, "6", days=1, since=date(2027, 3, 3), customer=personas.customer)
    (only,) = asked(personas, skill, hours="32")
    assert only.stretches == (
        (MONDAY, date(2027, 3, 2), 8.0),
        (date(2027, 3, 4), FRIDAY, 8.0),
    )
    lines = tuple(
        Line(person=lea, quantity=Decimal(hours), since=since, until=last + timedelta(days=1))
        for since, last, hours in only.stretches
    )
    reserve(NewReservation(purpose="VPN", lines=lines), by=BY)
    with pytest.raises(Conflict):
        hold(lea, "1", days=1)


@pytest.mark.django_db
def test_five_are_named_by_few_questions(
    personas: Personas, skill: Skill, django_assert_max_num_queries: Any
) -> None:
    for place in range(8):
        hold(engineer(personas, f"p{place}", skill), "3")
    with django_assert_max_num_queries(6):
        found = asked(personas, skill)
    assert len(found) == 5


def test_a_slower_pace_is_taken_where_it_ends_first() -> None:
    given = [8.0] * 10
    fit = earliest_fit(given, [3.0] * 8 + [8.0] * 2, 16, begins=0)
    assert fit is not None
    assert (fit.a_day, fit.after) == (3.0, 6)
    assert earliest_fit(given, [0.0] * 10, 1, begins=0) is None
