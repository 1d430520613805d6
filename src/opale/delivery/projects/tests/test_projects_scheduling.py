"""Dates, slack, the chain and the reasons: by hand where it is small, by rules where it is not."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.delivery.projects.domain.scheduling import (
    Cycle,
    Link,
    Plan,
    Task,
    in_order,
    plan,
    workdays,
)
from opale.kernel.calendars import Calendar

FRANCE = workdays(Calendar.on_weekdays("Europe/Paris", "09:00-17:00", country="FR"))
ENGLAND = workdays(
    Calendar.on_weekdays("Europe/London", "09:00-17:30", country="GB", subdivision="ENG")
)
MONDAY = date(2027, 3, 1)
LONG_AGO = date(2020, 1, 1)


def task(key: int, days: int, **said: object) -> Task:
    values = {"key": key, "days": days, "calendar": FRANCE} | said
    return Task(**values)  # type: ignore[arg-type]  # named by the tests


def planned(*tasks: Task, links: tuple[Link, ...] = (), **said: object) -> Plan:
    values = {"start": MONDAY, "today": LONG_AGO} | said
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
    found = planned(task(1, 3, person=7), task(2, 3, person=7), task(3, 4), links=(Link(2, 3),))
    assert found.dates[2].starts == MONDAY, "what something else waits for goes first"
    assert found.dates[1].starts == date(2027, 3, 4)
    assert (found.dates[1].because.kind, found.dates[1].because.of) == ("person", 2)
    assert found.chain == (2, 3)


def test_a_person_decides_the_end_where_nothing_else_does() -> None:
    found = planned(task(1, 3, person=7), task(2, 3, person=7))
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


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Task], list[Link]]:
    count = draw(st.integers(2, 14))
    tasks = [
        task(
            key,
            draw(st.integers(0, 6)),
            calendar=draw(st.sampled_from([FRANCE, ENGLAND])),
            person=draw(st.sampled_from([None, 1, 2])),
        )
        for key in range(count)
    ]
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * count))
    return tasks, [Link(a, b, draw(st.integers(0, 3))) for a, b in chosen]


@given(plans())
def test_every_plan_keeps_its_rules(drawn: tuple[list[Task], list[Link]]) -> None:
    tasks, links = drawn
    found = planned(*tasks, links=tuple(links))
    known = {one.key: one for one in tasks}
    for one in tasks:
        dated = found.dates[one.key]
        if one.days:
            worked = one.calendar.count(dated.starts - timedelta(days=1), dated.ends)
            assert worked == one.days
            assert one.calendar.opens(dated.starts)
    for link in links:
        before, after = found.dates[link.before], found.dates[link.after]
        assert after.starts >= before.ends
        if known[link.after].days:
            assert after.starts > before.ends
    for who in (1, 2):
        own = sorted(
            (found.dates[one.key] for one in tasks if one.person == who and one.days),
            key=lambda dated: dated.starts,
        )
        assert all(a.ends < b.starts for a, b in itertools.pairwise(own))
    assert any(found.dates[key].critical for key in known)
    assert max(dated.ends for dated in found.dates.values()) == found.ends


def test_two_thousand_packages_are_planned() -> None:
    """In rows of a hundred that wait for each other, by ten people."""
    tasks = [task(key, key % 4 + 1, person=key % 10) for key in range(2_000)]
    links = [Link(key, key + 20) for key in range(1_980)]
    found = planned(*tasks, links=tuple(links))
    assert len(found.dates) == 2_000
    assert found.ends is not None
    assert found.ends.year > 2028
