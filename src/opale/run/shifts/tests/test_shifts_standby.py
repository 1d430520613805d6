"""Who stands by when: what is never broken, what is shared, and why a turn changes hands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import examples

from opale.run.shifts.domain.cycles import DAY, Hours, Span
from opale.run.shifts.domain.roster_generator.standby import (
    HeldStandby,
    StandbyAssignment,
    StandbyMember,
    StandbyProblem,
    StandbySkillNeed,
    Turn,
    standby_breaches,
    standby_changes,
)
from opale.run.shifts.domain.roster_generator.standby_solver import assign_standby
from opale.run.shifts.domain.working_time import FRANCE, Limit, RuleSet

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 3, 1)
AGREED = RuleSet("Agreement", {**FRANCE.limits, "standby_row": Limit(7 * 24, "Agreement, 4")})
ONE_IN_FOUR = RuleSet("Agreement", {"standby_days": Limit(7 * 24, "Agreement, 5", weeks=4)})
SECONDS = 30.0
"""More than any question here needs."""


def hours(day: int, text: str) -> Span:
    return Hours.parse(text).on(MONDAY + day * DAY, PARIS)


def week(number: int, role: str = "agent") -> Turn:
    return Turn(hours(7 * number, "08:00-08:00+7"), role)


def night(day: int) -> Turn:
    return Turn(hours(day, "18:00-08:00"), "agent")


def at(day: int) -> datetime:
    return datetime.combine(MONDAY + day * DAY, time(), PARIS)


def asked(
    people: int,
    *held: tuple[Turn, int],
    missing: Sequence[Turn] = (),
    weeks: int = 8,
    gentle: bool = True,
    rules: RuleSet = FRANCE,
) -> StandbyProblem:
    roles = frozenset({"agent", "manager"})
    return StandbyProblem(
        MONDAY,
        PARIS,
        Span(at(0), at(7 * weeks)),
        tuple(StandbyMember(person, rules, PARIS, roles) for person in range(1, people + 1)),
        tuple(HeldStandby(f"d{n}", turn, person) for n, (turn, person) in enumerate(held)),
        Counter(missing),
        gentle=gentle,
    )


def changed(found: StandbyProblem, person: int, **fields: object) -> StandbyProblem:
    callers = tuple(
        replace(one, **fields) if one.person == person else one  # type: ignore[arg-type]
        for one in found.callers
    )
    return replace(found, callers=callers)


def lines(found: StandbyProblem) -> list[tuple[Turn, int | None, int | None, str]]:
    return [
        (Turn(line.span, line.role), line.was, line.to, line.reason)
        for line in standby_changes(found, assign_standby(found, seconds=SECONDS))
    ]


def counts(given_turns: StandbyAssignment) -> list[int]:
    return sorted(Counter(p for people in given_turns.values() for p in people).values())


def test_standby_in_which_all_is_well_stays_as_it_is() -> None:
    assert lines(asked(3, (week(0), 1), (week(1), 2), (week(2), 3))) == []


def test_the_week_of_who_is_away_goes_to_another_and_no_other_moves() -> None:
    found = asked(4, *((week(n), 1 + n % 4) for n in range(8)))
    found = changed(found, 2, away=(Span(at(9), at(11)),))
    ((turn, was, to, reason),) = lines(found)
    assert (turn, was, reason) == (week(1), 2, "away")
    assert to == 4  # 1 and 3 stand by the weeks before and after


def test_missing_weeks_are_shared_evenly_and_none_follows_another() -> None:
    found = asked(4, missing=[week(n) for n in range(8)])
    solved = assign_standby(found, seconds=SECONDS)
    assert counts(solved) == [2, 2, 2, 2]
    assert not any(solved[week(n)] & solved[week(n + 1)] for n in range(7))


def test_nights_are_given_for_a_year_and_to_everybody_his_share() -> None:
    found = asked(5, missing=[night(day) for day in range(364)], weeks=52)
    solved = assign_standby(found, seconds=SECONDS)
    assert all(len(solved[night(day)]) == 1 for day in range(364))
    assert max(counts(solved)) - min(counts(solved)) <= 7


def test_a_year_of_nights_is_planned_in_the_time_that_there_is() -> None:
    limits = {
        "standby_row": Limit(7 * 24, "Agreement, 4"),
        "standby_days": Limit(7 * 24, "Agreement, 5", weeks=4),
    }
    agreed = RuleSet("Agreement", limits)
    found = asked(20, missing=[night(day) for day in range(364)], weeks=52, rules=agreed)
    solved = assign_standby(found, seconds=0.1)
    assert all(len(solved[night(day)]) == 1 for day in range(364))
    assert max(counts(solved)) - min(counts(solved)) <= 7


def test_two_layers_are_held_by_two_people() -> None:
    found = asked(2, missing=[week(0), week(0, "manager")])
    solved = assign_standby(found, seconds=SECONDS)
    assert solved[week(0)] | solved[week(0, "manager")] == {1, 2}


def test_who_stood_by_most_in_the_last_year_is_spared() -> None:
    past = tuple(hours(-7 * n, "08:00-08:00+7") for n in (10, 20, 30))
    found = changed(asked(2, missing=[week(0), week(2)], gentle=False), 1, past=past)
    assert {
        person for people in assign_standby(found, seconds=SECONDS).values() for person in people
    } == {2}


def test_who_came_last_month_owes_nothing_for_the_year_before() -> None:
    past = tuple(hours(-7 * n, "08:00-08:00+7") for n in range(4, 40, 4))
    found = asked(3, missing=[week(n) for n in range(6)])
    found = changed(changed(found, 1, past=past), 2, past=past)
    found = changed(found, 3, served=2)
    assert counts(assign_standby(found, seconds=SECONDS)) == [2, 2, 2]


def test_a_burden_is_shared_only_where_anything_may_change() -> None:
    past = tuple(hours(-7 * n, "08:00-08:00+7") for n in range(2, 20, 2))
    found = changed(asked(2, (week(0), 1)), 1, past=past)
    assert lines(found) == []
    assert lines(replace(found, gentle=False)) == [(week(0), 1, 2, "burden")]


def test_nobody_stands_by_beside_a_night_and_who_does_already_loses_it() -> None:
    at_night = (hours(2, "22:00-06:00"),)
    found = changed(asked(2, missing=[week(0)]), 1, work=at_night)
    assert lines(found) == [(week(0), None, 2, "gap")]
    found = changed(changed(asked(2, (week(0), 1)), 1, work=at_night), 2, work=at_night)
    assert lines(found) == []  # a gap would be worse, and it was decided by somebody
    assert lines(changed(found, 2, work=())) == [(week(0), 1, 2, "beside")]


def test_a_day_shift_goes_with_standby() -> None:
    found = changed(asked(1, missing=[week(0)]), 1, work=(hours(2, "09:00-17:00"),))
    assert lines(found) == [(week(0), None, 1, "gap")]


def test_who_stands_by_elsewhere_is_not_asked_twice() -> None:
    found = changed(asked(1, missing=[week(0), week(1)]), 1, standing=(week(0).span,))
    assert lines(found) == [(week(1), None, 1, "gap")]


def test_who_rests_after_a_call_out_is_given_nothing_new_until_he_has() -> None:
    resting = (Span(at(0) - 3 * timedelta(hours=1), at(0) + timedelta(hours=10)),)
    found = changed(asked(1, missing=[week(0), week(2)]), 1, resting=resting)
    assert lines(found) == [(week(2), None, 1, "gap")]
    assert lines(changed(asked(1, (week(0), 1)), 1, resting=resting)) == []


def test_a_limit_in_a_row_leaves_a_week_with_nobody_rather() -> None:
    found = asked(1, missing=[week(0), week(1), week(2)], rules=AGREED)
    assert [turn for turn, people in assign_standby(found, seconds=SECONDS).items() if people] in (
        [week(0), week(2)],
        [week(2), week(0)],
    )
    assert len(lines(asked(1, missing=[week(0), week(1), week(2)]))) == 3


def test_a_limit_in_some_weeks_counts_what_was_before() -> None:
    before = (hours(-14, "08:00-08:00+7"),)
    found = asked(1, missing=[week(n) for n in range(4)], rules=ONE_IN_FOUR)
    found = changed(found, 1, past=before, standing=before)
    ((turn, _was, to, _reason),) = lines(found)
    assert (turn, to) in {(week(2), 1), (week(3), 1)}


def test_two_weeks_in_a_row_are_mended_where_an_agreement_forbids_them() -> None:
    found = asked(2, (week(0), 1), (week(1), 1), rules=AGREED)
    ((turn, was, to, reason),) = lines(found)
    assert turn in {week(0), week(1)}
    assert (was, to, reason) == (1, 2, "rule")


def test_wishes_are_granted_where_somebody_else_is_there() -> None:
    found = asked(2, (week(0), 1), gentle=False)
    found = changed(found, 1, off=frozenset({MONDAY + 3 * DAY}))
    assert lines(found) == [(week(0), 1, 2, "wish")]
    found = asked(2, missing=[week(0)])
    found = changed(found, 2, wants=frozenset({MONDAY + 5 * DAY}))
    assert lines(found) == [(week(0), None, 2, "gap")]


def test_a_skill_that_is_needed_on_standby_moves_a_turn() -> None:
    found = asked(2, (week(0), 1))
    needed = StandbySkillNeed(week(0).span, frozenset({(2, week(0))}), 1)
    assert lines(replace(found, skilled=(needed,))) == [(week(0), 1, 2, "able")]
    held = StandbySkillNeed(week(0).span, frozenset({(1, week(0)), (2, week(0))}), 1)
    assert lines(replace(found, skilled=(held,))) == []


def test_a_turn_of_who_has_left_is_to_be_filled() -> None:
    found = asked(1, (week(0), 99))
    assert lines(found) == [(week(0), 99, 1, "gap")]


def test_one_absence_in_a_year_changes_one_week_of_it() -> None:
    found = asked(8, *((week(n), 1 + n % 8) for n in range(52)), weeks=52)
    found = changed(found, 5, away=(Span(at(28), at(35)),))
    changes = lines(found)
    assert len(changes) <= 0.05 * 52
    assert changes[0][:2] == (week(4), 5)


@settings(max_examples=examples(15))
@given(st.data())
def test_no_turn_breaks_a_rule_whatever_is_asked(data: st.DataObject) -> None:
    people = data.draw(st.integers(1, 4))
    turns = [week(n) for n in range(6)] + [night(day) for day in range(14)]
    missing = data.draw(st.lists(st.sampled_from(turns), max_size=12))
    limits = {
        "standby_row": Limit(24 * data.draw(st.integers(1, 10)), "row"),
        "standby_days": Limit(24 * data.draw(st.integers(1, 14)), "days", weeks=4),
    }
    found = asked(people, missing=missing, rules=RuleSet("Agreement", limits))
    for person in range(1, people + 1):
        day = data.draw(st.integers(0, 41))
        found = changed(found, person, away=(Span(at(day), at(day + 2)),))
    solved = assign_standby(found, seconds=SECONDS)
    for caller in found.callers:
        own = sorted(turn for turn, who in solved.items() if caller.person in who)
        assert standby_breaches(found, caller, own) == []
        for one, other in pairwise(own):
            assert one.span.ends <= other.span.starts
        assert not any(
            turn.span.starts < gone.ends and gone.starts < turn.span.ends
            for turn in own
            for gone in caller.away
        )
