"""A better roster: searched by a planner that is killed on the way, and decided line by line."""

import json
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import SETTLED, Visitors
from tests.journeys.running import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    Opale,
    wait_until,
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
DRAWN = """
import hashlib
from datetime import timedelta
from opale.kernel import clock
from opale.run.shifts.models import Duty, PlannedDuty
soon = clock.now() + timedelta(weeks=40)
rows = [
    list(
        model.objects.filter(period__startswith__lt=soon)
        .order_by("id")
        .values_list("id", "person_id", "period")
    )
    for model in (Duty, PlannedDuty)
]
print(hashlib.sha256(repr(rows).encode()).hexdigest())
"""
"""Who works when, published and planned, in one word."""
SETTLED_LINE = re.compile("Accepted|working-time rule|another shift|Out of date")
DRAW = """
from opale.kernel.actor import system
from opale.kernel import clock
from opale.run.shifts.actions.roster import draw_all_patterns
print(draw_all_patterns(by=system("journey"), at=clock.now()))
"""


def state_of(opale: Opale, page: Page) -> str:
    number = page.url.rstrip("/").rpartition("/")[2]
    return str(opale.api(f"/roster-proposals/{number}", "administrator")["state"])


def planner_of(opale: Opale) -> int:
    children = json.loads((opale.data / "processes.json").read_text(encoding="utf-8"))
    return int(children["planner"][0])


def ask(page: Page, weeks: int, seconds: int) -> None:
    page.goto("/shifts/")
    page.wait_for_function(SETTLED)
    page.keyboard.press("b")
    page.wait_for_url("**/proposals/")
    page.locator("select[name=weeks]").select_option(str(weeks))
    page.locator("select[name=seconds]").select_option(str(seconds))
    page.get_by_role("button", name="Start search").click()
    page.wait_for_url("**/shifts/proposals/*/")


def test_a_planner_is_killed_and_what_the_next_one_finds_is_decided_line_by_line(
    manned: tuple[Opale, Path], tmp_path: Path
) -> None:
    opale, _clock = manned
    opale.ask(DRAW)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        page = Visitors(browser, opale, tmp_path).context("administrator").new_page()
        before = opale.ask(DRAWN)
        ask(page, 52, 20)
        # On quiet cores it is over within three seconds.
        wait_until(lambda: state_of(opale, page) == "running", None, 60)
        killed = planner_of(opale)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: planner_of(opale) != killed, None, 30)
        assert state_of(opale, page) == "running"
        # Another planner takes it once the dead one has given no sign of life for a while.
        expect(page.get_by_role("button", name="Refuse all")).to_be_visible(timeout=150_000)
        assert opale.ask(DRAWN) == before

        lines = page.locator("tr[data-line]")  # somebody of the desk is away in twelve days
        # What would break a rule alone, as half of a swap, says so and stays: the next is tried.
        for number in range(lines.count()):
            line = lines.nth(number)
            line.get_by_role("button", name="Accept").click()
            expect(line).to_contain_text(SETTLED_LINE)
            if "Accepted" in line.inner_text():
                break
        changed = opale.ask(DRAWN)
        assert changed != before
        other = lines.filter(has=page.get_by_role("button", name="Refuse")).first
        line = page.locator(f"#{other.get_attribute('id')}")
        line.get_by_role("button", name="Refuse").click()
        expect(line).to_contain_text("Refused")
        assert opale.ask(DRAWN) == changed
