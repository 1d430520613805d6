"""Reports in a browser: a figure leads to as many tickets, and a list is counted by a column."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Complaints, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("reports")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield from Visitors(browser, plain, folder).pages("service_manager", "en")


def test_a_figure_leads_to_as_many_tickets(page: Page, plain: Opale) -> None:
    complaints = Complaints(page)
    visit(page, "/reports/")
    expect(page.locator("[data-chart] svg")).to_have_count(5)
    figures = page.locator(".r-cards .r-figure")
    expect(figures).to_have_count(8)
    created = figures.first
    number = created.inner_text()
    created.click()
    page.wait_for_url(re.compile(r"/reports/tickets/\?figure=created"))
    expect(page.get_by_role("status").filter(has_text="results")).to_have_text(f"{number} results")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="Solution", exact=True).click()
    page.wait_for_url(re.compile("stream=solution"))
    expect(page.get_by_text("Stream: Solution")).to_be_visible()
    page.get_by_role("link", name="13 weeks").click()
    expect(page.get_by_role("heading", name=re.compile("^Week of"))).to_be_visible()
    assert complaints.taken() == []


def test_a_list_is_counted_by_a_column(page: Page, plain: Opale) -> None:
    complaints = Complaints(page)
    visit(page, "/tickets/")
    page.get_by_text("Group by").click()
    page.get_by_role("link", name="State", exact=True).click()
    page.wait_for_url(re.compile("group=state"))
    row = page.locator(".l-groups tbody tr").filter(has_text="In progress")
    number = row.locator("td").nth(1).inner_text()
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"\?state=in_progress$"))
    expect(page.get_by_role("status").filter(has_text="result")).to_have_text(
        re.compile(rf"^{number} results?$")
    )
    assert complaints.taken() == []


def test_a_list_is_sent_on_schedule_and_comes_back_after_its_deletion(
    page: Page, plain: Opale
) -> None:
    complaints = Complaints(page)
    visit(page, "/tickets/?group=kind")
    page.get_by_text("Export", exact=True).click()
    page.get_by_role("link", name="Send on schedule").click()
    panel = page.locator("form.o-form").filter(has=page.get_by_label("Frequency"))
    panel.get_by_label("Name").fill("Tickets by kind")
    expect(panel.get_by_label("Weekday")).to_be_visible()
    expect(panel.get_by_label("Day of the month")).to_be_hidden()
    panel.get_by_label("Weekday").select_option("Friday")
    panel.get_by_label("Time").fill("16:30")
    panel.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/scheduled-reports/\d+/$"))
    expect(page.get_by_role("heading", name="Tickets by kind")).to_be_visible()
    expect(page.get_by_text("Every Friday at 16:30")).to_be_visible()
    page.get_by_role("button", name="Send me one now").click()
    expect(page.get_by_text("On its way")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: nothing is sent until you resume it.").first).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/scheduled-reports/$"))
    expect(page.get_by_role("link", name="Tickets by kind")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Tickets by kind")).to_be_visible()
    assert complaints.taken() == []


def test_reports_fit_a_telephone(page: Page, plain: Opale) -> None:
    page.set_viewport_size(PHONE)
    visit(page, "/reports/")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
