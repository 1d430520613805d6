"""There is always somebody who answers for new work."""

from datetime import timedelta

import pytest

from opale.kernel.errors import NotFound
from opale.run.shifts.queries.duties import SOON, answerable, service_desk
from opale.run.shifts.queries.duties import on_duty as people_on_duty
from opale.run.shifts.tests.builders import HOUR, NIGHT, House, leave, make_house, on_duty

pytestmark = pytest.mark.django_db
LATER = NIGHT + HOUR
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def house() -> House:
    return make_house()


def answers(house: House) -> tuple[str, str]:
    found = answerable(house.desk, LATER)
    return found.person.name, found.standing


def test_the_holder_of_the_triage_goes_before_everybody(house: House) -> None:
    on_duty(house.manager, house.desk, "manager")
    on_duty(house.lea, house.desk, "lead")
    on_duty(house.karim, house.desk, "triage")
    assert answers(house) == ("Karim Benali", "triage")


def test_without_triage_it_is_the_lead(house: House) -> None:
    on_duty(house.manager, house.desk, "manager")
    on_duty(house.karim, house.desk, "agent")
    on_duty(house.lea, house.desk, "lead")
    assert answers(house) == ("Léa Morel", "lead")


def test_a_lead_about_to_begin_answers_already(house: House) -> None:
    on_duty(house.manager, house.desk, "manager")
    on_duty(house.lea, house.desk, "lead", starts=LATER + SOON)
    assert answers(house) == ("Léa Morel", "lead")


def test_a_lead_of_much_later_does_not(house: House) -> None:
    on_duty(house.manager, house.desk, "manager")
    on_duty(house.lea, house.desk, "lead", starts=LATER + SOON + MOMENT)
    assert answers(house) == ("Maud Leroy", "manager")


def test_the_lead_on_shift_goes_before_the_one_about_to_begin(house: House) -> None:
    on_duty(house.ines, house.desk, "lead", starts=LATER + SOON)
    on_duty(house.lea, house.desk, "lead")
    assert answers(house) == ("Léa Morel", "lead")


def test_a_triage_about_to_begin_is_not_held_yet(house: House) -> None:
    on_duty(house.karim, house.desk, "triage", starts=LATER + MOMENT)
    on_duty(house.lea, house.desk, "lead")
    assert answers(house) == ("Léa Morel", "lead")


def test_at_night_it_is_the_manager_on_call(house: House) -> None:
    on_duty(house.ines, house.desk, "manager")
    assert answers(house) == ("Inès Roux", "manager")


def test_an_empty_roster_leaves_it_to_the_manager_of_the_team(house: House) -> None:
    assert answers(house) == ("Maud Leroy", "manager")


def test_agents_answer_for_what_they_took_not_for_what_arrives(house: House) -> None:
    on_duty(house.lea, house.desk, "agent")
    assert answers(house) == ("Maud Leroy", "manager")


def test_another_teams_roster_does_not_count(house: House) -> None:
    on_duty(house.lea, house.engineering, "triage")
    assert answers(house) == ("Maud Leroy", "manager")


def test_whoever_left_answers_for_nothing(house: House) -> None:
    on_duty(house.karim, house.desk, "triage")
    on_duty(house.lea, house.desk, "lead")
    leave(house.karim)
    assert answers(house) == ("Léa Morel", "lead")
    leave(house.lea)
    assert answers(house) == ("Maud Leroy", "manager")


def test_a_duty_begins_at_its_first_instant_and_is_over_at_its_last(house: House) -> None:
    on_duty(house.karim, house.desk, "triage", hours=1)
    assert answerable(house.desk, NIGHT).person == house.karim
    assert answerable(house.desk, LATER - MOMENT).person == house.karim
    assert answerable(house.desk, LATER).person == house.manager


def test_who_is_on_is_listed_leads_first_and_stand_by_last(house: House) -> None:
    on_duty(house.manager, house.desk, "manager")
    on_duty(house.ines, house.desk, "agent")
    on_duty(house.karim, house.desk, "triage")
    on_duty(house.lea, house.desk, "lead")
    names = [duty.person.name for duty in people_on_duty(house.desk, LATER)]
    assert names == ["Léa Morel", "Karim Benali", "Inès Roux", "Maud Leroy"]
    leave(house.ines)
    assert len(people_on_duty(house.desk, LATER)) == 3


def test_the_desk_is_the_open_team_of_that_kind(house: House) -> None:
    assert service_desk() == house.desk


def test_an_organisation_without_desk_has_none_to_name() -> None:
    with pytest.raises(NotFound):
        service_desk()
