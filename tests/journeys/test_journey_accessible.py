"""Every page in a real browser: for everybody, in both themes, on a phone, without a complaint."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.journeys.browsing import AXE, NEEDS_BROWSER, PHONE, WIDE, Complaints, visit
from tests.journeys.house import PERSONAS, House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("house"),
    NEEDS_BROWSER,
]

GRAVE = {"serious", "critical"}
RULES = "axe.run(document, {resultTypes: ['violations']})"
COLOURS = "axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast']})"
DARK = """() => {
  document.documentElement.dataset.bsTheme = 'dark';
  document.body.getBoundingClientRect();
  // What glides from one colour to the other is looked at when it has arrived.
  document.getAnimations().forEach((glide) => glide.finish());
}"""
WIDTH = "document.documentElement.scrollWidth"
WIDER = """() => [...document.querySelectorAll('main *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((element) => element.outerHTML.slice(0, 90))"""


def barriers(page: Page, question: str) -> list[str]:
    found: dict[str, Any] = page.evaluate(question)
    return [
        f"axe: {one['id']}: {' '.join(node['html'].split())[:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]


def faults(page: Page, url: str) -> list[str]:
    """What is wrong with one page: read in light, its colours again in dark, then on a phone."""
    visit(page, url)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = barriers(page, RULES)
    page.evaluate(DARK)
    found += [f"dark: {one}" for one in barriers(page, COLOURS)]
    page.set_viewport_size(PHONE)
    if (width := page.evaluate(WIDTH)) > PHONE["width"]:
        found.append(f"{width} px wide on a phone: {page.evaluate(WIDER)}")
    page.set_viewport_size(WIDE)
    return found


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona or "nobody")
def test_every_page_is_for_everybody_and_complains_of_nothing(house: House, persona: str) -> None:
    found: list[str] = []
    with house.visitors.context(persona) as context:
        page = context.new_page()
        complaints = Complaints(page)
        for one in house.pages:
            if one.persona == persona:
                wrong = faults(page, one.url) + complaints.taken()
                found += [f"{one}: {fault}" for fault in wrong]
    assert not found, "\n".join(found)


def test_the_crawl_finds_the_pages_of_each_persona_and_none_is_broken(house: House) -> None:
    assert {page.persona for page in house.pages} == set(PERSONAS)
    assert not house.broken, "\n".join(house.broken)
