"""Poor connections: the outbox of the telephone, and the wall that says that it is old."""

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@dataclass
class Standby:
    opale: Opale
    page: Page

    def number(self) -> int:
        """An incident of the agent's own whose service is still down."""
        tickets = self.opale.api("/tickets?view=open&limit=100")["items"]
        one = next(
            t
            for t in tickets
            if t["kind"] == "incident" and not t["restored_at"] and t["contact_id"]
        )
        # What others write to the customer waits for the owner's eyes.
        self.post("desk_agent", one["number"], "ownership", {"seen_owner_id": one["owner_id"]})
        return int(one["number"])

    def restore(self, number: int) -> None:
        """Somebody else is faster."""
        self.post("run_engineer", number, "restoration", {})

    def post(self, persona: str, number: int, act: str, body: dict[str, Any]) -> None:
        token = self.opale.personas[persona]["api_token"]
        request = urllib.request.Request(  # loopback
            f"{self.opale.base_url}/api/v1/tickets/{number}/{act}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # loopback
            assert answer.status == 200


@pytest.fixture(scope="module")
def standby(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Standby]:
    folder = tmp_path_factory.mktemp("standby")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        for page in Visitors(browser, plain, folder).pages("desk_agent", "en"):
            yield Standby(plain, page)


def test_what_is_pressed_without_a_connection_is_said_and_sent_once(standby: Standby) -> None:
    page, number = standby.page, standby.number()
    page.set_viewport_size(PHONE)
    visit(page, f"/standby/{number}/")
    page.wait_for_function(FITS)
    outbox = page.locator("#s-outbox")
    expect(outbox).to_be_hidden()
    page.context.set_offline(True)
    page.get_by_role("button", name="Mark restored").click()
    page.get_by_role("button", name="Write").click()
    page.get_by_role("textbox").last.fill("It works again.")
    page.get_by_role("button", name="Send").click()
    expect(outbox).to_contain_text("Not sent yet")
    expect(outbox.locator("li")).to_have_count(2)
    assert standby.opale.api(f"/tickets/{number}")["restored_at"] is None
    page.context.set_offline(False)
    expect(outbox).to_be_hidden(timeout=60_000)
    assert standby.opale.api(f"/tickets/{number}")["restored_at"] is not None
    messages = standby.opale.api(f"/tickets/{number}/messages")
    said = messages["items"] if isinstance(messages, dict) else messages
    assert [one["body"] for one in said].count("It works again.") == 1
    expect(page.get_by_role("button", name="Mark restored")).to_have_count(0)


def test_what_is_refused_is_said_with_its_reason_until_it_is_forgotten(standby: Standby) -> None:
    page, number = standby.page, standby.number()
    visit(page, f"/standby/{number}/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Mark restored").click()
    standby.restore(number)
    page.context.set_offline(False)
    outbox = page.locator("#s-outbox")
    expect(outbox).to_contain_text("Refused", timeout=60_000)
    outbox.get_by_role("button", name="Discard").click()
    expect(outbox).to_be_hidden()


def test_the_wall_says_since_when_it_is_old_and_heals(standby: Standby) -> None:
    page = standby.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit(page, "/wall/")
    lost = page.locator("#w-lost")
    expect(lost).to_be_hidden()
    page.context.set_offline(True)
    expect(lost).to_contain_text("Connection lost at", timeout=60_000)
    page.context.set_offline(False)
    expect(lost).to_be_hidden(timeout=60_000)
