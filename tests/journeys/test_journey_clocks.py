"""The night on which the clocks change: planned by the clock on the wall, seen as it is."""

import os
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Visitors, pick, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
FREED = """
from opale.kernel.attribution import attributed
from opale.kernel.actor import system
from opale.organisation.models import Person, Team
from opale.run.shifts.models import Duty, PatternLine, PlannedDuty

person = Person.objects.get(user__email=%r)
with attributed(system("journey")):
    for rows in (PatternLine.objects, PlannedDuty.objects, Duty.objects):
        rows.filter(person=person).delete()
print(Team.objects.get(kind=Team.Kind.SERVICE_DESK).pk, person.pk, person.name, sep="|")
"""
"""Nothing else is planned for whoever works that night."""


def evening_before_the_change() -> date:
    """The next one: in spring the night has an hour less, in autumn one more."""
    day = datetime.now(PARIS).date() + 2 * DAY
    while length_of_night(day) == timedelta(hours=8):
        day += DAY
    return day


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS)


def length_of_night(evening: date) -> timedelta:
    return timedelta(
        seconds=at(evening + DAY, 6).timestamp() - at(evening, 22).timestamp(),
    )


def test_a_night_on_which_the_clocks_change_is_planned_and_read(
    plain: Opale, tmp_path: Path
) -> None:
    evening = evening_before_the_change()
    login = plain.personas["desk_agent_2"]["login"]
    team, person, name = plain.ask(FREED % login).strip().split("|")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, plain, tmp_path)
        plan_night(visitors.context("service_manager").new_page(), int(team), name, evening)

        agent = visitors.context("desk_agent_2").new_page()
        agent.set_viewport_size(PHONE)
        visit(agent, "/shifts/mine/")
        expect(agent.locator(".s-days li").first).to_contain_text("22:00 – 06:00")
        visit(agent, "/shifts/calendars/")
        agent.get_by_role("button", name="Create address").click()
        address = agent.locator("main code").inner_text()

    asked = urlencode({"person_id": person, "until": at(evening + DAY, 12).isoformat()})
    (duty,) = plain.api(f"/duties?{asked}")["items"]
    starts, ends = (datetime.fromisoformat(duty[one]) for one in ("starts", "ends"))
    assert (starts, ends) == (at(evening, 22), at(evening + DAY, 6))
    with urlopen(address, timeout=20) as answer:  # loopback
        calendar: Any = icalendar.Calendar.from_ical(answer.read())
    (event,) = (one for one in calendar.walk("VEVENT") if one["UID"].startswith("duty-"))
    lasts = event["DTEND"].dt.timestamp() - event["DTSTART"].dt.timestamp()
    assert timedelta(seconds=lasts) == length_of_night(evening) != timedelta(hours=8)


def plan_night(page: Page, team: int, name: str, evening: date) -> None:
    """A pattern of that one night, somebody in it, drawn and published."""
    visit(page, f"/shifts/teams/{team}/patterns/new/")
    page.locator("[name=name]").fill("The clocks change")
    page.locator("[name=time_zone]").fill("Europe/Paris")
    for field in ("first_day", "last_day"):
        page.locator(f"[name={field}]").fill(evening.isoformat())
    page.locator("[name=days]").fill("22:00-06:00")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/shifts/patterns/\d+/$"))
    pick(page, "Person", name)
    page.locator("[name=since]").fill(evening.isoformat())
    page.get_by_role("button", name="Add").click()
    expect(page.locator("main .o-list")).to_contain_text(name)

    visit(page, f"/shifts/patterns/?team={team}")
    page.get_by_role("button", name="Generate 52 weeks").click()
    expect(page.locator("[data-toast]").last).to_contain_text("52 weeks generated")
    page.locator("[name=until]").fill((evening + DAY).isoformat())
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-toast]").last).to_contain_text("published")
