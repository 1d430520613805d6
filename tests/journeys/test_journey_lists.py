"""Every list of the product by its keys: lines, marks, ranges, and the help that names the keys."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.journeys.browsing import Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]

PAGES = """
from django.urls import NoReverseMatch, reverse
from opale.listings.registry import registered
found = []
for listing in registered():
    try:
        found.append(reverse(listing.url_name))
    except NoReverseMatch:
        pass  # a list on the page of a row
print(*found)
"""
LINES = "document.querySelectorAll('[data-list] > :not([hidden]) :is(a, button)').length"
HERE = """() => {
    const line = document.querySelector('[data-list] > .o-here');
    return line ? [...line.parentElement.children].indexOf(line) : -1;
}"""
MARKED = "document.querySelectorAll('[data-list] input[type=checkbox]:checked').length"
HELP = """() => [...document.querySelectorAll('#o-keymap .o-keymap > div')].map((row) => [
    row.querySelector('dt').textContent.trim(), row.querySelector('dd').textContent,
])"""

HIDDEN = """() => {
    const keys = [...document.querySelectorAll('[data-key]')].map((one) => one.dataset.key);
    return keys.filter((key) => keys.some((other) => other.startsWith(`${key} `)));
}"""


def test_lines_are_walked_and_marked_by_the_same_keys_in_every_list(
    plain: Opale, tmp_path: Path
) -> None:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, plain, tmp_path)
        faults: dict[str, str] = {}
        walked: set[str] = set()
        for persona in ("administrator", "desk_lead"):
            page = visitors.context(persona).new_page()
            ticket = page.request.get("/api/v1/tickets?limit=1").json()["items"][0]["number"]
            for address in ["/desk/", f"/tickets/{ticket}/", *plain.ask(PAGES).split()]:
                answer = page.request.get(address)
                if answer.status != 200 or address in walked:
                    continue
                walked.add(address)
                if fault := fault_of(page, address):
                    faults[address] = fault
        visitors.leave()
    assert not faults
    assert len(walked) > 20


def fault_of(page: Page, address: str) -> str:
    """Return what the keys of a list do wrong; "" for nothing."""
    visit(page, address)
    if not page.evaluate(LINES):
        return ""
    page.keyboard.press("j")
    if page.evaluate(HERE) < 0:
        return "J finds no line"
    first = page.evaluate(HERE)
    several = page.locator("[data-list] > *").count() > 1
    if several:
        page.keyboard.press("j")
        if page.evaluate(HERE) == first:
            return "J stays on the first line"
        page.keyboard.press("k")
        if page.evaluate(HERE) != first:
            return "K does not go back"
    if page.locator("[data-list] > .o-here input[type=checkbox]").count():
        page.keyboard.press("x")
        if page.evaluate(MARKED) != 1:
            return "X does not mark"
        page.keyboard.press("x")
        if page.evaluate(MARKED):
            return "X does not unmark"
    page.keyboard.press("?")
    shown = page.evaluate(HELP)
    page.keyboard.press("Escape")
    if unnamed := [keys for name, keys in shown if not name]:
        return f"keys without a name: {unnamed}"
    keys = [key for _name, key in shown]
    if twice := {key for key in keys if keys.count(key) > 1}:
        return f"keys that are shown twice: {sorted(twice)}"
    if hidden := page.evaluate(HIDDEN):
        return f"keys that begin others, which are never reached: {hidden}"
    return ""
