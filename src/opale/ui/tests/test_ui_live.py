"""Live regions: one stream a browser, nothing missed, nothing lost of what somebody types."""

import re

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from opale.ui.components.charts import Chart, Series
from opale.ui.tests.house import Stream, drawn

pytest_plugins = ["opale.ui.tests.browsing"]
pytestmark = pytest.mark.xdist_group("ui-live")

HIGHEST_AT_FIRST = """
new MutationObserver((_changes, observer) => {
  const paths = [...document.querySelectorAll('[data-chart] svg :is(path, rect)')];
  const bars = paths.filter((path) => !['none', null].includes(path.getAttribute('fill')));
  if (!bars.length) return;
  observer.disconnect();
  window.highestAtFirst = Math.max(...bars.map((path) => path.getBBox().height));
}).observe(document, { childList: true, subtree: true });
"""
"""How high the highest bar is when one is there first, before anything can have moved."""
TEXTS_OF_THE_FIRST_LINE = """
window.texts = [];
const note = () => {
  const text = document.getElementById('line-1')?.textContent.trim();
  if (text && window.texts.at(-1) !== text) window.texts.push(text);
};
note();
const told = { childList: true, subtree: true, characterData: true };
new MutationObserver(note).observe(document.body, told);
"""
CHANGE = 'id: {place}\nevent: change\ndata: {{"topics": ["{topic}"]}}\n\n'


def change(topic: str, place: str = "101-1") -> str:
    return CHANGE.format(topic=topic, place=place)


def live(page: Page) -> None:
    expect(page.locator("#o-live")).to_have_attribute("data-state", "live")


def test_a_region_draws_itself_again_when_its_topic_changed(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    drawn["text"] = "changed"
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")


def test_the_line_that_changed_lights_up_and_the_others_do_not(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    drawn["text"] = "changed"
    stream.say(change("desk.ticket:1"))
    expect(page.locator("#line-1.o-changed")).to_have_count(1)
    expect(page.locator("#line-2.o-changed")).to_have_count(0)


def test_a_region_says_that_it_is_drawn_again(page: Page, stream: Stream) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.extend(sent.headers.get("opale-redrawn", "").split()))
    page.goto("/board/")
    live(page)
    drawn["text"] = "changed"
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    assert asked == ["1"]


def test_figures_of_ones_own_are_asked_for_the_more_seldom_the_more_listen(
    page: Page, stream: Stream
) -> None:
    page.clock.install()
    page.goto("/board/")
    live(page)
    page.evaluate("document.getElementById('board-lines').dataset.livePersonal = ''")
    drawn["text"] = "changed"
    stream.say(change("desk.queue").replace("]}", '], "calm": 1000}'))
    page.wait_for_function("() => true")
    expect(page.locator("#o-live")).to_have_attribute("data-state", "live")
    page.clock.run_for(4_000)
    expect(page.locator("#line-1")).to_have_text("first")
    page.clock.run_for(1_500)
    expect(page.locator("#line-1")).to_have_text("changed")


def test_the_browser_marks_the_rows_of_its_reader(page: Page, stream: Stream) -> None:
    drawn["owners"] = (7, 8)
    page.goto("/board/")
    live(page)
    expect(page.locator("[data-mine]")).to_have_attribute("id", "line-1")
    drawn.update(owners=(8, 7), text="changed")
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    expect(page.locator("[data-mine]")).to_have_attribute("id", "line-2")


def test_a_drawing_stays_in_its_region_and_follows_the_figures(page: Page, stream: Stream) -> None:
    def ages(*counts: int) -> Chart:
        return Chart("Ages", ["a day", "a week"], [Series("open", counts, "accent", "bar")])

    drawn["chart"] = ages(3, 5)
    page.goto("/board/")
    live(page)
    drawing = page.locator("[data-chart] svg")
    expect(drawing).to_contain_text("6")
    drawn.update(chart=ages(3, 50), text="changed")
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    expect(page.locator("[data-chart]")).to_have_attribute("aria-label", re.compile("50"))
    expect(drawing).to_be_visible()
    expect(drawing).to_contain_text("60")


def test_bars_stand_as_soon_as_they_are_drawn(page: Page) -> None:
    drawn["chart"] = Chart("Ages", ["a day"], [Series("open", [50], "accent", "bar")])
    page.add_init_script(HIGHEST_AT_FIRST)
    page.goto("/board/")
    expect(page.locator("[data-chart] svg")).to_be_visible()
    page.wait_for_function("() => window.highestAtFirst !== undefined")
    assert page.evaluate("window.highestAtFirst") > 40


def test_a_redraw_that_was_asked_for_before_an_act_does_not_undo_it(
    page: Page, stream: Stream
) -> None:
    page.goto("/board/")
    live(page)
    page.evaluate(TEXTS_OF_THE_FIRST_LINE)
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.route("**/board/", hold)
    with page.expect_request("**/board/"):
        stream.say(change("desk.queue"))
    page.get_by_role("button", name="Take").click()
    expect(page.locator("#line-1")).to_have_text("taken")
    (route, before) = late[0]
    assert "first" in before.text()
    route.fulfill(response=before)
    # First drawn, redrawn too late, taken, and asked for again after that.
    expect(page.locator("#drawn")).to_have_text("4")
    assert page.evaluate("window.texts") == ["first", "taken"]


def test_a_change_elsewhere_draws_nothing(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.say(change("desk.ticket:2") + change("desk.queue", "101-2"))
    expect(page.locator("#drawn")).to_have_text("2")


def test_focus_and_what_is_being_typed_stay(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    field = page.get_by_label("Note")
    field.press_sequentially("we are wor")
    drawn["text"] = "changed"
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    field.press_sequentially("king on it")
    expect(field).to_be_focused()
    expect(field).to_have_value("we are working on it")


def test_the_line_under_the_keys_stays_under_them(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    page.keyboard.press("j")
    drawn["text"] = "changed"
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    page.keyboard.press("j")
    expect(page.locator("#line-2")).to_be_focused()


def test_a_line_that_is_marked_stays_marked_until_it_is_not(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    mark = page.get_by_label("Mark 1")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(mark).to_be_checked()
    drawn["text"] = "changed"
    stream.say(change("desk.queue"))
    expect(page.locator("#line-1")).to_have_text("changed")
    expect(mark).to_be_checked()
    page.keyboard.press("x")
    expect(mark).not_to_be_checked()


def test_the_stream_begins_where_the_page_was_drawn(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    assert stream.asked == ["after=100-5"]


def test_a_lost_connection_goes_on_where_it_was(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.say(change("desk.queue", "107-3"))
    expect(page.locator("#drawn")).to_have_text("2")
    stream.cut()
    drawn["text"] = "after the gap"
    stream.await_reader(asked=2)
    stream.say(change("desk.queue", "108-1"))
    expect(page.locator("#line-1")).to_have_text("after the gap")
    assert stream.asked[1] == "107-3"


def test_two_pages_of_a_browser_share_one_stream(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    other = page.context.new_page()
    other.goto("/board/")
    live(other)
    assert len(stream.open) == 1
    drawn["text"] = "for both"
    stream.say(change("desk.queue"))
    expect(other.locator("#line-1")).to_have_text("for both")
    page.bring_to_front()
    expect(page.locator("#line-1")).to_have_text("for both")


def test_a_page_hears_what_the_stream_told_before_it_listened(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.say(change("desk.queue", "103-1"))
    expect(page.locator("#drawn")).to_have_text("2")
    # The second page was drawn at 100-5, so 103-1 is news to it.
    other = page.context.new_page()
    other.goto("/board/")
    expect(other.locator("#drawn")).to_have_text("4")


def test_a_reset_draws_everything_again(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.say("id: 200-1\nevent: reset\ndata: {}\n\n")
    expect(page.locator("#drawn")).to_have_text("2")


def test_a_lasting_loss_is_shown_with_its_time(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.refused = "503 Service Unavailable"
    stream.cut()
    expect(page.locator("#o-live")).to_contain_text("Reconnecting, last update at")
    stream.refused = ""
    live(page)


def test_the_end_of_the_session_leads_to_the_login(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    stream.say("event: session-ended\ndata: {}\n\n")
    page.wait_for_url("**/account/login/?next=%2Fboard%2F")


def test_a_stream_refused_for_want_of_a_session_leads_to_the_login(
    page: Page, stream: Stream
) -> None:
    stream.refused = "401 Unauthorized"
    page.goto("/board/")
    page.wait_for_url("**/account/login/?next=%2Fboard%2F")
    # The page of the login is refused too, and stays where it is.
    asked = len(stream.asked)
    page.reload()
    stream.await_asked(asked + 2)
    expect(page).to_have_url(re.compile(r"/account/login/\?next=%2Fboard%2F$"))


def refused(page: Page, times: int) -> None:
    while drawn["refused"] < times:
        page.wait_for_timeout(20)


def no_try_by_itself(page: Page) -> None:
    """No wait of a second or more ends, no stream tells: nothing overtakes a slow test."""
    page.add_init_script(
        "const wait = window.setTimeout;"
        "window.setTimeout = (run, ms, ...rest) => (ms < 1000 ? wait(run, ms, ...rest) : 0);"
        "const deaf = (event) => event.stopImmediatePropagation();"
        "document.addEventListener('opale:live', deaf, true);"
    )


def test_a_part_that_did_not_come_says_so_and_comes_by_the_button(
    page: Page, stream: Stream
) -> None:
    no_try_by_itself(page)
    drawn["broken"] = True
    page.goto("/board/")
    slot = page.locator(".o-slot")
    expect(slot).to_contain_text("This part could not be loaded.")
    # Its own place says it: nothing is said again above the page.
    expect(page.locator("#o-toasts > *")).to_have_count(0)
    drawn["broken"] = False
    slot.get_by_role("button", name="Try again").click()
    expect(page.locator("#part")).to_have_text("the part")
    expect(slot).to_have_count(0)


def test_a_part_that_did_not_come_comes_by_itself_with_the_connection(
    page: Page, stream: Stream
) -> None:
    no_try_by_itself(page)
    page.route("**/part/", lambda route: route.abort("internetdisconnected"))
    page.goto("/board/")
    expect(page.locator(".o-slot")).to_contain_text("This part could not be loaded.")
    page.unroute("**/part/")
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(page.locator("#part")).to_have_text("the part")


def test_a_redraw_that_failed_is_tried_again(page: Page, stream: Stream) -> None:
    page.goto("/board/")
    live(page)
    drawn.update(text="after the failure", broken=True)
    stream.say(change("desk.queue"))
    refused(page, 1)
    expect(page.locator("#line-1")).to_have_text("first")
    drawn["broken"] = False
    expect(page.locator("#line-1")).to_have_text("after the failure")
    expect(page.locator("#o-toasts > *")).to_have_count(0)
