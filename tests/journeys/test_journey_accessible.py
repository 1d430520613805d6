"""Every page in a real browser: for everybody, in both themes, on a phone, without a complaint."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.journeys.browsing import AXE, NEEDS_BROWSER
from tests.journeys.house import DESK, PERSONAS, House, missed, seen_by_the_desk
from tests.journeys.looking import SHAPES, Look, barriers_of, faint, known_of
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(1200),  # the first of them looks at all pages
    NEEDS_BROWSER,
]

BUILD = {
    "portfolio/",
    "orders/",
    "orders/<int:order_number>/",
    "projects/",
    "projects/<int:project_number>/",
    "projects/<int:project_number>/needs/<int:need_id>/place/",
    "reservations/",
    "reservations/<int:reservation_id>/",
    "load/",
    "load/people/<int:person_id>/",
    "resources/",
    "resources/<int:resource_request_id>/",
    "resources/who/",
    "resources/plans/",
    "resources/plans/<int:plan_id>/",
}
"""The pages of the architect, the project manager and the planner, each with something on it."""


def test_the_crawl_finds_the_pages_of_each_persona_and_none_is_broken(house: House) -> None:
    assert {page.persona for page in house.pages} == set(PERSONAS[house.part])
    assert not house.broken, "\n".join(house.broken)


def test_what_one_part_leaves_to_the_other_is_looked_at_there(house: House, company: Path) -> None:
    assert missed(house, company.parent) == set()


def test_the_desks_of_build_are_among_what_is_looked_at(house: House) -> None:
    wanted = {route for route in BUILD if (route in seen_by_the_desk()) == (house.part == DESK)}
    routes = {page.route for page in house.pages}
    assert routes >= wanted, sorted(wanted - routes)


def test_axe_finds_nothing_serious_on_any_page(house: House) -> None:
    _nothing(house, lambda look: look.barriers)


def test_no_page_complains_in_its_console_or_asks_for_what_fails(house: House) -> None:
    _nothing(house, lambda look: look.complaints)


def test_no_page_is_wider_than_a_phone(house: House) -> None:
    _nothing(house, lambda look: look.too_wide)


def _nothing(house: House, faults: Callable[[Look], list[str]]) -> None:
    found = [f"{look.found}: {fault}" for look in house.looks for fault in faults(look)]
    assert not found, "\n".join(found)


PAINTED_TWICE = """
<style>
  body { background: #fff; color: #000 } .pale { color: #ccc } .dark { background: #333 }
</style>
<main><p>Clear</p><p class="pale">Pale</p>%s</main>
"""


def test_text_is_looked_at_where_it_is_painted_as_nothing_before() -> None:
    painted: set[str] = set()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        page = browser.new_page()
        found = []
        for more in ("", "<p class='pale'>Again</p>", "<div class='dark'><p>On dark</p></div>"):
            page.set_content(PAINTED_TWICE % more)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found.append(faint(page, painted))
    first, again, dark = found
    assert [("Pale" in one) for one in first] == [True]
    assert again == []
    assert [("On dark" in one) for one in dark] == [True]


FRAMED = """
<html lang="en"><title>Framed</title><div id="o-rail">%s</div><main><h1>Page</h1></main></html>
"""


def test_a_frame_is_looked_at_where_it_is_another_than_before() -> None:
    framed: set[str] = set()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        page = browser.new_page()
        found = []
        for rail in ("<button data-n='1'></button>", "<button data-n='2'></button>", "<button>"):
            page.set_content(FRAMED % rail)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found.append(barriers_of(page, SHAPES, known_of(page, framed)))
    first, again, other = found
    assert ["button-name" in one for one in first] == [True]
    assert again == []
    assert ["button-name" in one for one in other] == [True]
