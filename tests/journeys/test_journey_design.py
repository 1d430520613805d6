"""From a customer's wish to an order: a VPN of three sites is drawn up, checked, held and sold."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import Visitors, pick
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale
from tests.journeys.test_journey_project import customer, press

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
DESIGN = re.compile(r"/designs/\d+/$")


@pytest.fixture(scope="module")
def page(manned: tuple[Opale, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    opale, _clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, opale, tmp_path_factory.mktemp("design"))
        yield from visitors.pages("solution_architect", "en")


def site(page: Page, name: str, like: str = "") -> None:
    page.get_by_role("link", name="Add site").click()
    page.get_by_label("Name", exact=True).fill(name)
    if like:
        page.get_by_label("Copy lines from").select_option(label=like)
    press(page, "Add")
    page.wait_for_url(DESIGN)


def test_an_architect_designs_checks_holds_quotes_and_one_press_makes_the_order(
    manned: tuple[Opale, Path], page: Page
) -> None:
    opale, _clock = manned
    page.goto("/designs/new/")
    pick(page, "Customer", customer(opale))
    page.get_by_label("Title").fill("VPN of three sites")
    page.get_by_label("Wanted date").fill(f"{datetime.now(UTC) + timedelta(days=400):%Y-%m-%d}")
    page.get_by_label("Probability").fill("70")
    press(page, "Create design")
    page.wait_for_url(DESIGN)
    page.locator(".s-site", has_text="All sites").get_by_role("link").click()
    pick(page, "Offering", "vpn-network")
    press(page, "Add")
    site(page, "Paris")
    page.locator(".s-site", has_text="Paris").get_by_role("link", name="Line").click()
    pick(page, "Offering", "vpn-mpls")
    page.get_by_label("Bandwidth (Mbit/s)").fill("200 Mbit/s")
    press(page, "Add")
    page.wait_for_url(DESIGN)
    for name in ("Lille", "Lyon"):
        site(page, name, like="Paris")
    expect(page.locator(".s-site + .o-list .o-line")).to_have_count(4)

    page.locator(".o-head").get_by_role("button", name="Check", exact=False).click()
    page.wait_for_url(re.compile(r"/check/$"))
    days = page.locator(".s-days dd:nth-of-type(1)")
    expect(days).to_have_count(3)
    expect(page.locator(".s-chart")).to_be_visible()
    expect(page.get_by_text("400 simulations of the plan")).to_be_visible()

    page.get_by_role("link", name="Design", exact=True).click()
    page.get_by_role("link", name="Reserve tentatively").click()
    press(page, "Reserve")
    page.wait_for_url(DESIGN)
    held = page.locator(".o-section", has_text="Reservations")
    expect(held).to_contain_text("70 %")
    press(page, "Quote")
    expect(page.locator("main")).not_to_contain_text("Add site")

    page.get_by_role("link", name="Record acceptance").first.click()
    page.get_by_label("Accepted by").select_option(index=1)
    page.get_by_label("Signed document").set_input_files(
        {"name": "signed.txt", "mimeType": "text/plain", "buffer": b"We accept."}
    )
    press(page, "Attach acceptance")
    page.wait_for_url(DESIGN)
    expect(page.get_by_role("link", name="signed.txt").first).to_be_visible()

    press(page, "Create order")
    expect(held).to_contain_text("Transferred to the order")
    page.locator(".o-facts a[href^='/orders/']").click()
    expect(page.locator("main")).to_contain_text("VPN of three sites")
    expect(page.locator("main")).to_contain_text("Confirmed")
    expect(page.locator("tbody tr")).to_have_count(4)
