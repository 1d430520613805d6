"""The console by the keyboard alone: through the list, on the ticket beside it, and back."""

import json
import os
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect, sync_playwright
from tests.journeys.browsing import AXE, NEEDS_BROWSER, Visitors, visit
from tests.journeys.keyboard import opened, pointed_at
from tests.journeys.looking import barriers_of
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, plain: Opale
) -> Iterator[tuple[Opale, Visitors]]:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield plain, Visitors(browser, plain, tmp_path_factory.mktemp("console"))


@pytest.fixture
def page(house: tuple[Opale, Visitors]) -> Iterator[Page]:
    """An agent's browser in which nothing may be pointed at."""
    for page in house[1].pages("desk_agent", "en"):
        pointed = pointed_at(page)
        yield page
        assert pointed == []


def test_the_keys_move_through_work_without_a_page_change(page: Page) -> None:
    visit(page, "/desk/open/")
    page.evaluate("window.same = true")
    page.keyboard.press("j")
    first = opened(page)
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile(f"open={first}"))
    second = opened(page)
    assert second != first
    expect(page.locator("#o-beside-said")).to_contain_text(re.compile(rf"T-{second} .*, 2 of \d+"))
    expect(page.locator(f"[data-list] > [aria-current]:has-text('T-{second}')")).to_be_focused()
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"open={first}"))
    assert page.evaluate("window.same")
    page.reload()
    assert opened(page) == first
    page.keyboard.press("Escape")
    expect(page.locator("#o-beside > *")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("open="))
    page.go_back()
    assert opened(page) == first


def test_a_line_that_is_chosen_upwards_stands_below_the_head_of_the_list(page: Page) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    first = opened(page)
    for _ in range(20):
        page.keyboard.press("j")
    assert page.locator(".o-work-list").evaluate("list => list.scrollTop") > 0
    for _ in range(20):
        page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"open={first}"))
    above = "line => line.getBoundingClientRect().top"
    line = page.locator("[data-list] > [aria-current]").evaluate(above)
    head = page.locator(".d-list-head").evaluate("head => head.getBoundingClientRect().bottom")
    assert line >= head - 1


def test_letters_act_on_the_ticket_beside_and_forms_stay_there(page: Page) -> None:
    visit(page, "/desk/triage/")
    page.evaluate("window.same = true")
    page.keyboard.press("j")
    number = opened(page)
    page.keyboard.press("t")
    expect(page.get_by_text("Ticket assigned to you.")).to_be_visible()
    expect(page.locator("#o-beside .d-head")).to_contain_text("In progress")
    page.keyboard.press("p")
    expect(page.locator("#o-panel h2")).to_have_text("Classify ticket")
    expect(page.locator("#o-beside .d-head")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#o-panel")).to_be_hidden()
    assert opened(page) == number
    page.keyboard.press(".")
    expect(page.locator("#o-panel form.o-form")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#o-panel")).to_be_hidden()
    assert opened(page) == number
    page.keyboard.press("v")
    cause = page.locator("#o-panel form.o-form [name=cause]")
    cause.focus()
    page.keyboard.type("A cable")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ticket resolved.", exact=True)).to_be_visible()
    assert opened(page) == number
    expect(page.locator("#o-beside .d-head")).to_contain_text("Resolved")
    assert page.evaluate("window.same")


def test_an_outage_is_accepted_by_two_grades_and_undone(
    page: Page, house: tuple[Opale, Visitors]
) -> None:
    received(house[0], "Internet coupé, 40 personnes bloquées", kind="request")
    visit(page, "/desk/triage/")
    line = page.locator("[data-list] > .o-line", has_text="40 personnes bloquées")
    for _ in range(60):
        page.keyboard.press("j")
        if line.evaluate("line => line.classList.contains('o-here')"):
            break
    number = opened(page)
    page.evaluate("window.same = true")
    page.keyboard.press("i")
    panel = page.locator("#o-panel")
    expect(panel.locator("[name=impact]").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(panel.get_by_role("button", name="Accept")).to_be_focused()
    expect(panel.locator("#o-changes")).to_contain_text("P1")
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    expect(page.locator("#o-beside .d-head")).to_contain_text("Incident")
    assert opened(page) == number
    assert page.evaluate("window.same")
    expect(line).to_contain_text("P1")
    above = page.locator("[data-list] > .o-line").all_inner_texts()
    place = next(at for at, text in enumerate(above) if "40 personnes bloquées" in text)
    assert all("P1" in text for text in above[:place])
    toast = page.locator("[data-toast]").last
    expect(toast).to_contain_text("Classified: Incident, P1")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Classification undone.")).to_be_visible()
    expect(page.locator("#o-beside .d-head")).to_contain_text("Request")


def test_enter_opens_the_page_and_its_neighbours_follow_the_list(page: Page) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    first = opened(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{first}/")
    expect(page.locator(".d-around [rel=next]")).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_url(re.compile(rf"/tickets/(?!{first}/)\d+/$"))
    expect(page.locator(".d-around [rel=prev]")).to_be_visible()
    page.keyboard.press("k")
    page.wait_for_url(f"**/tickets/{first}/")
    expect(page.locator(".d-around [data-key=escape]")).to_have_text("All open")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/desk/open/?open={first}")
    assert opened(page) == first


def received(opale: Opale, subject: str, kind: str = "incident") -> None:
    """A ticket comes in from elsewhere; what is a request is not graded yet."""
    grade = 1 if kind == "incident" else 3
    said = {"subject": subject, "kind": kind, "impact": grade, "urgency": grade}
    request = urllib.request.Request(
        f"{opale.base_url}/api/v1/tickets",
        data=json.dumps(said).encode(),
        headers={
            "Authorization": f"Bearer {opale.personas['desk_agent']['api_token']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as answer:  # loopback
        assert answer.status == 201


def test_what_comes_waits_while_one_is_at_a_line_and_is_shown_by_a_key(
    page: Page, house: tuple[Opale, Visitors]
) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    opened(page)
    line = page.locator("[data-list] > [aria-current]")
    before = line.bounding_box()
    received(house[0], "A new one that waits")
    expect(page.locator("[data-held]")).to_contain_text("1 new: show")
    new = page.locator("[data-list] > .o-line", has_text="A new one that waits")
    expect(new).to_be_hidden()
    assert line.bounding_box() == before
    page.keyboard.press("u")
    expect(new).to_be_visible()
    expect(page.locator("[data-held]")).to_be_hidden()


def test_a_line_that_leaves_stays_until_one_moves_on(page: Page) -> None:
    visit(page, "/desk/triage/")
    page.keyboard.press("j")
    number = opened(page)
    lines = page.locator("[data-list] > .o-line")
    line = lines.filter(has_text=f"T-{number}")
    page.keyboard.press("t")
    expect(line).to_have_attribute("data-stale", "")
    expect(lines.first).to_contain_text(f"T-{number}")
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile(f"open={number}"))
    expect(line).to_have_count(0)


def test_colleagues_see_who_has_a_ticket_open_and_who_writes(
    page: Page, house: tuple[Opale, Visitors]
) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    number = opened(page)
    for other in house[1].pages("run_engineer", "en"):
        visit(other, f"/desk/open/?open={number}")
        slots = other.locator(f"[data-here='{number}'] .d-face")
        expect(slots).to_have_count(2)  # on the line, and on the ticket beside
        page.keyboard.press("n")
        page.keyboard.type("I look into it")
        expect(other.locator(f"[data-here='{number}'] [data-writing]")).to_have_count(2)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(slots).to_have_count(0)


def test_a_draft_survives_the_way_through_the_list(page: Page) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    first = opened(page)
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile(f"open={first}"))
    opened(page)
    note = page.locator("#o-beside [data-internal] textarea")
    expect(note).not_to_have_value(re.compile("Half a thought"))
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"open={first}"))
    opened(page)
    expect(note).to_have_value(re.compile("Half a thought"))


def test_what_is_typed_and_kept_while_the_server_is_asked_for_drafts_stays(page: Page) -> None:
    asked: list[tuple[Route, APIResponse]] = []
    page.route("**/drafts/?device=*", lambda route: asked.append((route, route.fetch())))
    visit(page, "/desk/open/")
    page.keyboard.press("j")
    opened(page)
    note = page.locator("#o-beside [data-internal] textarea")
    # Asked before anything was typed, answered after it was kept.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.keyboard.press("n")
        page.keyboard.type("Faster than the line")
    expect(page.locator("#o-beside [data-internal] [data-draft-note]")).to_have_text("Draft saved")
    before = list(asked)
    for route, answer in before:
        route.fulfill(response=answer)
    expect(page.locator("#o-beside [data-drafts]")).to_be_visible()
    expect(note).to_have_value(re.compile("Faster than the line"))


def test_a_list_is_filtered_and_kept_as_a_view_by_keys(page: Page) -> None:
    visit(page, "/desk/open/")
    page.keyboard.press("q")
    expect(page.locator("#d-filter [name=q]")).to_be_focused()
    page.locator("#d-filter [name=priority][value='2']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/open/?*priority=2*")
    chip = page.get_by_role("navigation", name="Filters").get_by_role("link", name="Priority: P2")
    expect(chip).to_be_visible()
    page.keyboard.press("q")
    page.locator("#d-view-name").focus()
    page.keyboard.type("Only P2")
    keep = page.locator("#d-filter").get_by_role("button", name="Save")
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Only P2")).to_be_visible()
    place = page.get_by_role("navigation", name="Views").get_by_role("link", name="Only P2")
    expect(place).to_have_attribute("aria-current", "page")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/open/\??$"))


@NEEDS_BROWSER
def test_axe_finds_nothing_serious_with_the_whole_console_open(page: Page) -> None:
    visit(page, "/desk/open/?kind=incident")
    page.keyboard.press("j")
    opened(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert barriers_of(page) == []
    page.keyboard.press("q")
    expect(page.locator("#d-filter [name=q]")).to_be_focused()
    assert barriers_of(page) == []


def test_a_phone_shows_the_list_and_then_the_ticket(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    visit(page, "/desk/open/")
    line = page.locator("[data-list] > .o-line").first
    number = line.locator(".o-number").inner_text().removeprefix("T-")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    line.locator(".o-title").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{number}/")
    page.go_back()
    page.wait_for_url("**/desk/open/")


def test_a_large_wall_cuts_none_of_its_headings(page: Page) -> None:
    page.set_viewport_size({"width": 3840, "height": 2160})
    visit(page, "/wall/")
    expect(page.locator(".w-wall h2").first).to_be_visible()
    cut = page.locator(".w-wall h2").evaluate_all(
        "all => all.filter(one => parseFloat(getComputedStyle(one).lineHeight)"
        " < parseFloat(getComputedStyle(one).fontSize)).map(one => one.textContent)"
    )
    assert cut == []
