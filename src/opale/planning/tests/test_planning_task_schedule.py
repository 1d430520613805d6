"""Dates, slack, the chain and the reasons: by hand where it is small, by rules where it is not."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.calendars import Calendar
from opale.planning.task_order import Cycle, Link, in_order
from opale.planning.task_schedule import PersonDays, Plan, Task, plan
from opale.planning.workdays import Workdays, workdays

FRANCE = workdays(Calendar.on_weekdays("Europe/Paris", "09:00-17:00", country="FR"))
ENGLAND = workdays(
    Calendar.on_weekdays("Europe/London", "09:00-17:30", country="GB", subdivision="ENG")
)
MONDAY = date(2027, 3, 1)
LONG_AGO = date(2020, 1, 1)


def task(key: int, days: int, **said: object) -> Task:
    values = {"key": key, "days": days, "calendar": FRANCE} | said
    return Task(**values)  # type: ignore[arg-type]  # named by the tests


def staff(calendar: Workdays = FRANCE, since: date = MONDAY, *, away: int = 0) -> PersonDays:
    """Somebody with eight hours on each working day, who is away for so many days first."""
    given = [8.0 * calendar.opens(since + timedelta(days=n)) for n in range(420)]
    return PersonDays(calendar, since, given, [0.0] * away + given[away:])


STAFF = {key: staff() for key in range(10)}


def work(key: int, days: int, person: int, hours: float = 0, **said: object) -> Task:
    """Work of somebody, who does nothing else on its days."""
    return task(key, days, people=(person,), hours=hours or 8.0 * days, **said)


def planned(*tasks: Task, links: tuple[Link, ...] = (), **said: object) -> Plan:
    values = {"start": MONDAY, "today": LONG_AGO, "people": STAFF} | said
    return plan(tasks, links, **values)  # type: ignore[arg-type]  # named by the tests


def test_what_waits_begins_on_the_working_day_after() -> None:
    found = planned(task(1, 5), task(2, 3), links=(Link(1, 2),))
    assert (found.dates[1].starts, found.dates[1].ends) == (MONDAY, date(2027, 3, 5))
    assert (found.dates[2].starts, found.dates[2].ends) == (date(2027, 3, 8), date(2027, 3, 10))
    assert (found.dates[2].because.kind, found.dates[2].because.of) == ("after", 1)
    assert found.ends == date(2027, 3, 10)


def test_the_shorter_way_has_slack_and_the_longer_one_decides() -> None:
    found = planned(task(1, 5), task(2, 2), task(3, 1), links=(Link(1, 3), Link(2, 3)))
    assert found.chain == (1, 3)
    assert (found.dates[2].slack, found.dates[2].critical) == (3, False)
    assert [found.dates[key].critical for key in (1, 3)] == [True, True]


def test_each_country_rests_on_its_own_holidays() -> None:
    easter = date(2027, 3, 29)  # of both
    may = date(2027, 5, 3)  # the early May bank holiday, of England alone
    for calendar, monday, works in ((FRANCE, easter, False), (ENGLAND, easter, False),
                                    (FRANCE, may, True), (ENGLAND, may, False)):  # fmt: skip
        found = planned(task(1, 1, calendar=calendar), start=monday)
        assert (found.dates[1].starts == monday) is works
    bastille = date(2027, 7, 14)
    paris = planned(task(1, 3), start=date(2027, 7, 13))
    london = planned(task(1, 3, calendar=ENGLAND), start=date(2027, 7, 13))
    assert not FRANCE.opens(bastille)
    assert (paris.ends, london.ends) == (date(2027, 7, 16), date(2027, 7, 15))


def test_a_plan_goes_on_over_new_year() -> None:
    found = planned(task(1, 10), start=date(2026, 12, 24))
    assert found.ends == date(2027, 1, 8)


def test_two_packages_of_one_person_are_done_one_after_the_other() -> None:
    found = planned(work(1, 3, 7), work(2, 3, 7), task(3, 4), links=(Link(2, 3),))
    assert found.dates[2].starts == MONDAY, "what something else waits for goes first"
    assert found.dates[1].starts == date(2027, 3, 4)
    assert (found.dates[1].because.kind, found.dates[1].because.of) == ("person", 2)
    assert found.chain == (2, 3)


def test_a_person_decides_the_end_where_nothing_else_does() -> None:
    found = planned(work(1, 3, 7), work(2, 3, 7))
    assert found.chain == (1, 2)
    assert found.dates[1].critical


def test_back_from_a_day_everything_is_as_late_as_it_may_be() -> None:
    links = (Link(1, 3), Link(2, 3))
    found = planned(
        task(1, 5), task(2, 1), task(3, 1), links=links, wanted=date(2027, 3, 31), backward=True
    )
    assert found.ends == date(2027, 3, 31)
    assert found.dates[2].starts == date(2027, 3, 30)
    assert found.dates[1].starts == date(2027, 3, 23), "Easter Monday is not worked"
    assert found.late_by == 0


def test_a_day_that_cannot_be_kept_says_by_how_much() -> None:
    found = planned(
        task(1, 5), task(2, 5), links=(Link(1, 2),), wanted=date(2027, 3, 10), backward=True
    )
    assert found.late_by == 2
    assert found.ends == date(2027, 3, 12)


def test_a_carriers_promise_is_its_end_and_one_that_passed_may_be_kept_any_day() -> None:
    promised = task(1, 5, promised=date(2027, 3, 20))
    found = planned(promised, task(2, 1), links=(Link(1, 2),))
    assert found.dates[2].starts == date(2027, 3, 22)
    assert found.dates[1].because.kind == "promised"
    late = planned(promised, task(2, 1), links=(Link(1, 2),), today=date(2027, 4, 1))
    assert late.dates[1].ends == date(2027, 4, 1)


def test_what_happened_stays_where_it_was() -> None:
    done = task(1, 5, started=date(2027, 2, 1), finished=date(2027, 2, 20))
    begun = task(2, 3, started=date(2027, 3, 2))
    found = planned(done, begun, task(3, 1), links=(Link(1, 3),), today=date(2027, 3, 4))
    assert (found.dates[1].starts, found.dates[1].ends) == (date(2027, 2, 1), date(2027, 2, 20))
    assert (found.dates[2].starts, found.dates[2].ends) == (date(2027, 3, 2), date(2027, 3, 4))
    assert found.dates[3].starts == date(2027, 3, 4)
    assert 1 not in found.chain


def test_what_is_longer_under_way_than_planned_ends_today_at_the_earliest() -> None:
    found = planned(task(1, 2, started=MONDAY), today=date(2027, 3, 10))
    assert found.ends == date(2027, 3, 10)


def test_a_cycle_is_told_in_turn() -> None:
    with pytest.raises(Cycle) as refused:
        in_order([1, 2, 3, 4, 5], [Link(1, 2), Link(2, 3), Link(3, 4), Link(4, 2), Link(4, 5)])
    assert refused.value.keys == (2, 3, 4, 2)


def test_three_short_tasks_of_one_person_share_a_day() -> None:
    found = planned(*(work(key, 1, 7, hours=1) for key in (1, 2, 3)), work(4, 1, 7, hours=8))
    assert {found.dates[key].starts for key in (1, 2, 3)} == {MONDAY}
    assert (found.dates[4].starts, found.dates[4].ends) == (MONDAY, date(2027, 3, 2))
    assert {found.dates[key].ends for key in (1, 2, 3)} == {MONDAY}
    tight = planned(*(work(key, 1, 7, hours=5) for key in (1, 2, 3)))
    assert max(one.ends for one in tight.dates.values()) == date(2027, 3, 2)


def test_work_of_a_few_hours_is_spread_over_the_days_that_it_takes() -> None:
    found = planned(work(1, 5, 7, hours=24))
    assert found.dates[1].stretches == ((MONDAY, date(2027, 3, 5), 5.0),)


def test_work_waits_for_who_is_away_and_goes_on_after() -> None:
    away = {7: staff(away=4)}
    found = planned(work(1, 1, 7, hours=6), people=away)
    assert (found.dates[1].starts, found.dates[1].because.kind) == (date(2027, 3, 5), "busy")
    begun = planned(work(1, 5, 7, started=date(2027, 2, 25)), people=away, today=MONDAY)
    assert begun.ends == date(2027, 3, 9), "three of the five days are left"


def test_who_is_done_first_does_it() -> None:
    people = {1: staff(away=2), 2: staff(), 3: staff()}
    found = planned(task(1, 2, people=(1, 3, 2), hours=16), people=people)
    assert found.dates[1].person == 3
    assert found.dates[1].stretches == ((MONDAY, date(2027, 3, 2), 8.0),)


def test_work_takes_the_days_of_whoever_does_it() -> None:
    bank_holiday = date(2027, 5, 3)
    people = {1: staff(ENGLAND, bank_holiday), 2: staff(FRANCE, bank_holiday)}
    tasks = (work(1, 1, 1), work(2, 1, 2))
    found = planned(*tasks, people=people, start=bank_holiday)
    assert (found.dates[1].starts, found.dates[2].starts) == (date(2027, 5, 4), bank_holiday)


def test_nobody_knows_so_far_ahead() -> None:
    found = planned(work(1, 2, 7), start=date(2029, 1, 1))
    assert (found.dates[1].person, found.dates[1].ends) == (None, date(2029, 1, 3))


def test_work_waits_for_its_stock() -> None:
    found = planned(task(1, 1, stocked=date(2027, 3, 10)), task(2, 1))
    assert (found.dates[1].starts, found.dates[1].because.kind) == (date(2027, 3, 10), "stock")
    assert found.dates[2].starts == MONDAY


def test_back_from_a_day_hours_are_taken_as_late_as_they_are_there() -> None:
    given = STAFF[7].given
    free = [*given[:14], *(0.0 for _n in range(14)), *given[28:]]
    people = {7: replace(STAFF[7], free=free)}
    found = planned(work(1, 2, 7), people=people, wanted=date(2027, 3, 26), backward=True)
    assert (found.dates[1].starts, found.dates[1].ends) == (date(2027, 3, 11), date(2027, 3, 12))
    assert found.late_by == 0


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Task], list[Link], dict[int, PersonDays]]:
    count = draw(st.integers(2, 14))
    tasks = [
        task(
            key,
            draw(st.integers(0, 6)),
            hours=draw(st.integers(0, 30)),
            people=draw(st.sampled_from([(), (1,), (2,), (1, 2), (2, 3, 1)])),
        )
        for key in range(count)
    ]
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * count))
    links = [Link(a, b, draw(st.integers(0, 3))) for a, b in chosen]
    people = {
        key: staff(draw(st.sampled_from([FRANCE, ENGLAND])), away=draw(st.integers(0, 9)))
        for key in (1, 2, 3)
    }
    return tasks, links, people


@given(plans())
def test_every_plan_keeps_its_rules(
    drawn: tuple[list[Task], list[Link], dict[int, PersonDays]],
) -> None:
    tasks, links, people = drawn
    found = planned(*tasks, links=tuple(links), people=people)
    known = {one.key: one for one in tasks}
    taken: dict[tuple[int, date], float] = defaultdict(float)
    for one in tasks:
        dated = found.dates[one.key]
        if one.days and dated.person is None:
            worked = one.calendar.count(dated.starts - timedelta(days=1), dated.ends)
            assert worked == one.days
            assert one.calendar.opens(dated.starts)
        elif dated.person is not None:
            own = people[dated.person].calendar
            assert own.count(dated.starts - timedelta(days=1), dated.ends) >= one.days
            hours = 0.0
            for since, last, a_day in dated.stretches:
                assert dated.starts <= since <= last <= dated.ends
                for n in range((last - since).days + 1):
                    day = since + timedelta(days=n)
                    if own.opens(day):
                        taken[dated.person, day] += a_day
                        hours += a_day
            assert hours >= one.hours
    for link in links:
        before, after = found.dates[link.before], found.dates[link.after]
        assert after.starts >= before.ends
        if known[link.after].days:
            assert after.starts > before.ends
    for (key, day), hours in taken.items():
        assert hours <= people[key].free[people[key].place(day)]
    assert any(found.dates[key].critical for key in known)
    assert max(dated.ends for dated in found.dates.values()) == found.ends


@given(plans())
def test_a_plan_with_the_chosen_people_has_the_same_dates(
    drawn: tuple[list[Task], list[Link], dict[int, PersonDays]],
) -> None:
    """What the check of a design chose is what the project is then planned with."""
    tasks, links, people = drawn
    checked = planned(*tasks, links=tuple(links), people=people)
    named = [
        replace(one, people=(person,) if person is not None else ())
        for one in tasks
        for person in [checked.dates[one.key].person]
    ]
    ordered = planned(*named, links=tuple(links), people=people)
    assert ordered.dates == checked.dates
    assert ordered.chain == checked.chain


def test_two_thousand_packages_are_planned() -> None:
    """In rows of a hundred that wait for each other, by ten people."""
    tasks = [work(key, key % 4 + 1, key % 10, hours=1) for key in range(2_000)]
    links = [Link(key, key + 20) for key in range(1_980)]
    found = planned(*tasks, links=tuple(links))
    assert len(found.dates) == 2_000
    assert found.ends is not None
    assert found.ends.year == 2028
