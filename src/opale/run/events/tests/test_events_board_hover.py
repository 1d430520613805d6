"""The board under a pointer, in a browser: nothing moves, and what came is shown afterwards."""

import pytest
from django.test import Client
from playwright.sync_api import expect
from tests.personas import make_personas

from opale.run.events.actions import retention
from opale.run.events.states import Severity
from opale.run.events.tests.builders import at, clears, fires, hand_in, make_integration
from opale.ui.tests.drawing import box, drawn

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
REDRAW = """region => region.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }))"""


@pytest.fixture
def agent() -> Client:
    retention.create_partition(at(0).date())
    return make_personas().client("desk_agent")


def test_no_line_moves_under_the_pointer_and_what_came_is_told(agent: Client) -> None:
    _integration, sender = make_integration()
    hand_in(sender, *(fires(n, f"a{n}", Severity.MINOR, f"Slow {n}") for n in range(5)))
    pages = {"/alerts/": agent.get("/alerts/").content}
    hand_in(sender, fires(9, "new", Severity.CRITICAL, "All is down"), clears(9, "a4"))
    later = agent.get("/alerts/", headers=HTMX).content
    with drawn(pages, "/alerts/") as page:
        lines = page.locator(".e-board > .o-line")
        pointed = lines.filter(has_text="Slow 2")
        pointed.hover()
        before = box(pointed)["y"]
        pages["/alerts/"] = later
        region = page.locator("#events-board-list")
        region.evaluate(REDRAW)
        waits = page.locator("[data-waits]")
        expect(waits).to_have_text("1 new alert, shown when you leave the list")
        expect(lines.filter(has_text="All is down")).to_be_hidden()
        expect(lines.filter(has_text="Slow 4")).to_have_attribute("data-stale", "")
        assert box(pointed)["y"] == before
        page.mouse.move(1, 1)
        expect(lines.filter(has_text="All is down")).to_be_visible()
        expect(lines.filter(has_text="Slow 4")).to_have_count(0)
        expect(lines.first).to_contain_text("All is down")
        expect(page.locator("[data-waits]")).to_be_hidden()
