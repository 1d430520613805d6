"""What leaves on paper: the month of a team's roster, and a ticket."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
from tests.journeys.browsing import Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
INCH = 96
A4 = (210 / 25.4 * INCH, 297 / 25.4 * INCH)
LANDSCAPE: ViewportSize = {
    "width": int(A4[1] - 16 / 25.4 * INCH),
    "height": int(A4[0] - 16 / 25.4 * INCH),
}
"""What a sheet on its side has within margins of 8 mm."""


def sheets(page: Page) -> list[bool]:
    """The sheets that the page becomes: whether each lies on its side."""
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", paper)
    return [float(width) > float(height) for width, height in boxes]


def test_the_month_of_a_roster_is_one_sheet_and_a_ticket_is_upright(
    plain: Opale, tmp_path: Path
) -> None:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        page = Visitors(browser, plain, tmp_path).context("service_manager").new_page()
        page.set_viewport_size(LANDSCAPE)
        visit(page, "/shifts/?span=month")
        name = page.locator("main h1").inner_text()
        page.emulate_media(media="print")
        grid = page.locator(".s-grid").first
        expect(grid).to_be_visible()
        for left_out in (".o-top", ".o-rail", ".o-tabs", ".o-actions"):
            assert page.locator(left_out).filter(visible=True).count() == 0, left_out
        # Every day of the month is on the sheet, with what is worked on it.
        edges = grid.evaluate("one => [one.getBoundingClientRect().right, one.scrollWidth]")
        assert edges[0] <= LANDSCAPE["width"] + 1
        days = grid.locator("thead th")
        assert days.count() >= 29
        assert days.last.evaluate("one => one.getBoundingClientRect().right") <= edges[0] + 1
        assert grid.locator(".s-duty").filter(visible=True).count() > 20
        assert sheets(page) == [True], name

        ticket = plain.api("/tickets?limit=1")["items"][0]["number"]
        visit(page, f"/tickets/{ticket}/print/")
        page.emulate_media(media="print")
        assert page.locator(".p-tools").is_hidden()
        assert not any(sheets(page))
