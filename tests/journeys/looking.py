"""One look at a page in a real browser: what bars somebody, what complains, what is too wide."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from tests.journeys.browsing import AXE, PHONE, WIDE, Complaints, visit
from tests.journeys.crawl import Found
from tests.journeys.wording import said_by

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
  .map((element) => element.outerHTML.slice(0, 90)).slice(0, 5)"""
"""Among them is the culprit; what stands in a scrolling region is there by right."""


@dataclass(frozen=True)
class Look:
    found: Found
    barriers: list[str]
    complaints: list[str]
    too_wide: list[str]
    said: list[str]


def look(page: Page, found: Found) -> Look:
    """Read in light, its colours again in dark, then on a phone."""
    complaints = Complaints(page)
    visit(page, found.url)
    said = said_by(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    barriers = barriers_of(page, RULES)
    page.evaluate(DARK)
    barriers += [f"in dark: {one}" for one in barriers_of(page, COLOURS)]
    page.set_viewport_size(PHONE)
    wide = page.evaluate(WIDTH) > PHONE["width"]
    too_wide = [f"wider than {PHONE['width']} px: {page.evaluate(WIDER)}"] if wide else []
    page.set_viewport_size(WIDE)
    return Look(found, barriers, complaints.taken(), too_wide, said)


def barriers_of(page: Page, question: str = RULES) -> list[str]:
    found: dict[str, Any] = page.evaluate(question)
    return [
        f"{one['id']}: {' '.join(node['html'].split())[:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
