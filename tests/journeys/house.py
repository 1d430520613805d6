"""One running Opale for all journeys that only look, and what there is to see in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.journeys import pseudo
from tests.journeys.browsing import Visitors
from tests.journeys.crawl import Found, crawl
from tests.journeys.looking import Look, look
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, ROOT, Opale, running_opale
from tests.journeys.wording import said_by_answer

AUDIENCES = (("desk_agent", "administrator"), ("customer_contact",), ("",))
"""Whose pages are looked at; within an audience each pattern once. "" has not logged in."""
PERSONAS = tuple(persona for audience in AUDIENCES for persona in audience)


@dataclass
class House:
    """What was seen of it. The browser is closed again: while one runs, its process has a loop."""

    opale: Opale
    pages: list[Found]
    broken: list[str]
    looks: list[Look]
    """Each page once in a browser, in the marked language."""
    french: dict[str, str]
    """Each text that the answers of the pages say to a French reader, with its page."""


@contextmanager
def standing(folder: Path) -> Iterator[House]:
    pseudo.write(ROOT / "src" / "opale", folder / "pseudo")
    with running_opale(folder / "data", OPALE_PSEUDO_LOCALE=str(folder / "pseudo")) as opale:
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
        ):
            house = explored(Visitors(browser, opale, folder))
        yield house


def explored(visitors: Visitors) -> House:
    broken: list[str] = []
    pages: list[Found] = []
    for audience in AUDIENCES:
        known: set[str] = set()
        for persona in audience:
            with visitors.context(persona) as context:
                pages += crawl(context.request, persona, known, broken)
    return House(visitors.opale, pages, broken, looks(visitors, pages), said(visitors, pages, "fr"))


def looks(visitors: Visitors, pages: list[Found]) -> list[Look]:
    return [
        look(page, one)
        for persona in PERSONAS
        for page in visitors.pages(persona, pseudo.LANGUAGE)
        for one in pages
        if one.persona == persona
    ]


def said(visitors: Visitors, pages: list[Found], language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for persona in PERSONAS:
        for page in visitors.pages(persona, language):
            for one in pages:
                if one.persona == persona:
                    answer = page.request.get(one.url)
                    for text in said_by_answer(page, answer.text()):
                        found.setdefault(text, str(one))
    return found
