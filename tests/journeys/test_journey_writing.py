"""Writing without a pointer: what one presses is counted."""

import json
import os
import re
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect, sync_playwright
from tests.journeys.browsing import SETTLED, Visitors, visit
from tests.journeys.keyboard import Keys
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale, running_opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
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
    like: dict[str, Any]

    def page(self, persona: str = "desk_agent") -> Page:
        return self.visitors.context(persona).new_page()

    def new_incident(self) -> int:
        """An incident of a customer with a contact and a service, which nobody has looked at."""
        named = {name: self.like[name] for name in ("customer_id", "contact_id", "service_id")}
        body = {"subject": "Lien coupé", "kind": "incident", "language": "fr", **named}
        token = self.opale.personas["desk_agent"]["api_token"]
        request = urllib.request.Request(  # loopback
            f"{self.opale.base_url}/api/v1/tickets",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # loopback
            return int(json.load(answer)["number"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("writing")
    with (
        # Its undo waits for the slowest machine.
        running_opale(folder / "data", company, OPALE_SEND_UNDO_SECONDS="60") as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        found = opale.api("/tickets?limit=200&view=open")["items"]
        like = next(t for t in found if t["contact_id"] and t["service_id"])
        yield Desk(opale, browser, Visitors(browser, opale, folder), like)


@pytest.fixture(autouse=True)
def leave(desk: Desk) -> Iterator[None]:
    yield
    desk.visitors.leave()


def taken(desk: Desk) -> tuple[Page, Keys, int]:
    """An incident that the agent has taken, with one key."""
    page, number = desk.page(), desk.new_incident()
    visit(page, f"/tickets/{number}/")
    keys = Keys(page).press("t")
    expect(page.locator("[data-key='t']")).to_have_count(0)
    expect(page.locator(".o-write[data-public] > header")).to_have_text("To the customer")
    page.wait_for_function(SETTLED)
    assert keys.pressed == 1
    return page, Keys(page), number


def test_files_that_are_kept_or_refused_leave_what_was_typed(desk: Desk, tmp_path: Path) -> None:
    page, _keys, _number = taken(desk)
    small, large, huge = (tmp_path / name for name in ("small.txt", "large.bin", "huge.bin"))
    small.write_text("Bonjour", encoding="utf-8")
    for path, mebibytes in ((large, 22), (huge, 50)):
        with path.open("wb") as file:
            file.truncate(mebibytes << 20)
    page.locator(REPLY).fill("Bonjour, voici le fichier.")
    expect(page.locator(KEPT)).to_have_text("Draft saved")
    choose = page.locator(".o-write[data-public] input[type=file]")
    choose.set_input_files(huge)
    expect(page.get_by_text("huge.bin: larger than 20")).to_be_visible()
    choose.set_input_files(large)
    expect(page.get_by_text("large.bin: larger than 20")).to_be_visible()
    expect(page.locator(REPLY)).to_have_value("Bonjour, voici le fichier.")
    choose.set_input_files(small)
    expect(page.locator("body")).to_contain_text("small.txt")
    page.wait_for_function(SETTLED)
    expect(page.locator(REPLY)).to_have_value("Bonjour, voici le fichier.")
    expect(page.locator(KEPT)).to_have_text("Draft saved")


def test_a_reply_by_text_module_takes_four_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press("r", ";", "1")
    expect(page.locator(REPLY)).to_have_value(re.compile("pris en compte"))
    keys.press("Control+Enter")
    expect(page.locator(REPLY)).to_have_value("")
    expect(page.locator(".o-message").last).to_contain_text("pris en compte")
    assert keys.pressed <= 4


def test_a_variable_without_value_is_shown_and_not_sent(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    before = page.locator(".o-message").count()
    page.locator(REPLY).fill("Voir {{ sentence }}")
    expect(page.locator("[data-left-open]").first).to_contain_text("{{ sentence }}")
    page.locator(REPLY).focus()
    keys.press("Control+Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Approved message")
    expect(page.locator(REPLY)).to_have_value("Voir {{ sentence }}")
    assert page.locator(".o-message").count() == before


def test_the_official_sentence_is_written_once_and_put_into_a_reply_by_one_key(desk: Desk) -> None:
    page, keys, number = taken(desk)
    # Its region is fetched when it comes into sight, and the key with it.
    page.locator("[data-key=u]").first.wait_for(state="attached")
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


def test_a_redraw_that_comes_late_leaves_the_form_that_was_opened_in_its_place(desk: Desk) -> None:
    page, keys, number = taken(desk)
    page.locator("[data-key=u]").first.wait_for(state="attached")
    late: list[Route] = []
    page.route(f"**/tickets/{number}/sentence/", lambda route: late.append(route))
    with page.expect_request(f"**/tickets/{number}/sentence/"):
        page.locator("[data-live][id$='sentence']").dispatch_event("opale:changed")
    keys.press("u")
    french = page.locator("[name=french]")
    expect(french).to_be_focused()
    page.evaluate(
        "window.answered = 0;"
        "document.addEventListener('htmx:afterOnLoad', () => { window.answered += 1; })"
    )
    late[0].continue_()
    page.wait_for_function("() => window.answered")
    page.keyboard.type("Une fibre est coupée.")
    expect(french).to_have_value("Une fibre est coupée.")


def test_a_draft_is_there_on_another_device_and_gone_once_it_is_sent(desk: Desk) -> None:
    page, _keys, number = taken(desk)
    page.locator(REPLY).fill("Bonjour, je regarde")
    expect(page.locator(KEPT)).to_have_text("Draft saved")
    elsewhere = desk.page()
    visit(elsewhere, f"/tickets/{number}/")
    expect(elsewhere.locator(REPLY)).to_have_value("Bonjour, je regarde")
    expect(elsewhere.locator(KEPT)).to_have_text("Draft saved")
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
    expect(page.locator(KEPT)).to_have_text("Draft saved")
    page.locator("[data-public] [data-discard]").press("Enter")
    expect(page.locator(REPLY)).to_have_value("")
    page.locator("[data-toast] [data-undo]").last.press("Enter")
    expect(page.locator(REPLY)).to_have_value("Bonjour")


def test_what_was_sent_is_taken_back_with_one_key(desk: Desk) -> None:
    page, keys, number = taken(desk)
    page.locator(REPLY).fill("Bonjour, je me trompe")
    page.locator(REPLY).focus()
    keys.press("Control+Enter")
    expect(page.locator(".o-message").last).to_contain_text("je me trompe")
    expect(page.locator("[data-toast] [data-undo]")).to_be_visible()
    keys.press("Control+z")
    expect(page.locator(REPLY)).to_have_value("Bonjour, je me trompe")
    expect(page.locator(".o-message", has_text="je me trompe")).to_have_count(0)
    expect(page.locator(KEPT)).to_have_text("Draft saved")
    elsewhere = desk.page()
    visit(elsewhere, f"/tickets/{number}/")
    expect(elsewhere.locator(REPLY)).to_have_value("Bonjour, je me trompe")


def test_without_a_line_the_draft_is_kept_here_and_handed_over_later(desk: Desk) -> None:
    page, _keys, number = taken(desk)
    page.context.set_offline(True)
    page.locator(REPLY).fill("Écrit dans un tunnel")
    expect(page.locator(KEPT)).to_contain_text("on this device only")
    page.context.set_offline(False)
    expect(page.locator(KEPT)).to_have_text("Draft saved")
    elsewhere = desk.page()
    visit(elsewhere, f"/tickets/{number}/")
    expect(elsewhere.locator(REPLY)).to_have_value("Écrit dans un tunnel")


def test_a_text_survives_a_crash_of_the_browser(desk: Desk) -> None:
    page, _keys, number = taken(desk)
    context = page.context
    context.set_offline(True)
    page.locator(REPLY).fill("Écrit juste avant la chute")
    expect(page.locator(KEPT)).to_contain_text("on this device only")
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    visit(again, f"/tickets/{number}/")
    expect(again.locator(REPLY)).to_have_value("Écrit juste avant la chute")
    expect(again.locator(KEPT)).to_have_text("Draft saved")


def test_two_who_change_one_subject_are_compared_and_decide_by_keys(desk: Desk) -> None:
    page, keys, number = taken(desk)
    visit(page, f"/tickets/{number}/subject/")
    colleague = desk.page("run_engineer")
    visit(colleague, f"/tickets/{number}/subject/")
    for one, subject in ((colleague, "Lien de Rennes"), (page, "Lien de Lille")):
        one.locator("[name=subject]").fill(subject)
        one.locator("[name=subject]").press("Control+Enter")
        if one is colleague:
            one.wait_for_url(re.compile(rf"/tickets/{number}/$"))
    expect(page.locator(".d-compare")).to_contain_text("Lien de Rennes")
    expect(page.locator("[name=decide-subject][value=theirs]")).to_be_focused()
    keys.press("ArrowDown", "Enter")
    page.wait_for_url(re.compile(rf"/tickets/{number}/$"))
    expect(page.locator(".d-head h1")).to_contain_text("Lien de Lille")


def test_a_macro_is_shown_and_done_with_three_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press(";")
    expect(page.get_by_role("heading", name="Macros")).to_be_visible()
    keys.press("1")
    expect(page.get_by_role("button", name="Run macro")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("Macro run:")
    assert keys.pressed == 3


def test_escalating_takes_at_most_three_keys(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press("e")
    expect(page.get_by_role("button", name="Escalate", exact=False).first).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".d-escalation form")).to_have_count(0)
    assert keys.pressed <= 3


def test_a_note_keeps_the_reply_apart_and_tells_whom_it_mentions(desk: Desk) -> None:
    page, keys, number = taken(desk)
    colleague = desk.page("desk_agent_2")
    visit(colleague, "/inbox/")
    name = colleague.locator(".o-top summary[title] .o-face").get_attribute("aria-label") or ""
    keys.press("r").type("Nous regardons")
    reply, note = page.locator(REPLY), page.locator("textarea[data-draft$='-internal']")
    expect(note).to_be_hidden()
    page.keyboard.press("Escape")
    keys.press("n").type(f"@{name.split()[0].lower()}")
    expect(reply).to_be_hidden()
    expect(page.locator("[data-mode-of=public] [data-begun]")).to_be_visible()
    expect(page.locator(".c-people [role=option][aria-selected=true]")).to_contain_text(name)
    page.keyboard.press("Enter")
    keys.type("connais-tu ce lien ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-internal] .o-mention")).to_have_text(f"@{name}")
    expect(colleague.get_by_text(f"mentioned you on T-{number}")).to_be_visible()
    # Nothing of the note went to the reply, which waits.
    page.keyboard.press("r")
    expect(reply).to_have_value("Nous regardons")
    expect(page.locator("[data-mode-of=public] [data-begun]")).to_be_hidden()


def test_what_is_for_a_note_never_gets_into_the_reply(desk: Desk, tmp_path: Path) -> None:
    page, keys, number = taken(desk)
    reply, note = page.locator(REPLY), page.locator("textarea[data-draft$='-internal']")
    keys.press("n").type("Pour nous")
    ours = tmp_path / "ours.txt"
    ours.write_text("Pour nous", encoding="utf-8")
    page.locator(".o-write[data-internal] input[type=file]").set_input_files(ours)
    waiting = page.locator("[data-files-of=internal]")
    expect(waiting).to_contain_text("ours.txt")
    expect(page.locator(".o-write[data-internal] [data-draft-note]")).to_have_text("Draft saved")
    page.keyboard.press("Escape")
    keys.press("r").type("Pour vous")
    expect(waiting).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".o-message").last).to_contain_text("Pour vous")
    expect(page.locator(".o-message").last).not_to_contain_text("ours.txt")
    # On another device the note comes late: whoever is about to reply stays in the reply.
    page.close()
    elsewhere = desk.visitors.browser.new_context(
        storage_state=desk.visitors.cookies["desk_agent"], base_url=desk.opale.base_url
    ).new_page()
    late: list[Route] = []
    elsewhere.route("**/drafts/?device=*", lambda route: late.append(route))
    elsewhere.goto(f"/tickets/{number}/")
    elsewhere.keyboard.press("r")
    reply, note = elsewhere.locator(REPLY), elsewhere.locator("textarea[data-draft$='-internal']")
    expect(reply).to_be_focused()
    late[0].continue_()
    expect(note).to_have_value("Pour nous")
    expect(reply).to_be_focused()
    expect(note).to_be_hidden()
    elsewhere.keyboard.type("non")
    expect(reply).to_have_value("non")
    elsewhere.context.close()


def test_a_message_is_sent_and_waited_for_without_the_mouse(desk: Desk) -> None:
    page, keys, _number = taken(desk)
    keys.press("r").type("Quel site est coupé ?")
    page.keyboard.press("F8")
    until = page.locator(".d-waits [name=until]")
    expect(until).to_be_focused()
    expect(page.locator(".d-waits .o-changes")).to_contain_text("Waiting for the customer")
    expect(page.get_by_role("button", name="Send to the customer")).to_be_hidden()
    until.press_sequentially("+2h")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]").last).to_contain_text("waits for the customer")
    expect(page.locator(".d-waits")).to_have_count(0)
    expect(page.locator(".d-head")).to_contain_text("Waiting for the customer")
    expect(page.locator(REPLY)).to_have_value("")
