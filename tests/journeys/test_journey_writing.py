"""Writing without a pointer: what one presses is counted."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.journeys.browsing import Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale, running_opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
REPLY = "textarea[data-draft$='-public']"
KEPT = ".o-write[data-public] [data-draft-note]"


@dataclass
class Desk:
    """A running company, and the agents who sit there."""

    opale: Opale
    browser: Browser
    visitors: Visitors
    numbers: list[int] = field(default_factory=list)

    def page(self, persona: str = "desk_agent") -> Page:
        return self.visitors.context(persona).new_page()

    def next_incident(self) -> int:
        return self.numbers.pop()


@dataclass
class Keys:
    """Presses keys and counts them; a chord is one press."""

    page: Page
    pressed: int = 0

    def press(self, *names: str) -> "Keys":
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1
        return self


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("writing")
    with (
        running_opale(folder / "data") as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        found = opale.api("/tickets?limit=200&view=open")["items"]
        numbers = [
            t["number"]
            for t in found
            if t["kind"] == "incident"
            and t["contact_id"]
            and t["service_id"]
            and t["state"] == "inProgress"
            and not t["restored_at"]
        ]
        yield Desk(opale, browser, Visitors(browser, opale, folder), numbers)


def taken(desk: Desk) -> tuple[Page, Keys, int]:
    """An incident that the agent has taken, with one key."""
    page, number = desk.page(), desk.next_incident()
    visit(page, f"/tickets/{number}/")
    keys = Keys(page)
    if page.locator("[data-key='t']").is_visible():
        keys.press("t")
        expect(page.locator(".o-public-word").first).to_have_text("To the customer")
        assert keys.pressed == 1
    return page, Keys(page), number


def test_a_reply_by_text_module_takes_four_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press("r", ";", "1", "Control+Enter")
    sent = page.locator(".o-message:not([data-from])").last
    expect(page.locator(REPLY)).to_have_value("")
    expect(sent).to_contain_text("pris en compte" if "Bonjour" in sent.inner_text() else "in hand")
    assert keys.pressed <= 4


def test_a_variable_without_value_is_shown_and_not_sent(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    before = page.locator(".o-message").count()
    page.locator(REPLY).fill("Voir {{ sentence }}")
    expect(page.locator("[data-left-open]").first).to_contain_text("{{ sentence }}")
    page.locator(REPLY).focus()
    keys.press("Control+Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Official sentence")
    expect(page.locator(REPLY)).to_have_value("Voir {{ sentence }}")
    assert page.locator(".o-message").count() == before


def test_the_official_sentence_is_written_once_and_put_into_a_reply_by_one_key(desk: Desk) -> None:
    page, keys, number = taken(desk)
    keys.press("u")
    french = page.locator("[name=french]")
    expect(french).to_be_focused()
    french.fill("Une fibre est coupée.")
    page.locator("[name=english]").fill("A fibre is cut.")
    keys.press("Control+Enter")
    expect(page.locator(".d-said").first).to_be_visible()
    visit(page, f"/tickets/{number}/")
    expect(page.locator("[data-insert]")).to_be_visible()
    page.keyboard.press("r")
    keys = Keys(page).press("Alt+o")
    expect(page.locator(REPLY)).to_have_value("Une fibre est coupée.")
    assert keys.pressed == 1


def test_a_draft_is_there_on_another_device_and_gone_once_it_is_sent(desk: Desk) -> None:
    page, _keys, number = taken(desk)
    page.locator(REPLY).fill("Bonjour, je regarde")
    expect(page.locator(KEPT)).to_have_text("Kept")
    elsewhere = desk.page()
    visit(elsewhere, f"/tickets/{number}/")
    expect(elsewhere.locator(REPLY)).to_have_value("Bonjour, je regarde")
    expect(elsewhere.locator(KEPT)).to_have_text("Kept")
    visit(page, f"/tickets/{number}/")
    expect(page.locator(REPLY)).to_have_value("Bonjour, je regarde")
    colleague = desk.page("run_engineer")
    visit(colleague, f"/tickets/{number}/")
    expect(colleague.locator(".d-someone")).to_contain_text("is writing to the customer")
    page.locator(REPLY).focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(REPLY)).to_have_value("")
    expect(colleague.locator(".d-someone")).to_have_count(0)
    again = desk.page()
    visit(again, f"/tickets/{number}/")
    expect(again.locator(REPLY)).to_have_value("")


def test_discarding_has_its_undo(desk: Desk) -> None:
    page, _keys, _number = taken(desk)
    page.locator(REPLY).fill("Bonjour")
    expect(page.locator(KEPT)).to_have_text("Kept")
    page.locator("[data-public] [data-discard]").press("Enter")
    expect(page.locator(REPLY)).to_have_value("")
    page.locator("[data-toast] [data-undo]").last.press("Enter")
    expect(page.locator(REPLY)).to_have_value("Bonjour")


def test_without_a_line_the_draft_is_kept_here_and_handed_over_later(desk: Desk) -> None:
    page, _keys, number = taken(desk)
    page.context.set_offline(True)
    page.locator(REPLY).fill("Écrit dans un tunnel")
    expect(page.locator(KEPT)).to_contain_text("on this device alone")
    page.context.set_offline(False)
    expect(page.locator(KEPT)).to_have_text("Kept")
    elsewhere = desk.page()
    visit(elsewhere, f"/tickets/{number}/")
    expect(elsewhere.locator(REPLY)).to_have_value("Écrit dans un tunnel")


def test_a_macro_is_shown_and_done_with_three_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press(";")
    expect(page.get_by_role("heading", name="Macros")).to_be_visible()
    keys.press("1")
    expect(page.get_by_role("button", name="Do it")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Done:")
    assert keys.pressed == 3


def test_escalating_takes_at_most_three_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press("e")
    expect(page.get_by_role("button", name="Ask", exact=False).first).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".d-escalation form")).to_have_count(0)
    assert keys.pressed <= 3
