"""An automation from its first letter to the ticket that it changes, and back."""

import os
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import Complaints, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale, wait_until

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("automations")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield from Visitors(browser, plain, folder).pages("service_manager", "en")


def test_an_automation_is_written_tested_enabled_runs_and_is_undone(
    page: Page, plain: Opale
) -> None:
    complaints, word = Complaints(page), uuid4().hex[:8]
    subject, name = f"Printer {word}", f"Printers {word}"
    before = plain.tell("/tickets", {"subject": f"{subject} before", "source": "phone"})

    visit(page, "/automations/")
    page.get_by_role("link", name="New automation").first.click()
    page.wait_for_url(re.compile("/automations/new/"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("When", exact=True).select_option(label="A ticket is received")
    expect(page.get_by_label("Delay", exact=True)).to_be_hidden()
    row = page.get_by_role("group", name="Row 1", exact=True)
    row.locator("select").first.select_option(label="Subject")
    expect(row.locator("select").nth(1)).to_be_visible()
    row.locator("select").nth(1).select_option(label="contains")
    row.locator("input[type=text], input:not([type])").last.fill(word)
    page.get_by_label("Add tags").fill("printers")

    # The test finds the ticket that was there, and leaves it as it is.
    page.get_by_role("button", name="Test on the last 7 days").click()
    tried = page.locator("#automation-dry-run")
    expect(tried).to_contain_text(f"T-{before['number']}")
    assert plain.api(f"/tickets/{before['number']}")["tags"] == []

    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/automations/\d+/"))
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()

    made = plain.tell("/tickets", {"subject": subject, "source": "phone"})
    path = f"/tickets/{made['number']}"
    wait_until(lambda: plain.api(path)["tags"] == ["printers"], plain.process, 60)
    runs = page.locator("table", has_text=f"T-{made['number']}")
    # In the language of its author.
    expect(runs).to_contain_text(re.compile(": printers"), timeout=30_000)
    runs.get_by_role("button", name="Undo").click()
    expect(runs).to_contain_text("Undone")
    assert plain.api(path)["tags"] == []
    assert plain.api(f"/tickets/{before['number']}")["tags"] == []

    # What the undo tells live pages is not asked for once the automation is gone.
    page.reload()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile(r"/automations/$"))
    assert complaints.taken() == []
