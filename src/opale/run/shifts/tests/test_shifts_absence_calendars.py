"""Absences are read at an address, again and again, and follow what stands there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.http_client import FetchFailed, PrivateAddress
from opale.organisation.actions.people import record_absence
from opale.organisation.models import Absence
from opale.run.shifts.actions import absence_calendars
from opale.run.shifts.actions.absence_calendars import (
    queue_due_calendars,
    read_calendar,
    read_calendar_now,
    subscribe_calendar,
    unsubscribe_calendar,
)
from opale.run.shifts.models import AbsenceCalendar
from opale.run.shifts.tests.test_shifts_calendars import calendar_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS = "webcal://192.0.43.8/private/secret.ics"


@pytest.fixture
def house() -> Personas:
    return make_personas()


class Site:
    """What stands at the address: a calendar of times away, or a refusal."""

    def __init__(self) -> None:
        self.away: list[tuple[datetime, datetime]] = []
        self.refusal: Exception | None = None
        self.raw = b""
        self.asked: list[str] = []

    def fetch(self, url: str, *, most: int, timeout: float) -> bytes:
        self.asked.append(url)
        if self.refusal:
            raise self.refusal
        return self.raw or calendar_of(
            *(f"DTSTART:{a:%Y%m%dT%H%M%SZ}\r\nDTEND:{b:%Y%m%dT%H%M%SZ}" for a, b in self.away)
        )


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site()
    monkeypatch.setattr(absence_calendars, "fetch", made.fetch)
    return made


def ahead(days: int) -> datetime:
    return (datetime.now(UTC) + days * DAY).replace(microsecond=0)


def read(calendar: AbsenceCalendar) -> list[tuple[datetime, datetime]]:
    read_calendar(calendar.pk, at=clock.now())
    calendar.refresh_from_db()
    found = Absence.objects.filter(person=calendar.person_id).order_by("period")
    return [(one.period.lower, one.period.upper) for one in found]


def test_absences_follow_what_the_calendar_says(house: Personas, site: Site) -> None:
    calendar = subscribe_calendar(ADDRESS, by=house.actor("desk_agent"))
    assert calendar.host == "192.0.43.8"
    assert "secret" not in calendar.address
    site.away = [(ahead(10), ahead(12)), (ahead(20), ahead(21))]
    assert read(calendar) == site.away
    assert read(calendar) == site.away
    assert site.asked == ["https://192.0.43.8/private/secret.ics"] * 2
    site.away = [(ahead(10), ahead(13))]  # one is longer, one is gone
    assert read(calendar) == site.away
    assert (calendar.found, calendar.error) == (1, "")


def test_what_somebody_wrote_down_is_never_cancelled(house: Personas, site: Site) -> None:
    agent = house.actor("desk_agent")
    calendar = subscribe_calendar(ADDRESS, by=agent)
    own = (ahead(10), ahead(12))
    record_absence(house.people["desk_agent"], by=agent, kind="leave", starts=own[0], ends=own[1])
    site.away = [(ahead(11), ahead(12))]
    assert read(calendar) == [own]
    site.away = []
    assert read(calendar) == [own]
    unsubscribe_calendar(by=agent)
    assert not AbsenceCalendar.objects.exists()


def test_why_nothing_was_read_is_shown_and_nothing_is_cancelled(
    house: Personas, site: Site
) -> None:
    calendar = subscribe_calendar(ADDRESS, by=house.actor("desk_agent"))
    site.away = [(ahead(10), ahead(12))]
    read(calendar)
    page = house.client("desk_agent")
    for refusal, shown in (
        (FetchFailed("HTTP 404"), "HTTP 404"),
        (PrivateAddress("inside"), "private network"),
        (None, "not a readable calendar"),
    ):
        site.refusal, site.raw = refusal, b"" if refusal else b"<html>"
        assert len(read(calendar)) == 1
        told = page.get("/shifts/calendars/", headers={"Accept-Language": "en"}).content.decode()
        assert shown in told
    assert calendar.failures == 3
    assert calendar.next_at > clock.now() + timedelta(hours=2)


def test_those_are_read_whose_time_has_come(house: Personas, site: Site) -> None:
    agent = house.actor("desk_agent")
    calendar = subscribe_calendar(ADDRESS, by=agent)
    jobs = ProcrastinateJob.objects.filter(task_name=absence_calendars.READ_JOB)
    assert jobs.count() == 1
    assert queue_due_calendars(at=clock.now()) == 0
    assert queue_due_calendars(at=clock.now() + 2 * timedelta(hours=1)) == 1
    assert jobs.count() == 2
    read(calendar)
    with pytest.raises(Conflict):
        read_calendar_now(by=agent)


@pytest.mark.parametrize(
    "address", ["not an address", "file:///etc/passwd", "http://127.0.0.1/x", "http://[::1]/x"]
)
def test_an_address_inside_or_of_no_calendar_is_refused(
    house: Personas, settings: Settings, address: str
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    with pytest.raises(Invalid):
        subscribe_calendar(address, by=house.actor("desk_agent"))
    page: Client = house.client("desk_agent")
    assert page.post("/shifts/calendars/followed/", {"address": address}).status_code == 422
