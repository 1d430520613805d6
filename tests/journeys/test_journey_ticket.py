"""A ticket's page in a browser: what is fetched after it stays where it belongs."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, running_opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The newest incident of the demo company, as an agent sees it."""
    folder = tmp_path_factory.mktemp("ticket")
    with (
        running_opale(folder / "data") as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        tickets = opale.api("/tickets?limit=100")["items"]
        number = next(t["number"] for t in tickets if t["kind"] == "incident")
        visitors = Visitors(browser, opale, folder)
        for page in visitors.pages("desk_agent", "en"):
            visit(page, f"/tickets/{number}/")
            yield page


def test_the_side_column_stays_after_all_of_it_was_fetched(page: Page) -> None:
    side = page.get_by_role("complementary", name="About this ticket")
    for heading in ("Clocks", "Customer", "Service", "To find and follow it", "Time spent"):
        expect(side.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.locator(".o-columns > aside")).to_have_count(1)
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_why_opens_in_place(page: Page) -> None:
    head = page.locator("header.o-head")
    reason = head.locator("details.o-why").first
    reason.locator("summary").click()
    expect(reason.locator("p")).to_be_visible()
    expect(head.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".o-columns > aside")).to_have_count(1)
