"""The form of an act opens beside the page, keeps what is typed, and leaves the page when done."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Visitors
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]


@pytest.fixture(scope="module")
def page(manned: tuple[Opale, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    opale, _clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, opale, tmp_path_factory.mktemp("panel"))
        yield from visitors.pages("project_manager", "en")


def opened(page: Page) -> str:
    """Open the form of the first project beside its page, and return the name that it has."""
    page.goto("/projects/")
    page.locator("[data-list] a, table a").filter(has_text=re.compile("P-")).first.click()
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator("#o-panel h2")).to_have_text("Edit project")
    return page.locator("#o-panel [name=name]").input_value()


def test_what_is_typed_outlives_a_closed_panel_and_is_saved_beside_the_page(page: Page) -> None:
    opened(page)
    project, name = page.url, page.locator("#o-panel [name=name]")
    name.fill("Renamed beside its plan")
    page.keyboard.press("Escape")
    expect(page.locator("#o-panel")).to_be_hidden()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(name).to_have_value("Renamed beside its plan")
    name.press("Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Project saved")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renamed beside its plan")
    assert page.url == project


def test_what_is_refused_is_said_in_the_panel_and_cancel_forgets_it(page: Page) -> None:
    was = opened(page)
    name = page.locator("#o-panel [name=name]")
    page.locator("#o-panel form").evaluate("form => { form.noValidate = true; }")
    name.fill("")
    name.press("Enter")
    expect(page.locator("#o-panel .o-error").first).to_contain_text("required")
    page.locator("#o-panel").get_by_role("link", name="Cancel").click()
    expect(page.locator("#o-panel")).to_be_hidden()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(name).to_have_value(was)


def test_on_a_phone_a_form_is_a_page(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(page.url)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.wait_for_url(re.compile("/edit/$"))
