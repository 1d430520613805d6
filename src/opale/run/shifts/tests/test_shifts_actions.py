"""The roster is changed by whoever may, without overlap, and never after the fact."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from opale.kernel import clock
from opale.kernel.actor import Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.kernel.models import Change
from opale.kernel.tests.concurrency import at_once
from opale.run.shifts.actions.duties import create_duty, edit_duty, remove_duty
from opale.run.shifts.models import Duty
from opale.run.shifts.tests.builders import (
    HOUR,
    NIGHT,
    PLANNER,
    READER,
    House,
    leave,
    make_house,
    on_duty,
    plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def test_a_duty_is_made_and_told(house: House) -> None:
    duty = create_duty(plan(house.lea, house.desk, "lead"), by=PLANNER)
    assert (duty.person, duty.team, duty.role) == (house.lea, house.desk, "lead")
    assert (duty.starts, duty.ends) == (NIGHT, NIGHT + 8 * HOUR)
    assert {change.topic for change in Change.objects.all()} == {
        "shifts.roster",
        f"shifts.duty:{duty.pk}",
    }


def test_a_changed_duty_keeps_what_it_was_and_who_changed_it(house: House) -> None:
    duty = create_duty(plan(house.lea, house.desk), by=PLANNER)
    edit_duty(duty, plan(house.karim, house.desk, "triage", starts=NIGHT + HOUR), by=PLANNER)
    duty.refresh_from_db()
    assert (duty.person, duty.role, duty.starts) == (house.karim, "triage", NIGHT + HOUR)
    revision, made = revisions(Duty, id=duty.pk)
    assert made.created
    assert revision.actor == "user:1"
    assert {d.column for d in revision.differences} == {"person", "role", "period"}


def test_a_duty_taken_away_is_remembered(house: House) -> None:
    duty = create_duty(plan(house.lea, house.desk), by=PLANNER)
    remove_duty(duty, by=PLANNER)
    assert not Duty.objects.exists()
    revision, made = revisions(Duty, id=duty.pk)
    assert made.created
    assert revision.deleted


def test_a_reader_may_not_change_the_roster(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    other = plan(house.karim, house.desk)
    for act in (
        partial(create_duty, other, by=READER),
        partial(edit_duty, duty, other, by=READER),
        partial(remove_duty, duty, by=READER),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert list(Duty.objects.values_list("person_id", flat=True)) == [house.lea.pk]


def test_to_a_stranger_the_duty_does_not_exist(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    stranger = Actor("person", "user:9", "Nobody")
    with pytest.raises(NotFound):
        remove_duty(duty, by=stranger)
    with pytest.raises(NotFound):
        create_duty(plan(house.karim, house.desk), by=stranger)


def test_whoever_plans_one_team_plans_no_other(house: House) -> None:
    of_the_desk = Scope(teams=frozenset({house.desk.pk}))
    planner = Actor("person", "user:3", "Jo", {**READER.grants, "shifts.edit": of_the_desk})
    create_duty(plan(house.lea, house.desk), by=planner)
    with pytest.raises(NotAllowed):
        create_duty(plan(house.karim, house.engineering), by=planner)
    theirs = on_duty(house.ines, house.engineering)
    with pytest.raises(NotAllowed):
        remove_duty(theirs, by=planner)


def test_nobody_is_on_two_shifts_at_a_time_and_the_refusal_says_which(house: House) -> None:
    on_duty(house.lea, house.engineering)
    with pytest.raises(Conflict, match="Léa Morel is already on shift with RUN engineering"):
        create_duty(plan(house.lea, house.desk, starts=NIGHT + 7 * HOUR), by=PLANNER)


def test_one_shift_may_follow_another_at_once(house: House) -> None:
    on_duty(house.lea, house.desk)
    create_duty(plan(house.lea, house.desk, starts=NIGHT + 8 * HOUR, hours=2), by=PLANNER)
    assert Duty.objects.count() == 2


def test_stand_by_may_run_beside_a_shift(house: House) -> None:
    on_duty(house.lea, house.desk)
    create_duty(plan(house.lea, house.desk, "manager", kind="standby", hours=48), by=PLANNER)


def test_one_person_holds_the_triage_at_a_time(house: House) -> None:
    on_duty(house.lea, house.desk, "triage")
    with pytest.raises(Conflict, match="Léa Morel is already on triage duty for Desk"):
        create_duty(plan(house.karim, house.desk, "triage", starts=NIGHT + HOUR), by=PLANNER)


def test_a_duty_is_no_obstacle_to_itself(house: House) -> None:
    duty = on_duty(house.lea, house.desk, "triage")
    edit_duty(duty, plan(house.lea, house.desk, "triage", hours=9), by=PLANNER)
    duty.refresh_from_db()
    assert duty.ends == NIGHT + 9 * HOUR


def test_a_refused_change_changes_nothing(house: House) -> None:
    on_duty(house.karim, house.desk)
    duty = on_duty(house.lea, house.desk)
    with pytest.raises(Conflict):
        edit_duty(duty, plan(house.karim, house.desk), by=PLANNER)
    duty.refresh_from_db()
    assert duty.person == house.lea


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"hours": 0}, "ends"),
        ({"hours": -1}, "ends"),
        ({"hours": 25}, "ends"),
        ({"hours": 32 * 24, "kind": "standby", "role": "manager"}, "ends"),
        ({"starts": NIGHT - timedelta(days=3650)}, "ends"),
        ({"role": "triage", "kind": "standby"}, "role"),
    ],
)
def test_what_is_no_sensible_duty_is_refused(
    house: House, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        create_duty(plan(house.lea, house.desk, **given), by=PLANNER)  # type: ignore[arg-type]  # one row each
    assert set(refusal.value.fields) == {field}


def test_whoever_left_is_put_on_no_duty(house: House) -> None:
    leave(house.lea)
    with pytest.raises(Invalid):
        create_duty(plan(house.lea, house.desk), by=PLANNER)


def test_what_is_over_stays_as_it_was(house: House) -> None:
    duty = on_duty(house.lea, house.desk)
    with clock.travel(duty.ends - clock.now()):
        with pytest.raises(Conflict):
            remove_duty(duty, by=PLANNER)
        with pytest.raises(Conflict):
            edit_duty(duty, plan(house.karim, house.desk, starts=clock.now()), by=PLANNER)


@pytest.mark.django_db(transaction=True)
def test_of_two_planners_at_the_same_moment_one_is_refused() -> None:
    house = make_house()
    results = at_once(
        *(
            partial(create_duty, plan(person, house.desk, "triage"), by=PLANNER)
            for person in (house.lea, house.karim)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Duty"]
    assert Duty.objects.count() == 1


def test_the_database_itself_refuses_an_overlap(house: House) -> None:
    on_duty(house.lea, house.desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        on_duty(house.lea, house.engineering)
    with attributed(system("test")):
        assert Duty.objects.count() == 1
