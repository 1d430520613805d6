"""The question to the generator says what is in the tables, and no more."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person, PersonSkill, Skill, Team
from opale.run.shifts.actions.needs import NeedTerms, create_need
from opale.run.shifts.domain.cycles import DAY, Hours
from opale.run.shifts.domain.roster_generator.frame import Frame, Member, Shift
from opale.run.shifts.domain.working_time import FRANCE, Limit, RuleSet
from opale.run.shifts.models import CallOut, Duty, DutyWish, WorkingTimeRules
from opale.run.shifts.queries.roster_frames import load_frame
from opale.run.shifts.tests.builders import HOUR, PLANNER, House, leave
from opale.run.shifts.tests.rosters import (
    EARLY,
    LATE,
    NIGHT,
    away,
    join,
    make_team,
    monday,
    on,
    planned,
    works,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> tuple[House, Team]:
    return make_team()


def code(hours: str, role: str = "agent") -> str:
    return Shift(role, Hours.parse(hours)).code


def asked(team: Team, days: int = 7) -> Frame:
    return load_frame(team, monday(), days, seen_by=PLANNER).frame


def member(frame: Frame, person: object) -> Member:
    (found,) = (one for one in frame.members if one.person == getattr(person, "pk", None))
    return found


def test_shifts_published_and_planned_are_slots_and_standby_is_not(
    made: tuple[House, Team],
) -> None:
    house, team = made
    duty = works(house.lea, team, 1, NIGHT)
    draft = planned(house.karim, team, 2, EARLY)
    reachable = works(house.ines, team, 3, LATE)
    with attributed(system("test")):
        Duty.objects.filter(pk=reachable.pk).update(kind="standby")
    frame = asked(team)
    assert {(s.key, s.day, s.shift, s.person) for s in frame.slots} == {
        (f"d{duty.pk}", 1, code(NIGHT), house.lea.pk),
        (f"p{draft.pk}", 2, code(EARLY), house.karim.pk),
    }
    assert set(frame.shifts) == {code(NIGHT), code(EARLY)}
    assert frame.span(1, code(NIGHT)) == on(1, NIGHT)
    assert frame.more == {}


def test_who_is_of_the_team_is_a_member_with_the_rules_of_the_company_by_then(
    made: tuple[House, Team],
) -> None:
    house, team = made
    assert {one.person for one in asked(team).members} == {
        house.lea.pk,
        house.karim.pk,
        house.ines.pk,
    }
    assert member(asked(team), house.lea).rules == FRANCE
    strict = RuleSet("Agreement", {"daily_rest": Limit(12, "Agreement, 4")}, FRANCE.night)
    with attributed(system("test")):
        for name, since, rules in (
            ("Agreement", monday() - 3 * DAY, strict),
            ("Later", monday() + 30 * DAY, FRANCE),
        ):
            WorkingTimeRules.objects.create(
                company=house.lea.company, name=name, since=since, record=rules.to_record()
            )
    assert member(asked(team), house.lea).rest == 12 * HOUR


def test_who_manages_the_team_or_left_is_no_member_and_part_time_counts(
    made: tuple[House, Team],
) -> None:
    house, team = made
    join(house.manager, team, role="manager")
    assert house.manager.pk not in {one.person for one in asked(team).members}
    works(house.manager, team, 2, EARLY, "lead")
    assert member(asked(team), house.manager).roles == {"lead", "agent"}
    leave(house.ines)
    assert house.ines.pk not in {one.person for one in asked(team).members}
    with attributed(system("test")):
        house.lea.memberships.update(share_percent=50)
    assert member(asked(team), house.lea).share == 50


def test_absences_and_the_time_outside_the_team_are_away(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    away(house.lea, 3)
    ends = on(5, "00:00-01:00").starts
    with attributed(system("test")):
        house.karim.memberships.update(period=DateTimeTZRange(ends - 90 * DAY, ends))
    frame = asked(team)
    (absent,) = member(frame, house.lea).away
    assert (absent.starts, absent.ends) == (frame.midnight(3), frame.midnight(4))
    (outside,) = member(frame, house.karim).away
    assert (outside.starts, outside.ends) == (ends, frame.midnight(7))


def test_work_elsewhere_before_and_by_call_is_busy_and_the_last_year_is_past(
    made: tuple[House, Team],
) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    elsewhere = works(house.lea, house.desk, 2, EARLY)
    before = works(house.lea, team, -1, NIGHT)
    long_ago = works(house.lea, team, -200, NIGHT)
    works(house.lea, team, -500, NIGHT)
    called = on(-2, "01:00-03:00")
    with attributed(system("test")):
        CallOut.objects.create(person=house.lea, period=DateTimeTZRange(called.starts, called.ends))
    lea = member(asked(team), house.lea)
    assert {span.starts for span in lea.busy} == {elsewhere.starts, before.starts, called.starts}
    assert {span.starts for span in lea.past} == {before.starts, long_ago.starts}


def test_two_shifts_of_a_day_stay_and_so_does_who_helps_out(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.lea, team, 1, "08:00-12:00")
    works(house.lea, team, 1, "14:00-18:00")
    works(house.manager, team, 2, EARLY)
    frame = asked(team)
    assert frame.slots == ()
    assert len(member(frame, house.lea).busy) == 2


def test_a_shift_of_who_has_left_is_one_to_be_filled(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.ines, team, 2, EARLY)
    leave(house.ines)
    frame = asked(team)
    assert frame.wanted() == {(2, code(EARLY)): 1}
    assert all(not any(row) for row in frame.standing().values())


def test_needs_are_asked_of_the_hours_that_the_team_works(made: tuple[House, Team]) -> None:
    house, team = made
    create_need(team, NeedTerms(name="Two at a time", minimum=2), by=PLANNER)
    planned(house.lea, team, 0, EARLY)  # of a pattern: these are hours of the team
    frame = asked(team, 3)
    assert frame.more == {(0, code(EARLY)): 1, (1, code(EARLY)): 2, (2, code(EARLY)): 2}


def test_who_speaks_a_language_is_asked_for_the_whole_length_of_each_shift(
    made: tuple[House, Team],
) -> None:
    house, team = made
    with attributed(system("test")):
        Person.objects.filter(pk=house.karim.pk).update(languages=["en", "fr"])
    create_need(team, NeedTerms(name="Nobody who speaks English", language="en"), by=PLANNER)
    for day in (0, 1):
        planned(house.lea, team, day, EARLY)
        works(house.ines, team, day, "08:00-16:00")
    works(house.ines, team, 2, NIGHT)  # hours that nobody works on the other days cut nothing
    frame = asked(team, 3)
    able = [one for one in frame.able if one.day < 2]
    # Before the other comes and after it has gone each shift is alone: both have to speak it.
    both = {(0, house.karim.pk), (1, house.karim.pk)}
    assert frame.more == {}
    assert {(one.day, who, one.people) for one in able for who, _d, _c in one.who} == {
        (day, who, 1) for day, who in both
    }
    assert {code for one in able for _w, _d, code in one.who} < set(frame.shifts)
    assert sorted((one.day, len(one.who), one.length / HOUR) for one in able) == [
        (day, many, hours) for day in (0, 1) for many, hours in ((1, 2), (1, 2), (2, 6))
    ]


def test_a_skill_that_ends_in_the_middle_of_a_night_is_not_there_for_it(
    made: tuple[House, Team],
) -> None:
    house, team = made
    with attributed(system("test")):
        skill = Skill.objects.create(name="Storage")
        for person, days in ((house.lea, 1), (house.karim, 2)):
            PersonSkill.objects.create(
                person=person,
                skill=skill,
                level=3,
                valid_until=monday() + timedelta(days=days),
            )
    create_need(team, NeedTerms(name="Nobody knows storage", skill=skill, level=2), by=PLANNER)
    works(house.lea, team, 1, NIGHT)
    (one, *others) = (one for one in asked(team, 3).able if one.day == 1)
    assert others == []
    assert (one.who, one.length) == (
        frozenset({(house.karim.pk, 1, code(NIGHT))}),
        8 * HOUR,
    )


def test_who_helps_out_and_speaks_it_is_enough(made: tuple[House, Team]) -> None:
    house, team = made
    with attributed(system("test")):
        Person.objects.filter(pk=house.manager.pk).update(languages=["en"])
    create_need(team, NeedTerms(name="Nobody who speaks English", language="en"), by=PLANNER)
    works(house.lea, team, 0, EARLY)
    works(house.manager, team, 0, EARLY)
    assert asked(team, 1).able == ()


def test_stand_by_for_any_team_is_known(made: tuple[House, Team]) -> None:
    house, team = made
    reachable = works(house.lea, house.desk, 1, NIGHT)
    with attributed(system("test")):
        Duty.objects.filter(pk=reachable.pk).update(kind="standby")
    works(house.karim, team, 0, EARLY)
    assert member(asked(team), house.lea).standby == (on(1, NIGHT),)


def test_wishes_are_days_off_and_shifts_of_a_part_of_the_day(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.karim, team, 1, EARLY)
    works(house.ines, team, 1, NIGHT)
    with attributed(system("test")):
        for day, wanted in ((0, "off"), (1, "night"), (2, "any"), (9, "off")):
            DutyWish.objects.create(
                person=house.lea, day=monday() + timedelta(days=day), wanted=wanted
            )
    lea = member(asked(team), house.lea)
    assert lea.off == {0}
    assert lea.wants == {(1, code(NIGHT)), (2, code(EARLY)), (2, code(NIGHT))}
