"""From an order to what delivers it: a VPN of three sites with a carrier that slips, a cabinet."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.journeys.browsing import Visitors, pick, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
PROJECT = re.compile(r"/projects/\d+/$")


@pytest.fixture(scope="module")
def visitors(
    manned: tuple[Opale, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitors]:
    opale, _clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield Visitors(browser, opale, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def page(visitors: Visitors) -> Iterator[Page]:
    yield from visitors.pages("project_manager", "en")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def customer(opale: Opale) -> str:
    code: Any = opale.api("/customers?limit=1", "project_manager")["items"][0]["code"]
    return str(code)


OPTIONS = {
    "vpn-mpls": {"Bandwidth (Mbit/s)": "200"},
    "colo-rack": {"Height (U)": "42", "Power (kW)": "4"},
}
"""What is required of an offering, by the labels of its fields."""


def choose(page: Page, code: str) -> None:
    """Choose an offering, and fill in what is required of it."""
    pick(page, "Offering", code)
    for label, value in OPTIONS.get(code, {}).items():
        page.get_by_label(label).fill(value)


def order(page: Page, opale: Opale, first: str, *further: tuple[str, int]) -> None:
    """Hand an order in, line by line, begin it, and go to what delivers it."""
    page.goto("/orders/new/")
    pick(page, "Customer", customer(opale))
    choose(page, first)
    page.get_by_label("Wanted date").fill(f"{datetime.now(UTC) + timedelta(days=300):%Y-%m-%d}")
    press(page, "Create order")
    for code, quantity in further:
        page.get_by_role("link", name="Add line").click()
        choose(page, code)
        page.get_by_label("Quantity").fill(str(quantity))
        press(page, "Add")
    page.locator(".o-head summary", has_text="Change state").click()
    page.locator(".o-head").get_by_role("button", name="Start", exact=True).click()
    # The project opens by itself: a job hears that work has begun.
    page.locator(".o-section", has_text="Project").get_by_role("link").click(timeout=60_000)
    page.wait_for_url(PROJECT)


def lead(page: Page) -> None:
    page.get_by_role("link", name="Assign project manager").click()
    page.get_by_role("button", name="Assign", exact=True).first.click()
    page.wait_for_url(PROJECT)
    press(page, "Start")
    expect(page.locator(".o-facts")).to_contain_text("In progress")


def row(page: Page, name: str) -> Locator:
    return page.locator("tbody tr", has=page.get_by_role("link", name=name, exact=True))


def ends_on(page: Page, name: str) -> date:
    written = r"\d{1,2} [A-Z][a-z]{2} \d{4}"
    found = re.search(written, row(page, name).locator("td").nth(4).inner_text())
    assert found
    return datetime.strptime(found[0], "%d %b %Y").replace(tzinfo=UTC).date()


def hear(page: Page, name: str, on: date, note: str = "") -> None:
    """Write down what the carrier promises."""
    row(page, name).locator("summary[title]").click()
    row(page, name).get_by_role("link", name="Set carrier date").click()
    page.get_by_label("Promised for").fill(on.isoformat())
    page.get_by_label("What happened").fill(note)
    press(page, "Save")
    page.wait_for_url(PROJECT)


def test_a_vpn_of_three_sites_is_planned_and_its_carrier_slips(
    manned: tuple[Opale, Path], page: Page
) -> None:
    opale, _clock = manned
    order(page, opale, "vpn-network", ("vpn-mpls", 3))
    lead(page)
    expect(page.locator(".p-names li:not(.p-head)")).to_have_count(25)
    circuit = "The carrier delivers the circuit · 2"
    promised = ends_on(page, circuit)
    hear(page, circuit, promised)
    page.get_by_role("link", name="Set customer date").first.click()
    page.locator("#o-panel").get_by_label("Comment").fill("By mail, after the kick-off")
    press(page, "Save and set baseline")
    expect(page.locator("main")).to_contain_text("Nothing is later than promised")
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator(".p-chart .ghost")).to_have_count(25)

    hear(page, circuit, promised + timedelta(days=21), "Works on the road")
    expect(page.locator(".o-facts").first).to_contain_text("Off track")
    assert ends_on(page, circuit) == promised + timedelta(days=21)
    expect(row(page, circuit)).to_contain_text("critical path")
    row(page, "Network handed over").get_by_text("Why?").click()
    told = row(page, "Network handed over").locator(".p-why")
    expect(told).to_contain_text("The carrier date is")

    page.get_by_role("link", name="Customer dates and slips").click()
    expect(page.locator(".p-slips").first).to_contain_text("Works on the road")
    expect(page.locator(".p-slips").first).to_contain_text("Cause: the carrier")
    number = re.findall(r"\d+", page.url)[-1]
    visit(page, "/projects/?weather=storm")
    line = page.locator("tbody tr", has_text=f"P-{number}")
    expect(line.locator(".o-end .p-late")).to_be_visible()


def test_a_cabinet_is_delivered_from_a_checklist_with_its_units_and_power(
    manned: tuple[Opale, Path], page: Page, visitors: Visitors
) -> None:
    opale, _clock = manned
    order(page, opale, "colo-rack")
    expect(page.locator(".p-chart")).to_have_count(0)
    lead(page)
    page.get_by_role("link", name="Reserve stock").click()
    for label in ("Rack units", "Power"):
        page.locator("#o-panel").get_by_label(label).select_option(index=1)
    press(page, "Reserve")
    expect(page.get_by_text("Reserved", exact=True)).to_have_count(2)
    ticks = page.locator("button.p-tick")
    for left in range(5, 0, -1):
        expect(ticks).to_have_count(left)
        ticks.first.click()
    expect(ticks).to_have_count(0)
    page.get_by_role("link", name="Attach evidence", exact=True).click()
    page.get_by_label("Location").fill("ged/delivery-note.pdf")
    press(page, "Attach evidence")
    expect(page.get_by_text("Passed", exact=True)).to_be_visible()
    with visitors.context("build_engineer") as context:
        engineer = context.new_page()
        engineer.goto(page.url)
        engineer.get_by_role("link", name="Submit").click()
        engineer.get_by_label("Location").fill("ged/delivery-note.pdf")
        press(engineer, "Submit")
        expect(engineer.locator("[data-toast]").last).to_contain_text("submitted for acceptance")
    # Whoever submits does not accept.
    press(page, "Accept")
    expect(page.locator(".p-accepted")).to_be_visible()
    press(page, "Finish")
    expect(page.locator(".o-facts").first).to_contain_text("Done")
    page.locator(".o-facts a[href^='/orders/']").click()
    expect(page.locator("main")).to_contain_text("Completed")
