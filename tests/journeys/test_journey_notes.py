"""Two colleagues on one ticket: a note with a mention and a picture, quoted, edited and deleted."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

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
SEEN_WITHIN = 2.0
"""Seconds from a note to its mention in an open inbox."""
GIVE_PICTURE = """([field, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "rack.png", { type: "image/png" }));
  const said = { clipboardData: data, bubbles: true, cancelable: true };
  field.dispatchEvent(new ClipboardEvent("paste", said));
}"""
MAILS = """
from datetime import timedelta

from opale.kernel import clock
from opale.messaging.models import OutgoingMail
from opale.notifications.actions.delivery import mail_due_notifications

mail_due_notifications(clock.now() + timedelta(days=1))
said = [mail.letter for mail in OutgoingMail.objects.order_by("-pk")[:50]]
assert not any("Card" in str(letter) for letter in said)
print(sum("never twice" in str(letter) for letter in said))
"""


@pytest.fixture(scope="module")
def visitors(
    manned: tuple[Opale, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitors]:
    opale, _clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield Visitors(browser, opale, tmp_path_factory.mktemp("notes"))


@pytest.fixture(scope="module")
def pages(visitors: Visitors) -> tuple[Page, Page]:
    """The desk agent on a ticket, and the engineer, who reads French, in the inbox."""
    first = visitors.context("desk_agent").new_page()
    second = visitors.context("run_engineer", language="fr").new_page()
    first.goto("/desk/")
    link = first.locator('a.o-title[href*="/tickets/"]').first
    first.goto(re.sub(r"\?.*", "", link.get_attribute("href") or ""))
    second.goto("/inbox/")
    return first, second


def test_a_mention_with_a_pasted_picture_is_in_the_inbox_at_once(
    pages: tuple[Page, Page], visitors: Visitors, tmp_path: Path
) -> None:
    first, second = pages
    taken = tmp_path / "rack.png"
    first.locator(".d-composer").screenshot(path=taken)
    first.keyboard.press("n")
    field = first.locator(".o-write[data-internal] textarea")
    login = visitors.opale.personas["run_engineer"]["login"]
    field.press_sequentially(f"Card **dead**, @{login.partition('.')[0][:6]}")
    expect(first.locator(".c-people [role=option][aria-selected=true]")).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"\(person:\d+\) "))
    first.evaluate(GIVE_PICTURE, [field.element_handle(), list(taken.read_bytes())])
    expect(field).to_have_value(re.compile(r"!\[rack\.png\]\(file:\d+\)"))
    began = monotonic()
    field.press("Control+Enter")
    told = second.get_by_role("link", name=re.compile("Card dead"))
    expect(told).to_be_visible()
    assert monotonic() - began < SEEN_WITHIN * 2, (
        "much later than its budget, on a busy machine too"
    )
    expect(second.get_by_role("button", name="Tout marquer comme lu")).to_be_visible()
    told.click()
    second.wait_for_url(re.compile(r"/tickets/\d+/#message-\d+$"))
    note = second.locator(".o-message[data-internal]").filter(has_text="Card dead")
    expect(note.locator("strong")).to_have_text("dead")
    expect(note.get_by_role("img", name="rack.png")).to_be_visible()


def test_a_note_is_quoted_into_the_next_note_and_mentions_nobody_again(
    pages: tuple[Page, Page],
) -> None:
    first, second = pages
    note = second.locator(".o-message[data-internal]").filter(has_text="Card dead")
    note.hover()
    note.get_by_role("button", name="Citer la note").click()
    field = second.locator(".o-write[data-internal] textarea")
    expect(field).to_have_value(re.compile(r"^> Card \*\*dead\*\*, @[^\[\n]+"))
    field.press_sequentially("Swapped")
    field.press("Control+Enter")
    expect(first.locator(".o-message blockquote strong")).to_have_text("dead")
    expect(field).to_have_value("")


def test_an_edit_and_the_deletion_are_seen_without_reloading(pages: tuple[Page, Page]) -> None:
    first, second = pages
    typed = second.locator(".o-write[data-internal] textarea")
    typed.fill("Half a thought")
    mine = first.locator(".o-message[data-internal]").filter(has=first.get_by_role("img"))
    mine.hover()
    mine.get_by_role("link", name="Edit note").click()
    panel = first.locator("#o-panel")
    text = panel.locator("[name=text]")
    expect(text).to_have_value(re.compile("dead"))
    text.fill(text.input_value().replace("dead", "replaced"))
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_be_hidden()
    theirs = second.locator(".o-message[data-internal]").filter(has_text="Card replaced")
    expect(theirs.locator("summary")).to_have_text("modifié")
    theirs.locator("summary").click()
    expect(theirs.locator(".o-why strong")).to_have_text("dead")
    expect(typed).to_have_value("Half a thought")
    mine = first.locator(".o-message[data-internal]").filter(has_text="Card replaced")
    mine.hover()
    mine.get_by_role("button", name="Delete note").click()
    expect(second.get_by_text("Note supprimée")).to_be_visible()
    expect(second.get_by_text("Card replaced")).to_have_count(0)
    expect(typed).to_have_value("Half a thought")
    typed.fill("")


def test_what_is_deleted_is_mailed_to_nobody_and_a_note_once(
    pages: tuple[Page, Page], visitors: Visitors
) -> None:
    first, second = pages
    field = first.locator(".o-write[data-internal] textarea")
    first.keyboard.press("n")
    login = visitors.opale.personas["run_engineer"]["login"]
    field.press_sequentially(f"Mailed, never twice, @{login.partition('.')[0][:6]}")
    expect(first.locator(".c-people [role=option][aria-selected=true]")).to_be_visible()
    field.press("Enter")
    field.press("Control+Enter")
    mine = first.locator(".o-message[data-internal]").filter(has_text="never twice")
    expect(mine).to_have_count(1)
    assert visitors.opale.ask(MAILS) == "1"
    mine.hover()
    mine.get_by_role("link", name="Edit note").click()
    text = first.locator("#o-panel [name=text]")
    text.fill(text.input_value() + " again")
    first.locator("#o-panel").get_by_role("button", name="Save").click()
    expect(second.get_by_text("again")).to_be_visible()
    assert visitors.opale.ask(MAILS) == "1", "an edit tells nobody again"


def test_a_ticket_with_notes_fits_a_phone(pages: tuple[Page, Page]) -> None:
    _first, second = pages
    second.set_viewport_size(PHONE)
    second.reload()
    expect(second.locator(".o-message[data-internal]").first).to_be_attached()
    assert second.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
