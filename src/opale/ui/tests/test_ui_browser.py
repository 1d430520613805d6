"""The page kit in a real browser: keyboard, palette, toasts, pickers, themes, axe."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

pytest_plugins = ["opale.ui.tests.browsing"]
pytestmark = pytest.mark.xdist_group("ui-browser")

AXE = Path(__file__).parents[4] / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
# Where the whole suite must run (CI=true) what is missing fails instead of being skipped.
needs_axe = pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("CI"),
    reason="npm's development packages are not installed",
)
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}


def axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_in_the_gallery(
    page: Page, house: str, theme: str, size: Any
) -> None:
    page.set_viewport_size(size)
    page.context.add_cookies([{"name": "opale_theme", "value": theme, "url": house}])
    page.goto("/ui/gallery/")
    expect(page.locator("[data-chart] svg")).to_be_attached()
    assert axe(page) == []


@needs_axe
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/login/?nobody", "Log in"),
        ("/account/password/reset/?nobody", "Password Reset"),
        ("/refuse/not-found/", "Page not found"),
        ("/ui/offline/", "No network"),
        ("/ui/gallery/work/48209/", "A list beside its details"),
    ],
)
def test_axe_finds_nothing_serious_at_the_door(page: Page, path: str, heading: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert axe(page) == []


@pytest.mark.parametrize(
    "path",
    [
        "/ui/gallery/",
        "/ui/gallery/work/",
        "/ui/gallery/work/48209/",
        "/board/",
        "/account/login/?nobody",
    ],
)
def test_nothing_is_wider_than_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_keys_move_through_a_list_and_open_a_line(page: Page) -> None:
    page.goto("/board/")
    page.keyboard.press("j")
    expect(page.locator("#line-1")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator("#line-2")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?line=2")


def test_keys_are_not_taken_from_somebody_who_types(page: Page) -> None:
    page.goto("/board/")
    field = page.get_by_label("Note")
    field.press_sequentially("just ok?")
    expect(field).to_have_value("just ok?")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_an_answer_is_heard_though_a_redraw_took_its_button_away_meanwhile(page: Page) -> None:
    page.goto("/board/")
    page.evaluate(
        "htmx.ajax('GET', '/refuse/illegal/', {source: '#line-1', swap: 'none'}).catch(() => {});"
        "document.getElementById('line-1').remove();"
    )
    expect(page.locator("#o-toasts > *")).to_have_count(1)


def test_a_letter_presses_its_button_and_the_toast_can_be_undone(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.keyboard.press("t")
    expect(page.get_by_text("Ticket taken.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Change undone.")).to_be_visible()
    expect(page.get_by_text("Ticket taken.")).to_have_count(0)


def test_a_key_of_a_closed_menu_works(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.keyboard.press("m")
    page.wait_for_url("**/ui/gallery/?merge")


def test_the_map_shows_the_keys_of_the_page(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.keyboard.press("?")
    keys = page.locator("#o-keymap")
    expect(keys).to_be_visible()
    expect(keys.locator("[data-keymap-list] dl > div", has_text="Take")).to_contain_text("T")
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()


def test_the_palette_opens_by_key_and_leads_to_a_page(page: Page) -> None:
    page.goto("/board/")
    page.keyboard.press("Control+k")
    page.keyboard.type("house")
    option = page.get_by_role("option", name="House places")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/gallery/")


def test_the_palette_closes_by_one_key_whatever_was_typed(page: Page) -> None:
    page.goto("/board/")
    page.keyboard.press("Control+k")
    page.keyboard.type("house")
    expect(page.get_by_role("option", name="House places")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#o-palette")).not_to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#o-palette input")).to_have_value("")


def test_the_palette_begins_with_what_was_looked_at_last(page: Page) -> None:
    page.goto("/board/")
    page.evaluate(
        """() => document.body.append(Object.assign(document.createElement("template"), {
            innerHTML: '<span hidden data-recent="T-7 <b>Lien" data-url="/tickets/7/"></span>',
        }).content)"""
    )
    page.evaluate("() => window.htmx.trigger(document.body, 'htmx:load', {elt: document.body})")
    page.keyboard.press("Control+k")
    first = page.locator("#o-results [role=option]").first
    expect(first).to_have_text("T-7 <b>Lien")
    expect(first).to_have_attribute("href", "/tickets/7/")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.type("house")
    expect(page.locator("#o-results [href='/tickets/7/']")).to_have_count(0)


def test_the_palette_does_what_has_a_key_on_the_page(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.keyboard.press("Control+k")
    page.keyboard.type("tak")
    option = page.get_by_role("option", name="Take")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(option.locator("kbd")).to_have_text("T")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ticket taken.")).to_be_visible()
    expect(page.locator("#o-palette")).not_to_be_visible()


def test_a_form_that_opens_is_left_by_one_key_until_something_is_written(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.evaluate(
        """() => {
            window.left = 0;
            document.body.insertAdjacentHTML("afterbegin", `<form><input id="w" autofocus value="a">
                <a href="#" data-key="escape" id="leave">Leave</a></form>`);
            document.getElementById("leave").onclick = () => { window.left += 1; };
        }"""
    )
    field = page.locator("#w")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type("b")
    page.keyboard.press("Escape")
    assert page.evaluate("window.left") == 0
    expect(field).not_to_be_focused()
    field.evaluate("field => { field.value = field.defaultValue; field.focus(); }")
    page.keyboard.press("Escape")
    assert page.evaluate("window.left") == 1


def test_a_field_that_a_choice_requires_is_not_called_optional(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("afterbegin", `<form id="hold"><select name="kind">
                <option value="customer">Customer</option><option value="agreed">Date</option>
                </select><div class="o-field">
                <label>Until <span class="o-optional">(optional)</span>
                <input name="until" data-required-when="kind=agreed"></label></div></form>`);
        }"""
    )
    field, optional = page.locator("#hold [name=until]"), page.locator("#hold .o-optional")
    expect(optional).to_be_visible()
    page.locator("#hold select").select_option("agreed")
    expect(optional).to_be_hidden()
    expect(field).to_have_attribute("aria-required", "true")
    page.locator("#hold select").select_option("customer")
    expect(optional).to_be_visible()


REDRAWN = """(said) => new Promise((done) => {
    const drawn = `<div id="written">${said}</div>`;
    const how = {swapStyle: "morph:outerHTML", settleDelay: 0};
    htmx.swap("#written", drawn, how, {contextElement: document.body, afterSettleCallback: done});
})"""


def test_a_redraw_takes_nobody_back_to_the_field_that_a_form_begins_with(page: Page) -> None:
    page.goto("/ui/gallery/")
    form = """<form data-keep><input id="first" autofocus><input id="second"></form>"""
    bare = """<form><input id="first" autofocus><input id="second"></form>"""
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('afterbegin', '<p id=written></p>')"
    )
    page.evaluate(REDRAWN, form)
    expect(page.locator("#first")).to_be_focused()
    for said in (form, bare, bare):
        page.locator("#second").focus()
        page.evaluate(REDRAWN, said)
        expect(page.locator("#second")).to_be_focused()
    page.evaluate(REDRAWN, f"{bare}<input id='another' autofocus>")
    expect(page.locator("#another")).to_be_focused()


def test_a_picker_finds_chooses_and_remembers(page: Page) -> None:
    page.goto("/ui/gallery/")
    picker = page.locator("#id_fresh_place")
    picker.press_sequentially("lil")
    expect(page.get_by_role("option", name="Lille")).to_be_visible()
    page.keyboard.press("Enter")
    expect(picker).to_have_value("Lille")
    expect(page.locator("[name=place]").first).to_have_value("2")
    page.reload()
    picker.click()
    expect(page.locator("#id_fresh_place-list [role=option]").first).to_have_text("Lille")
    page.keyboard.press("Escape")
    expect(page.locator("#id_fresh_place-list")).to_be_hidden()


def test_a_picker_searches_what_was_typed_before_its_script_was_there(page: Page) -> None:
    held: list[Route] = []
    page.route("**/picker.*", lambda route: held.append(route))
    with page.expect_request("**/picker.*"):
        page.goto("/ui/gallery/", wait_until="commit")
    page.locator("#id_fresh_place").press_sequentially("lil")
    for route in held:
        route.continue_()
    page.unroute("**/picker.*")
    expect(page.get_by_role("option", name="Lille")).to_be_visible()


def test_a_typed_date_is_read_back(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.locator("#id_fresh_due").press_sequentially("25/11/2030 14h30")
    expect(page.locator("#id_fresh_due-read")).to_contain_text("Monday")


def test_a_draft_survives_a_closed_page(page: Page) -> None:
    page.goto("/board/")
    page.get_by_label("Note").press_sequentially("half a thought")
    page.goto("/ui/gallery/")
    page.goto("/board/")
    expect(page.get_by_label("Note")).to_have_value("half a thought")


def test_a_chosen_theme_is_drawn_by_the_server_next_time(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.locator("summary[title=Theme]").click()
    with page.expect_response("**/ui/theme/"):
        page.get_by_role("button", name="Dark").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    assert 'data-bs-theme="dark"' in page.request.get("/ui/gallery/").text()


def test_who_wants_no_motion_gets_none_however_short(page: Page) -> None:
    """A glide of a millisecond on every element is thousands of them, one after the other."""
    page.emulate_media(reduced_motion="reduce")
    page.goto("/ui/gallery/")
    glides = page.evaluate("""() => {
      document.documentElement.dataset.bsTheme = "dark";
      document.body.getBoundingClientRect();
      return document.getAnimations().length;
    }""")
    assert glides == 0


def test_the_other_language_is_one_click_away(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.get_by_role("button", name="FR", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Composants")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_times_are_told_in_the_zone_of_the_account_wherever_the_browser_is(page: Page) -> None:
    """The server reads and writes times there: two zones on one page would be two truths."""
    page.goto("/ui/gallery/")
    told = page.locator("main time").first
    expect(told).to_have_attribute("title", re.compile(r"GMT\+[12]|CES?T"))
    page.context.add_cookies([{"name": "reader_zone", "value": "Asia/Tokyo", "url": page.url}])
    page.reload()
    expect(told).to_have_attribute("title", re.compile(r"GMT\+9"))


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("en", r"[1-9]\d? [A-Z][a-z]{2} \d{4}, \d\d:\d\d"),
        ("fr", r"[1-9]\d? [a-zéû]{3,5}\.? \d{4}, \d\d:\d\d"),
    ],
)
def test_a_date_stays_as_the_server_wrote_it(page: Page, language: str, form: str) -> None:
    """Two ways of writing dates on one page would be one too many."""
    page.goto("/ui/gallery/")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.reload()
    told = page.locator("time[data-time=full][data-read]").first
    expect(told).to_have_text(re.compile(f"^{form}$"))
    written = page.request.get("/ui/gallery/region/").text()
    assert re.search(f">{form}</time>", written)


def test_a_wide_drawing_shows_what_it_is_about_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/ui/gallery/")
    expect(page.locator(".o-graph [data-here]")).to_be_attached()
    box = page.locator(".o-graph [data-here]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_a_part_that_has_nothing_to_show_leaves_no_gap(page: Page) -> None:
    page.goto("/ui/gallery/")
    lower: float = page.evaluate(
        """() => {
          const stack = document.createElement("div");
          stack.className = "o-stack";
          stack.innerHTML = "<div data-live='ui.gallery'> </div><div>shown</div>";
          document.querySelector("main").append(stack);
          return stack.lastChild.getBoundingClientRect().top - stack.getBoundingClientRect().top;
        }"""
    )
    assert lower == 0


def test_the_reason_is_fetched_when_it_is_asked_for(page: Page) -> None:
    page.goto("/ui/gallery/")
    why = page.locator(".o-happened details")
    why.locator("summary").click()
    expect(why).to_contain_text("Impact 2 and urgency 1 give priority 1")


def test_a_dialog_is_closed_by_escape_and_by_its_backdrop(page: Page) -> None:
    page.goto("/ui/gallery/")
    ways: list[Callable[[], None]] = [
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(5, 400),
    ]
    for leave in ways:
        page.locator("summary[title=More]").click()
        page.get_by_role("button", name="Open a dialog").click()
        expect(page.locator("#gallery-dialog")).to_be_visible()
        leave()
        expect(page.locator("#gallery-dialog")).not_to_be_visible()


def test_a_server_that_cannot_be_reached_is_said_and_nothing_is_lost(page: Page) -> None:
    # Before the page is loaded: one that stands may still send past a route that comes later.
    page.route("**/ui/gallery/done/", lambda route: route.abort())
    page.goto("/ui/gallery/")
    page.keyboard.press("t")
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()


def test_without_a_network_an_act_says_that_nothing_was_changed(page: Page) -> None:
    page.goto("/ui/gallery/")
    page.context.set_offline(True)
    page.keyboard.press("t")
    expect(page.get_by_text("No network: nothing was saved.")).to_be_visible()
    page.context.set_offline(False)


def test_escape_keeps_what_is_written_beside_the_list(page: Page) -> None:
    page.goto("/ui/gallery/work/")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="T-48213")).to_be_visible()
    page.evaluate(
        """() => document.querySelector("#o-beside").insertAdjacentHTML("beforeend",
            "<form><textarea id='answer' aria-label='Answer'></textarea></form>")"""
    )
    field = page.locator("#answer")
    field.press_sequentially("Fibre")
    for _again in range(4):
        page.keyboard.press("Escape")
    expect(field).to_have_value("Fibre")
    field.fill("")
    page.locator("#o-beside").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="T-48213")).to_be_hidden()


def test_moving_through_work_opens_the_next_line_beside_the_list(page: Page) -> None:
    page.goto("/ui/gallery/work/")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="T-48213")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="T-48209")).to_be_visible()
    expect(page.locator("#work-48209")).to_have_attribute("aria-current", "true")
    page.wait_for_url("**/ui/gallery/work/48209/")
    page.keyboard.press("t")
    expect(page.get_by_text("Ticket taken.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="T-48213")).to_be_visible()


PANEL_FORM = """<form method="post" action="/acts/hold/" data-title="Hold">
<input name="cause" aria-label="Cause"><button>Save</button></form>"""


def panel_opened(page: Page, answer: Callable[[Route], None]) -> None:
    """Open a form in the panel of a page; what is posted gets the answer."""
    forms = {"GET": lambda route: route.fulfill(body=PANEL_FORM, content_type="text/html")}
    page.route("**/acts/hold/", lambda route: forms.get(route.request.method, answer)(route))
    page.goto("/board/")
    page.evaluate(
        """for (const name of ["hold", "give"]) document.querySelector(".o-main")
        .insertAdjacentHTML("afterbegin", `<a data-panel href="/acts/${name}/">${name}</a>`)"""
    )
    page.get_by_role("link", name="hold").click()
    expect(page.locator("#o-panel")).to_be_visible()


@pytest.mark.parametrize("status", [403, 409, 500, 503])
def test_a_form_in_the_panel_outlives_a_refusal(page: Page, status: int) -> None:
    reswap = {"HX-Reswap": "none"}
    panel_opened(page, lambda route: route.fulfill(status=status, headers=reswap, body=""))
    cause = page.locator("#o-panel").get_by_label("Cause")
    cause.fill("Fibre cut")
    with page.expect_response("**/acts/hold/"):
        cause.press("Enter")
    expect(page.locator("[data-toast]")).to_have_count(0 if status == 409 else 1)
    expect(cause).to_have_value("Fibre cut")
    expect(page.locator("#o-panel")).to_be_visible()


def test_a_form_in_the_panel_is_sent_once(page: Page) -> None:
    posted: list[Route] = []
    panel_opened(page, posted.append)
    page.locator("#o-panel").get_by_role("button", name="Save").dblclick()
    page.wait_for_function("document.querySelector('#o-panel form.htmx-request')")
    with page.expect_navigation():
        posted[0].fulfill(status=204, headers={"HX-Redirect": "/board/"})
    assert len(posted) == 1


def test_the_form_of_another_act_is_not_shown_for_one_that_cannot_be_loaded(page: Page) -> None:
    page.route("**/acts/give/", lambda route: route.abort())
    panel_opened(page, lambda route: route.abort())
    page.keyboard.press("Escape")
    expect(page.locator("#o-panel")).to_be_hidden()
    page.get_by_role("link", name="give").click()
    expect(page.locator("[data-toast]")).to_have_count(1)
    page.get_by_role("link", name="give").click()
    expect(page.locator("[data-toast]")).to_have_count(2)
    expect(page.locator("#o-panel")).to_be_hidden()
