"""One look at a page in a real browser: what bars somebody, what complains, what is too wide."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from tests.journeys.browsing import AXE, PHONE, WIDE, Complaints, visit
from tests.journeys.crawl import Found
from tests.journeys.wording import said_by

GRAVE = {"serious", "critical"}
RULES = "axe.run(document, {resultTypes: ['violations']})"
SHAPES = """axe.run(document, {
  resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}
})"""
COLOURS = """async (ways) => {
  const places = ways.flatMap((how) => window.painted[how]).filter((one) => one.isConnected);
  if (!places.length) return { violations: [] };
  return axe.run({include: places}, {resultTypes: ['violations'], runOnly: ['color-contrast']});
}"""
PAINTED = """() => {
  const ground = new Map();
  const behind = (element) => {
    if (!element) return '';
    if (!ground.has(element)) {
      const style = getComputedStyle(element);
      const own = [];
      if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') own.push(style.backgroundColor);
      if (style.backgroundImage !== 'none') own.push(style.backgroundImage);
      if (style.opacity !== '1') own.push(style.opacity);
      // What floats may lie over anything.
      if (['absolute', 'fixed', 'sticky'].includes(style.position)) own.push(element.className);
      ground.set(element, [behind(element.parentElement), ...own].filter(Boolean).join(' / '));
    }
    return ground.get(element);
  };
  const found = {};
  document.querySelectorAll('*').forEach((element) => {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!(text || element.matches('input, select, textarea'))) return;
    if (!element.checkVisibility()) return;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const how = [color, fontSize, fontWeight, textShadow, behind(element)].join(' | ');
    (found[how] ??= []).push(element);
  });
  window.painted = found;
  return Object.keys(found);
}"""
"""Where text stands, by how it is painted: its colour, its size, all that is behind it."""
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


def look(page: Page, found: Found, painted: set[str]) -> Look:
    """Read in light, its colours again in dark, then on a phone.

    Only what is `painted` as nothing before it is asked for its colours; the set grows.
    """
    complaints = Complaints(page)
    visit(page, found.url)
    said = said_by(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    barriers = barriers_of(page, SHAPES) + faint(page, painted)
    page.evaluate(DARK)
    barriers += [f"in dark: {one}" for one in faint(page, painted)]
    page.set_viewport_size(PHONE)
    wide = page.evaluate(WIDTH) > PHONE["width"]
    too_wide = [f"wider than {PHONE['width']} px: {page.evaluate(WIDER)}"] if wide else []
    page.set_viewport_size(WIDE)
    return Look(found, barriers, complaints.taken(), too_wide, said)


def faint(page: Page, painted: set[str]) -> list[str]:
    """Text that is hard to read on what is behind it, where it is painted as nothing before."""
    seen: list[str] = page.evaluate(PAINTED)
    new = [how for how in seen if how not in painted]
    painted.update(seen)
    return barriers_of(page, COLOURS, new) if new else []


def barriers_of(page: Page, question: str = RULES, ways: list[str] | None = None) -> list[str]:
    found: dict[str, Any] = page.evaluate(question, ways)
    return [
        f"{one['id']}: {' '.join(node['html'].split())[:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
