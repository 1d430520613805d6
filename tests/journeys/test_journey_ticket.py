"""A ticket's page in a browser: what is fetched after it stays where it belongs."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import SETTLED, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]


FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
LONG_WORDS = """(length) => {
  const page = document.documentElement, wider = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const holder = text.parentElement, written = text.data;
    const wraps = getComputedStyle(holder).textWrapMode !== "nowrap";
    if (!written.trim() || !wraps || !holder.checkVisibility()) continue;
    text.data = "W".repeat(length);
    if (page.scrollWidth > page.clientWidth) wider.push(written.trim());
    text.data = written;
  }
  return wider;
}"""
"""What makes the page wider than the window as one long word; what may not wrap is ours."""
NEWEST = """
from opale.run.desk.models import Ticket
from opale.run.desk.queries.official_sentences import sentence_in_force
from opale.run.desk.states import OPEN_STATES
incidents = Ticket.objects.filter(kind="incident", state__in=OPEN_STATES, confidential=False)
incidents = incidents.filter(contact__isnull=False, service__isnull=False)
print(next(one.number for one in incidents.order_by("-received_at") if not sentence_in_force(one)))
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Page]:
    """The newest incident of which nothing official is said, as an agent sees it."""
    folder = tmp_path_factory.mktemp("ticket")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        number = plain.ask(NEWEST)
        visitors = Visitors(browser, plain, folder)
        for page in visitors.pages("desk_agent", "en"):
            visit(page, f"/tickets/{number}/")
            yield page


def test_the_side_column_stays_after_all_of_it_was_fetched(page: Page) -> None:
    side = page.get_by_role("complementary", name="Ticket details")
    for heading in ("Clocks", "Customer", "Service", "Tags and watchers", "Time spent"):
        expect(side.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.locator(".o-columns > aside")).to_have_count(1)
    page.wait_for_function(FITS)


def test_a_change_redraws_in_place_what_was_fetched(page: Page) -> None:
    """A reason that somebody reads and the regions of other rooms do not vanish for a moment."""
    head = page.locator("header.o-head")
    reason = head.locator("details.o-why").first
    reason.locator("summary").click()
    expect(reason.locator("p")).to_be_visible()
    expect(head.get_by_role("heading", level=1)).to_be_visible()
    section = page.locator("aside.o-stack > div").filter(
        has=page.get_by_role("heading", name="Time spent", exact=True)
    )
    section.evaluate("element => { element.seen = true }")
    page.get_by_role("button", name="Start timer").click()
    page.get_by_role("button", name="Stop timer").click()
    expect(section.get_by_role("link", name="Correct").first).to_be_visible()
    page.wait_for_function(SETTLED)
    assert section.evaluate("element => element.seen")
    expect(reason.locator("p")).to_be_visible()
    expect(page.locator(".o-columns > aside")).to_have_count(1)
    page.wait_for_function(FITS)


def test_what_one_writes_in_the_side_column_survives_a_change(page: Page) -> None:
    side = page.get_by_role("complementary", name="Ticket details")
    page.locator("[data-key=u]").click()
    french = side.locator("[name=french]")
    french.fill("Une fibre est coupée.")
    timer = side.get_by_role("button", name="Start timer")
    with page.expect_response(re.compile(r"/side/$")):
        timer.click()
    expect(side.get_by_role("button", name="Stop timer")).to_be_visible()
    page.wait_for_function(SETTLED)
    expect(french).to_have_value("Une fibre est coupée.")
    page.get_by_role("link", name="Cancel").click()
    expect(french).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("width", "length"), [(1440, 60), (360, 36)])
def test_no_word_is_wider_than_the_page(page: Page, language: str, width: int, length: int) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, page.url)
    page.locator("aside.o-stack > div").last.scroll_into_view_if_needed()
    for place in ("marks", "time"):
        # Fetched when it comes into sight, which what is fetched above it puts off.
        page.locator(f"aside [hx-get$='/{place}/']").first.scroll_into_view_if_needed()
        expect(page.locator(f"aside [data-live][hx-get$='/{place}/']")).to_be_visible()
    page.wait_for_function(SETTLED)
    page.wait_for_function(FITS)
    assert page.evaluate(LONG_WORDS, length) == []
