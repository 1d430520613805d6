"""Every page in a real browser: for everybody, in both themes, on a phone, without a complaint."""

from collections.abc import Callable

import pytest
from tests.journeys.browsing import NEEDS_BROWSER
from tests.journeys.house import PERSONAS, House
from tests.journeys.looking import Look

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("house"),
    NEEDS_BROWSER,
]


def test_the_crawl_finds_the_pages_of_each_persona_and_none_is_broken(house: House) -> None:
    assert {page.persona for page in house.pages} == set(PERSONAS)
    assert not house.broken, "\n".join(house.broken)


def test_axe_finds_nothing_serious_on_any_page(house: House) -> None:
    _nothing(house, lambda look: look.barriers)


def test_no_page_complains_in_its_console_or_asks_for_what_fails(house: House) -> None:
    _nothing(house, lambda look: look.complaints)


def test_no_page_is_wider_than_a_phone(house: House) -> None:
    _nothing(house, lambda look: look.too_wide)


def _nothing(house: House, faults: Callable[[Look], list[str]]) -> None:
    found = [f"{look.found}: {fault}" for look in house.looks for fault in faults(look)]
    assert not found, "\n".join(found)
