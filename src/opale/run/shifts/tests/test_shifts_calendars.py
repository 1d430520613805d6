"""Calendars out and in, read back by libraries that others wrote."""

import resource
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.kernel.concurrency_limits import ConcurrencyLimit
from opale.kernel.errors import Unavailable
from opale.organisation.models import Absence, Person, User
from opale.run.shifts.actions import absences
from opale.run.shifts.domain import icalendar_reader
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.icalendar_reader import (
    MAX_ENTRIES,
    InvalidCalendar,
    away_times,
    read_away_times,
)
from opale.run.shifts.domain.icalendar_writer import CalendarEntry, write_calendar
from opale.run.shifts.models import Duty

HOUR = timedelta(hours=1)
AT = datetime(2027, 3, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
YEAR = Span(AT, AT + timedelta(weeks=52))
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


@given(summary=TEXTS, name=TEXTS, minutes=st.integers(1, 100_000))
def test_what_is_written_is_read_back_by_another_library(
    summary: str, name: str, minutes: int
) -> None:
    one = CalendarEntry("duty-1@opale", AT, AT + timedelta(minutes=minutes), summary)
    text = write_calendar(name, [one], at=AT)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = icalendar.Calendar.from_ical(text.encode())
    (event,) = calendar.events
    assert (event.start, event.end) == (one.starts, one.ends)
    assert str(event.get("SUMMARY", "")) == summary
    assert str(event["UID"]) == one.uid
    assert not calendar.errors
    assert not event.errors


def calendar_of(*entries: str) -> bytes:
    body = "\r\n".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{e}\r\nEND:VEVENT" for n, e in enumerate(entries)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


HOLIDAY = "DTSTART;VALUE=DATE:20270405\r\nDTEND;VALUE=DATE:20270410\r\nSUMMARY:Vacances"
TUESDAYS = (
    "DTSTART;TZID=Europe/Paris:20270302T090000\r\nDTEND;TZID=Europe/Paris:20270302T120000\r\n"
    "RRULE:FREQ=WEEKLY;COUNT=6\r\nEXDATE;TZID=Europe/Paris:20270316T090000"
)


def test_whole_days_are_those_of_the_person() -> None:
    (away,) = away_times(calendar_of(HOLIDAY), zone=PARIS, within=YEAR)
    assert away.span.starts == datetime(2027, 4, 5, tzinfo=PARIS)
    assert away.span.ends == datetime(2027, 4, 10, tzinfo=PARIS)
    assert away.summary == "Vacances"


def test_repetitions_stand_for_themselves_over_the_change_of_clocks() -> None:
    found = away_times(calendar_of(TUESDAYS), zone=PARIS, within=YEAR)
    days = [away.span.starts.astimezone(PARIS) for away in found]
    assert [day.date() for day in days] == [
        date(2027, 3, 2),
        date(2027, 3, 9),
        date(2027, 3, 23),
        date(2027, 3, 30),
        date(2027, 4, 6),
    ]
    assert {day.hour for day in days} == {9}


def test_what_is_free_or_cancelled_is_no_absence() -> None:
    raw = calendar_of(f"{HOLIDAY}\r\nTRANSP:TRANSPARENT", f"{HOLIDAY}\r\nSTATUS:CANCELLED")
    assert away_times(raw, zone=PARIS, within=YEAR) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"name;from;to",
        b"\x00\xff\xfe",
        b"BEGIN:VCALENDAR",
        calendar_of("DTSTART:yesterday"),
        b"x" * (1 << 21),
        calendar_of("DTSTART:20270301T000000Z\r\nDURATION:PT1M\r\nRRULE:FREQ=HOURLY"),
    ],
)
def test_what_is_no_calendar_to_read_is_refused_or_says_nothing(raw: bytes) -> None:
    try:
        found = away_times(raw, zone=PARIS, within=YEAR)
    except InvalidCalendar:
        return
    assert found == []


def repeated(rule: str) -> bytes:
    return calendar_of(f"DTSTART:20270301T000000Z\r\nDURATION:PT1M\r\nRRULE:{rule}")


ZONE_OF_SECONDS = (
    "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        repeated("FREQ=SECONDLY;COUNT=1"),
        repeated("FREQ=MINUTELY;INTERVAL=1440;COUNT=1"),
        calendar_of(HOLIDAY).replace(b"BEGIN:VEVENT", ZONE_OF_SECONDS.encode() + b"BEGIN:VEVENT"),
        calendar_of("DTSTART:99990101T000000Z\r\nDURATION:P9999D"),
        calendar_of("DTSTART:00010101T000000Z\r\nDTEND:99991231T000000Z"),
    ],
    ids=("seconds", "minutes", "zone of seconds", "beyond the calendar", "ends of the calendar"),
)
def test_a_rule_of_seconds_and_the_ends_of_the_calendar_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidCalendar):
        away_times(raw, zone=PARIS, within=YEAR)


MANY_TIMES_A_DAY = "BYMINUTE=" + ",".join(map(str, range(60)))


@pytest.mark.parametrize("further", ["", "\r\nTRANSP:TRANSPARENT"])
def test_repetitions_are_not_found_beyond_the_most_that_are_taken(
    further: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a million in 52 weeks, of which each is found by itself: all took forty seconds."""
    raw = repeated(f"FREQ=HOURLY;{MANY_TIMES_A_DAY}{further}")
    found = []
    lazily = icalendar_reader._LazyRule.between

    def counted(*args: Any, **named: Any) -> Iterator[datetime]:
        for at in lazily(*args, **named):
            found.append(at)
            yield at

    monkeypatch.setattr(icalendar_reader._LazyRule, "between", counted)
    with pytest.raises(InvalidCalendar):
        away_times(raw, zone=PARIS, within=YEAR)
    assert 0 < len(found) <= MAX_ENTRIES + 2


def test_a_rule_that_never_comes_true_is_ended_with_its_process() -> None:
    """It looks at each day until the year 9999, and there are twenty of them."""
    never = "DTSTART:20270301T000000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(InvalidCalendar):
        read_away_times(calendar_of(*[never] * 20), zone=PARIS, within=YEAR, cpu_seconds=2)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 4


def test_what_is_read_in_another_process_is_the_same() -> None:
    raw = calendar_of(HOLIDAY, TUESDAYS)
    apart = read_away_times(raw, zone=PARIS, within=YEAR)
    assert apart == away_times(raw, zone=PARIS, within=YEAR)
    assert len(apart) == 6


@pytest.fixture
def house() -> Personas:
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


def put_on(house: Personas, name: str, ahead: int) -> Duty:
    begins = clock.now().replace(microsecond=0) + ahead * HOUR
    with attributed(system("test")):
        return Duty.objects.create(
            person=house.people[name],
            team=house.teams["desk_agent"],
            kind="staffed",
            role="lead",
            period=DateTimeTZRange(begins, begins + 8 * HOUR),
        )


def address(client: Client, **fields: object) -> str:
    page = client.post("/shifts/calendars/", fields).content.decode()
    return page.split("<code>http://testserver", 1)[1].split("</code>", 1)[0]


def events_at(url: str) -> list[icalendar.Event]:
    response = Client().get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(response.content)
    now = clock.now()
    return list(recurring_ical_events.of(calendar).between(now, now + timedelta(days=60)))


@pytest.mark.django_db
def test_a_person_and_a_team_have_their_calendars(house: Personas, agent: Client) -> None:
    own, other = put_on(house, "desk_agent", 5), put_on(house, "run_engineer", 30)
    (mine,) = events_at(address(agent))
    assert (mine.start, mine.end) == (own.starts, own.ends)
    team = events_at(address(agent, team=house.teams["desk_agent"].pk))
    assert {event.start for event in team} == {own.starts, other.starts}
    assert house.people["run_engineer"].name in str(team[1]["SUMMARY"])


@pytest.mark.django_db
def test_an_address_made_anew_ended_or_of_who_left_opens_nothing(
    house: Personas, agent: Client
) -> None:
    first = address(agent)
    second = address(agent)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    for active, status in ((False, 404), (True, 200)):
        with attributed(system("test")):
            User.objects.filter(pk=house.users["desk_agent"].pk).update(is_active=active)
        assert Client().get(second).status_code == status
    agent.post("/shifts/calendars/closure/")
    assert Client().get(second).status_code == 404
    assert Client().get("/shifts/calendars/nothing.ics").status_code == 404


@pytest.mark.django_db
def test_absences_are_read_from_a_file_once(house: Personas, agent: Client) -> None:
    begins = (clock.now() + timedelta(days=10)).strftime("%Y%m%dT%H%M%SZ")
    raw = calendar_of(f"DTSTART:{begins}\r\nDURATION:P2D\r\nSUMMARY:Away")
    for _ in range(2):
        sent = SimpleUploadedFile("away.ics", raw, "text/calendar")
        assert agent.post("/shifts/calendars/absences/", {"file": sent}).status_code == 302
    absence = Absence.objects.get(person=house.people["desk_agent"])
    assert absence.period.upper - absence.period.lower == timedelta(days=2)
    bad = SimpleUploadedFile("away.ics", b"no calendar", "text/calendar")
    assert agent.post("/shifts/calendars/absences/", {"file": bad}).status_code == 422


def test_few_calendars_are_read_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = ConcurrencyLimit(1, timedelta(seconds=7))
    monkeypatch.setattr(absences, "READINGS", readings)
    person = Person(time_zone="Europe/Paris")
    with readings.place(), pytest.raises(Unavailable):
        absences.import_absences(person, b"", by=ANONYMOUS, at=clock.now())
