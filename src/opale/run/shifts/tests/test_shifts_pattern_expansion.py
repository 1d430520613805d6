"""Patterns are drawn ahead and published; what somebody decided by hand is left alone."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.organisation.models import Company, Person, WorkingCalendar
from opale.run.shifts.actions.duties import edit_duty, remove_duty
from opale.run.shifts.actions.patterns import (
    PatternTerms,
    add_line,
    create_pattern,
    edit_pattern,
    remove_line,
    remove_pattern,
)
from opale.run.shifts.actions.planned_duties import cancel_planned, change_planned, redraw_planned
from opale.run.shifts.actions.roster import (
    DrawnChanges,
    draw_all_patterns,
    draw_patterns,
    publish_roster,
    withdraw_roster,
)
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.pattern_templates import get_pattern_template
from opale.run.shifts.models import Duty, PlannedDuty, ShiftPattern
from opale.run.shifts.queries import breaches
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
MONDAY = date(2027, 3, 1)
AT = datetime(2027, 3, 1, 0, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def house() -> House:
    return make_house()


def sheet(days: Sequence[Sequence[str]] = (("06:00-14:00",),), **given: object) -> PatternTerms:
    fields: dict[str, object] = {
        "name": "Morning",
        "time_zone": "Europe/Paris",
        "first_day": MONDAY,
        "days": [list(day) for day in days],
    }
    return PatternTerms(**(fields | given))  # type: ignore[arg-type]  # one field each


def pattern_of(house: House, *people: Person, step: int = 0, **given: object) -> ShiftPattern:
    pattern = create_pattern(house.desk, sheet(**given), by=PLANNER)  # type: ignore[arg-type]  # one field each
    for number, person in enumerate(people):
        add_line(pattern, person, by=PLANNER, offset=number * step, since=MONDAY)
    return pattern


def draw(house: House) -> DrawnChanges:
    return draw_patterns(house.desk, by=PLANNER, at=AT)


def publish(house: House, weeks: int = 1) -> int:
    return publish_roster(house.desk, by=PLANNER, at=AT, until=AT + weeks * WEEK).made


def test_a_pattern_is_drawn_for_a_year_and_twice_is_as_once(house: House) -> None:
    pattern_of(house, house.lea)
    first = draw(house)
    assert first == DrawnChanges(made=364)
    rows = list(PlannedDuty.objects.order_by("id").values())
    assert draw(house) == DrawnChanges()
    assert list(PlannedDuty.objects.order_by("id").values()) == rows
    assert not Duty.objects.exists()


def test_a_shape_of_three_shifts_gives_every_line_its_turn(house: House) -> None:
    taken = get_pattern_template("3x8")
    assert taken is not None
    pattern_of(house, house.lea, house.karim, step=1, days=taken.days)
    draw(house)
    begins = PlannedDuty.objects.filter(person=house.karim).order_by("period")
    local = [row.starts.hour for row in begins[:5]]
    assert local == [5, 13, 13, 21, 5]  # in UTC: one day ahead of the first line


def test_what_was_decided_by_hand_outlives_the_pattern(house: House) -> None:
    pattern = pattern_of(house, house.lea)
    draw(house)
    changed, off, *_ = PlannedDuty.objects.order_by("period")
    change_planned(
        changed, by=PLANNER, person=house.karim, starts=changed.starts, ends=changed.ends
    )
    cancel_planned(off, by=PLANNER)
    edit_pattern(pattern, sheet([["07:00-15:00"]]), by=PLANNER)
    assert draw(house) == DrawnChanges(moved=362)
    changed.refresh_from_db()
    off.refresh_from_db()
    assert (changed.person, changed.state) == (house.karim, "kept")
    assert off.state == "cancelled"
    assert publish(house) == 6
    redraw_planned(off, by=PLANNER)
    assert draw(house) == DrawnChanges(moved=1)


def test_what_was_moved_to_an_earlier_hour_is_known_again_when_that_is_over(
    house: House,
) -> None:
    pattern_of(house, house.lea, days=[["14:00-22:00"]])
    draw(house)
    row = PlannedDuty.objects.earliest("period")
    earlier = row.starts - 9 * HOUR
    change_planned(row, by=PLANNER, person=house.lea, starts=earlier, ends=earlier + 4 * HOUR)
    noon = earlier + 6 * HOUR
    draw_patterns(house.desk, by=PLANNER, at=noon)
    assert PlannedDuty.objects.filter(key=row.key).count() == 1
    row.refresh_from_db()
    assert (row.state, row.starts) == ("kept", earlier)


def test_published_duties_stand_whatever_the_pattern_becomes(house: House) -> None:
    pattern = pattern_of(house, house.lea)
    draw(house)
    assert publish(house) == 7
    first, second, *_ = Duty.objects.order_by("period")
    remove_duty(first, by=PLANNER)
    edit_duty(second, plan(house.karim, house.desk, starts=second.starts), by=PLANNER)
    edit_pattern(pattern, sheet([["07:00-15:00"]]), by=PLANNER)
    draw(house)
    assert publish(house) == 0
    assert Duty.objects.count() == 6
    remove_pattern(pattern, by=PLANNER)
    assert Duty.objects.count() == 6


def test_what_is_withdrawn_is_draft_again_but_for_what_was_changed(house: House) -> None:
    pattern_of(house, house.lea)
    draw(house)
    publish(house)
    first = Duty.objects.earliest("period")
    edit_duty(first, plan(house.karim, house.desk, starts=first.starts), by=PLANNER)
    assert withdraw_roster(house.desk, by=PLANNER, since=AT) == 6
    assert list(Duty.objects.values_list("person", flat=True)) == [house.karim.pk]
    assert PlannedDuty.objects.filter(state="draft").count() == 363
    assert publish(house) == 6


def test_a_second_shift_at_a_time_is_not_published(house: House) -> None:
    on_duty(house.lea, house.engineering, starts=datetime(2027, 3, 2, 8, tzinfo=UTC))
    pattern_of(house, house.lea)
    pattern_of(house, house.karim, name="Triage", role="triage")
    pattern_of(house, house.ines, name="Triage too", role="triage", days=[["13:00-15:00"]])
    draw(house)
    done = publish_roster(house.desk, by=PLANNER, at=AT, until=AT + WEEK)
    refused = {(row.person_id, row.pattern.name) for row in done.refused}
    assert refused == {(house.lea.pk, "Morning"), (house.ines.pk, "Triage too")}
    assert done.made == 13


def test_a_higher_layer_takes_its_hours_from_the_lower_one(house: House) -> None:
    pattern_of(
        house,
        house.lea,
        name="Weeks",
        kind="standby",
        role="agent",
        days=[["08:00-08:00+7"], *[[]] * 6],
    )
    pattern_of(
        house,
        house.karim,
        name="Days",
        kind="standby",
        role="agent",
        layer=1,
        days=[["09:00-17:00"]] * 5 + [[]] * 2,
    )
    draw(house)
    period = AT + WEEK, AT + 2 * WEEK
    rows = list(PlannedDuty.objects.filter(period__overlap=period).order_by("period"))
    for one, following in itertools.pairwise(rows):
        assert one.ends == following.starts
    days = [row for row in rows if row.person_id == house.karim.pk]
    assert len(days) == 5
    assert all(row.ends - row.starts == 8 * HOUR for row in days)
    assert draw(house) == DrawnChanges()


def test_stand_by_outside_of_business_hours_holds_on_public_holidays(house: House) -> None:
    office = Calendar.on_weekdays("Europe/Paris", "09:00-18:00", country="FR")
    with attributed(system("test")):
        calendar = WorkingCalendar.objects.create(name="Desk", record=office.to_record())
    pattern_of(
        house,
        house.lea,
        kind="standby",
        role="manager",
        days=[["00:00-24:00"]],
        within="closed",
        calendar=calendar,
    )
    draw(house)

    def hours(day: date) -> timedelta:
        noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
        rows = PlannedDuty.objects.filter(period__overlap=(noon + HOUR, noon + 21 * HOUR))
        return sum((row.ends - row.starts for row in rows), timedelta())

    assert hours(date(2027, 3, 3)) == 15 * HOUR
    assert hours(date(2027, 3, 29)) == 24 * HOUR  # Easter Monday


def test_whoever_left_or_left_the_pattern_is_drawn_no_more(house: House) -> None:
    pattern = pattern_of(house, house.lea, house.karim)
    draw(house)
    remove_line(pattern.lines.get(person=house.karim), by=PLANNER)
    assert not PlannedDuty.objects.filter(person=house.karim).exists()
    leave(house.lea)
    assert publish(house) == 0
    assert draw(house) == DrawnChanges(dropped=364)


def test_who_may_not_plan_draws_and_publishes_nothing(house: House) -> None:
    pattern = pattern_of(house, house.lea)
    for act in (
        lambda: create_pattern(house.desk, sheet(), by=READER),
        lambda: edit_pattern(pattern, sheet(), by=READER),
        lambda: add_line(pattern, house.karim, by=READER, since=MONDAY),
        lambda: remove_line(pattern.lines.get(), by=READER),
        lambda: remove_pattern(pattern, by=READER),
        lambda: draw_patterns(house.desk, by=READER, at=AT),
        lambda: publish_roster(house.desk, by=READER, at=AT, until=AT + WEEK),
        lambda: withdraw_roster(house.desk, by=READER, since=AT),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"days": [["6-14"]]}, "days"),
        ({"days": [[]]}, "days"),
        ({"last_day": MONDAY - WEEK}, "last_day"),
        ({"within": "open"}, "calendar"),
        ({"role": "triage", "kind": "standby"}, "role"),
    ],
)
def test_what_is_no_pattern_is_refused(house: House, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pattern_of(house, **given)  # type: ignore[arg-type]  # one field each
    assert set(refusal.value.fields) == {field}


def test_published_is_no_draft_to_change(house: House) -> None:
    pattern_of(house, house.lea)
    draw(house)
    publish(house)
    row = PlannedDuty.objects.filter(state="published").first()
    assert row is not None
    with pytest.raises(IllegalMove):
        cancel_planned(row, by=PLANNER)


def test_the_job_draws_for_every_team_that_has_patterns(house: House) -> None:
    pattern_of(house, house.lea)
    assert draw_all_patterns(by=system("roster"), at=NIGHT) == 1
    assert PlannedDuty.objects.exists()


def test_places_of_two_companies_follow_the_sun_each_by_its_own_rules(house: House) -> None:
    with attributed(system("test")):
        sister = Company.objects.create(
            name="Nuage Canada",
            country="CA",
            language="en",
            time_zone="America/Montreal",
            calendar=house.lea.company.calendar,
        )
        ann = Person.objects.create(
            company=sister, name="Ann Hill", email="ann@nuage.example", seniority="senior"
        )
    for person, zone, hours in (
        (house.lea, "Europe/Paris", "07:00-17:00"),
        (ann, "America/Montreal", "10:00-21:00"),
    ):
        days = [[hours]] * 4 + [[]] * 3
        pattern = create_pattern(house.desk, sheet(days, name=zone, time_zone=zone), by=PLANNER)
        add_line(pattern, person, by=PLANNER, since=MONDAY)
    draw(house)
    publish(house, weeks=40)
    here = list(Duty.objects.filter(person=house.lea).order_by("period"))
    there = list(Duty.objects.filter(person=ann).order_by("period"))
    overlaps = [
        min(one.ends, other.ends) - max(one.starts, other.starts)
        for one, other in zip(here, there, strict=True)
    ]
    # Six hours lie between the two, five in the weeks when only one of them has changed its clock.
    assert set(overlaps) == {HOUR, 2 * HOUR}
    assert all(one.starts < other.starts < one.ends for one, other in zip(here, there, strict=True))
    within = Span(AT, AT + 2 * WEEK)
    # Eleven hours a day are one too many in France; the directive, which Canada is held to here
    # as long as nothing else is written, knows no longest day.
    assert breaches.breaches([house.lea.pk, ann.pk], within) == []
    with attributed(system("test")):
        Person.objects.filter(pk=ann.pk).update(company=house.lea.company)
    assert "day" in {one.breach.code for one in breaches.breaches([ann.pk], within)}


def test_a_roster_of_fixed_dates_is_drawn_once_and_ends(house: House) -> None:
    pattern_of(
        house,
        house.lea,
        days=[["06:00-14:00"], [], ["14:00-22:00", "22:00-23:00"]],
        repeats=False,
    )
    assert draw(house) == DrawnChanges(made=3)
    assert publish(house, weeks=52) == 3
    days = [duty.starts.date() for duty in Duty.objects.order_by("period")]
    assert days == [MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=2)]
    assert draw(house) == DrawnChanges()
