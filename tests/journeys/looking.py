"""One look at a page in a real browser: what bars somebody, what complains, what is too wide."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from tests.journeys.browsing import PHONE, WIDE, Complaints, visit
from tests.journeys.crawl import Found
from tests.journeys.wording import said_by

GRAVE = {"serious", "critical"}
MILD = (
    *("aria-allowed-role", "aria-deprecated-role", "empty-heading", "empty-table-header"),
    *("form-field-multiple-labels", "heading-order", "html-xml-lang-mismatch"),
    *("image-redundant-alt", "landmark-banner-is-top-level", "landmark-contentinfo-is-top-level"),
    *("landmark-main-is-top-level", "landmark-no-duplicate-banner"),
    *("landmark-no-duplicate-contentinfo", "landmark-no-duplicate-main", "landmark-one-main"),
    *("landmark-unique", "meta-viewport", "meta-viewport-large", "no-autoplay-audio"),
    *("page-has-heading-one", "presentation-role-conflict", "region", "scope-attr-valid"),
    *("server-side-image-map", "skip-link", "table-duplicate-name"),
)
"""Rules whose finding is minor or moderate whatever it is: nobody would hear of it."""


def _asked(*without: str) -> str:
    """What to ask axe: all but these rules, of the page but these parts.

    The style sheets need not be fetched once more for it: rules that read them are off.
    """
    off = {rule: {"enabled": False} for rule in without}
    options = json.dumps({"resultTypes": ["violations"], "preload": False, "rules": off})
    return f"(parts) => axe.run({{exclude: (parts ?? []).map((part) => [part])}}, {options})"


RULES = _asked(*MILD)
SHAPES = _asked(*MILD, "color-contrast")
FRAME = (".o-top", "#o-rail", "#o-palette", "#o-keymap")
"""What stands around every page, more than half of its elements."""
FRAMED = "(parts) => parts.map((part) => document.querySelector(part)?.outerHTML ?? '')"
VARIES = re.compile(r' aria-current="[^"]*"|\?at=[^"]*|\d+')
"""In the frame, from page to page: where one is, and how much waits."""
COLOURS = """async (ways) => {
  const places = ways.flatMap((how) => window.painted[how]).filter((one) => one.isConnected);
  if (!places.length) return { violations: [] };
  const asked = {resultTypes: ['violations'], preload: false, runOnly: ['color-contrast']};
  return axe.run({include: places}, asked);
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


def look(page: Page, found: Found, painted: set[str], framed: set[str]) -> Look:
    """Read in light, its colours again in dark, then on a phone; axe is there already.

    Only what is `painted` as nothing before it is asked for its colours, and of its frame what is
    `framed` as no page before it; both sets grow.
    """
    complaints = Complaints(page)
    visit(page, found.url)
    said = said_by(page)
    barriers = barriers_of(page, SHAPES, known_of(page, framed)) + faint(page, painted)
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


def known_of(page: Page, framed: set[str]) -> list[str]:
    """The parts of the frame that stood so around a page before this one."""
    drawn = [VARIES.sub("", text) for text in page.evaluate(FRAMED, FRAME)]
    known = [part for part, text in zip(FRAME, drawn, strict=True) if text in framed]
    framed.update(filter(None, drawn))
    return known


def barriers_of(page: Page, question: str = RULES, of: list[str] | None = None) -> list[str]:
    found: dict[str, Any] = page.evaluate(question, of)
    return [
        f"{one['id']}: {' '.join(node['html'].split())[:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
