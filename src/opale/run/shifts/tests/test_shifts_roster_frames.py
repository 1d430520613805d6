"""A team's own roster as a question, and the answer as changes of it."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import examples

from opale.run.shifts.domain.cycles import Hours, Span
from opale.run.shifts.domain.roster_generator.differences import roster_changes
from opale.run.shifts.domain.roster_generator.frame import Frame, Member, Shift, SkillNeed, Slot
from opale.run.shifts.domain.roster_generator.planner import PlanProgress, plan_roster
from opale.run.shifts.domain.roster_generator.rule_check import breaches_of_row
from opale.run.shifts.domain.working_time import FRANCE, Limit, RuleSet

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 3, 1)
EARLY, LATE, NIGHT = (
    Shift("agent", Hours.parse(hours)) for hours in ("06:00-14:00", "14:00-22:00", "22:00-06:00")
)
LONG = 60.0
"""Seconds that no plan here needs: each is the best of all before."""


def frame(
    people: int, slots: list[tuple[int, Shift, int]], days: int = 7, *, gentle: bool = True
) -> Frame:
    members = tuple(
        Member(person, FRANCE, PARIS, frozenset({"agent"})) for person in range(1, people + 1)
    )
    held = tuple(
        Slot(f"d{n}", day, shift.code, person) for n, (day, shift, person) in enumerate(slots)
    )
    shifts = {shift.code: shift for shift in (EARLY, LATE, NIGHT)}
    return Frame(MONDAY, days, PARIS, shifts, members, held, gentle=gentle)


def changed(asked: Frame, person: int, **fields: object) -> Frame:
    members = tuple(
        replace(one, **fields) if one.person == person else one  # type: ignore[arg-type]
        for one in asked.members
    )
    return replace(asked, members=members)


def lines(
    asked: Frame, seconds: float = LONG
) -> list[tuple[int, str, int | None, int | None, str]]:
    found = roster_changes(asked, plan_roster(asked, seconds=seconds).rows)
    return [(one.day, one.shift, one.was, one.to, one.reason) for one in found]


def test_a_roster_in_which_all_is_well_stays_as_it_is() -> None:
    assert lines(frame(3, [(0, EARLY, 1), (1, EARLY, 1), (1, LATE, 2)])) == []


def test_the_duty_of_who_is_away_goes_to_somebody_and_no_other_moves() -> None:
    asked = frame(3, [(0, EARLY, 1), (1, EARLY, 1), (1, LATE, 2), (2, LATE, 2)])
    asked = changed(asked, 1, away=(Span(asked.midnight(1), asked.midnight(2)),))
    ((day, shift, was, to, reason),) = lines(asked)
    assert (day, shift, was, reason) == (1, EARLY.code, 1, "away")
    assert to == 3  # 2 is on the late shift of that day


def test_a_night_that_ends_in_an_absence_is_given_away() -> None:
    asked = frame(2, [(0, NIGHT, 1)])
    asked = changed(asked, 1, away=(Span(asked.midnight(1), asked.midnight(2)),))
    assert lines(asked) == [(0, NIGHT.code, 1, 2, "away")]


def test_who_works_elsewhere_has_the_rest_before_and_after() -> None:
    asked = frame(1, [])
    there = NIGHT.hours.on(MONDAY, PARIS)
    wanted = {(0, LATE.code): 1, (1, EARLY.code): 1, (1, NIGHT.code): 1}
    asked = changed(replace(asked, more=wanted), 1, busy=(there,))
    assert lines(asked) == [(1, NIGHT.code, None, 1, "gap")]


def test_a_shift_that_nobody_may_work_is_said_to_have_nobody() -> None:
    asked = frame(2, [(0, EARLY, 1)])
    asked = changed(asked, 2, roles=frozenset({"lead"}))
    asked = changed(asked, 1, away=(Span(asked.midnight(0), asked.midnight(1)),))
    assert lines(asked) == [(0, EARLY.code, 1, None, "away")]


def test_a_wish_is_granted_where_a_roster_is_made_anew_and_not_where_little_may_change() -> None:
    slots = [(3, EARLY, 1)]
    anew = changed(frame(2, slots, gentle=False), 1, off=frozenset({3}))
    assert lines(anew) == [(3, EARLY.code, 1, 2, "wish")]
    assert lines(replace(anew, gentle=True)) == []


def test_a_wish_leaves_no_shift_empty_for_which_nobody_may_be_found() -> None:
    asked = changed(frame(2, [(3, EARLY, 1)], gentle=False), 1, off=frozenset({3}))
    six_days = tuple(
        EARLY.hours.on(MONDAY + timedelta(days=day), PARIS) for day in (0, 1, 2, 4, 5, 6)
    )
    assert lines(changed(asked, 2, busy=six_days)) == []


def test_the_night_goes_to_who_had_fewer_over_the_year() -> None:
    past = tuple(NIGHT.hours.on(MONDAY - timedelta(days=n), PARIS) for n in range(30, 60))
    asked = replace(frame(2, [], gentle=False), more={(2, NIGHT.code): 1})
    assert lines(changed(asked, 1, past=past)) == [(2, NIGHT.code, None, 2, "gap")]
    assert lines(changed(asked, 2, past=past)) == [(2, NIGHT.code, None, 1, "gap")]


def test_who_has_a_skill_takes_the_shift_on_which_nobody_has_it() -> None:
    asked = frame(3, [(0, EARLY, 1), (1, EARLY, 1), (0, LATE, 2)])
    able = SkillNeed(0, frozenset({(2, 0, EARLY.code), (3, 0, EARLY.code)}), 1)
    asked = replace(asked, able=(able,))
    assert lines(asked) == [(0, EARLY.code, 1, 3, "able")]
    # Where somebody of them is on anyway, nothing moves.
    held = SkillNeed(0, frozenset({(1, 0, EARLY.code), (2, 0, EARLY.code)}), 1)
    assert lines(replace(asked, able=(held,))) == []


def test_a_skill_that_is_missing_for_a_short_while_moves_no_duty() -> None:
    asked = frame(3, [(0, EARLY, 1), (1, EARLY, 1), (0, LATE, 2)])
    who = frozenset({(3, 0, EARLY.code)})
    short, long = (SkillNeed(0, who, 1, timedelta(minutes=minutes)) for minutes in (30, 120))
    assert (short.weight, long.weight, SkillNeed(0, who, 1).weight) == (15, 60, 120)
    assert lines(replace(asked, able=(short,))) == []
    assert lines(replace(asked, able=(long,))) == [(0, EARLY.code, 1, 3, "able")]


def test_a_skill_is_no_reason_to_leave_a_shift_empty() -> None:
    asked = frame(2, [(0, EARLY, 1), (0, LATE, 2)])
    able = SkillNeed(0, frozenset({(2, 0, EARLY.code)}), 1)
    found = lines(replace(asked, able=(able,)))
    assert {(one[1], one[2], one[3]) for one in found} == {(EARLY.code, 1, 2), (LATE.code, 2, 1)}


def test_what_the_law_takes_from_the_only_one_who_can_goes_to_who_is_free() -> None:
    """Seven weeks of 40 hours behind him, 24 allowed over twelve: one more shift, no second."""
    asked = replace(
        frame(3, [], 28, gentle=False),
        more={(day, LATE.code): 1 for day in range(28)},
        able=tuple(SkillNeed(day, frozenset({(3, day, LATE.code)}), 1) for day in range(28)),
    )
    short = RuleSet("Part", {"average": Limit(24, "agreement", weeks=12)})
    past = tuple(
        LATE.hours.on(MONDAY - timedelta(days=day), PARIS) for day in range(1, 50) if day % 7 > 1
    )
    asked = changed(asked, 3, past=past, rules=short)
    rows = plan_roster(asked, seconds=LONG).rows
    assert sum(map(bool, rows[3])) == 1
    assert all(sum(bool(row[day]) for row in rows.values()) == 1 for day in range(28))


def test_nobody_is_given_a_night_beside_stand_by_and_who_has_one_keeps_it() -> None:
    asked = frame(3, [(0, NIGHT, 1), (3, NIGHT, 2)])
    asked = changed(asked, 1, away=(Span(asked.midnight(0), asked.midnight(2)),))
    called = (Span(asked.midnight(0), asked.midnight(7)),)
    asked = changed(changed(asked, 2, standby=called), 3, standby=called)
    assert lines(asked) == [(0, NIGHT.code, 1, None, "away")]
    asked = changed(asked, 3, standby=())
    assert lines(asked) == [(0, NIGHT.code, 1, 3, "away")]


def test_what_is_found_is_told_and_stopping_keeps_it() -> None:
    asked = replace(frame(4, [], days=56), more={(day, EARLY.code): 2 for day in range(56)})
    told: list[PlanProgress] = []
    found = plan_roster(asked, seconds=LONG, tell=told.append, stop=lambda: bool(told))
    assert told
    assert found.days < asked.days
    there = Counter(day for row in found.rows.values() for day, code in enumerate(row) if code)
    assert all(there[day] == 2 for day in range(28))
    assert not there[30]


@settings(max_examples=examples(8))
@given(st.data())
def test_no_plan_breaks_a_rule_that_was_kept(data: st.DataObject) -> None:
    people, days = data.draw(st.integers(2, 6)), 14
    days_of = st.integers(0, days - 1)
    shifts = st.sampled_from((EARLY, LATE, NIGHT))
    wanted = data.draw(st.dictionaries(st.tuples(days_of, shifts), st.integers(1, 3)))
    asked = replace(
        frame(people, [], days, gentle=data.draw(st.booleans())),
        more={(day, shift.code): count for (day, shift), count in wanted.items()},
    )
    away = data.draw(st.dictionaries(st.integers(1, people), days_of))
    for person, day in away.items():
        asked = changed(asked, person, away=(Span(asked.midnight(day), asked.midnight(day + 1)),))
    rows = plan_roster(asked, seconds=1).rows
    for member in asked.members:
        assert breaches_of_row(asked, member, rows[member.person]) == []
        for day, code in enumerate(rows[member.person]):
            assert not code or not any(
                one.starts < asked.span(day, code).ends and asked.span(day, code).starts < one.ends
                for one in member.away
            )
