"""A browser and a house for the page kit."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from opale.ui.tests.chromium import ARGUMENTS, CHROMIUM
from opale.ui.tests.house import SETTINGS, Stream, standing, unmarked

# What is waited for is there in a blink; a busy machine gets longer before that is called a fault.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = str(CHROMIUM) if CHROMIUM.exists() else None
    with playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as launched:
        yield launched


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def house(stream: Stream) -> Iterator[str]:
    with standing(stream) as address:
        yield address


@pytest.fixture
def page(browser: Browser, house: str) -> Iterator[Page]:
    """A page of an English reader whose every complaint of the console fails the test."""
    context = browser.new_context(base_url=house, locale="en-GB", timezone_id="Europe/Paris")
    context.set_default_timeout(20_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
    )
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def visitor() -> Iterator[Client]:
    """A reader without a browser."""
    with override_settings(**SETTINGS), unmarked():
        yield Client()
