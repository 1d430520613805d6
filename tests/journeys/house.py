"""One running Opale for all journeys that only look, and what there is to see in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.journeys import pseudo
from tests.journeys.browsing import Visitors
from tests.journeys.crawl import Found, crawl
from tests.journeys.looking import Look, look
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, ROOT, running_opale
from tests.journeys.wording import said_by_answer

AUDIENCES = (("desk_agent", "administrator"), ("customer_contact",), ("",))
"""Whose pages are looked at; within an audience each pattern once. "" has not logged in."""
PERSONAS = tuple(persona for audience in AUDIENCES for persona in audience)


@dataclass
class House:
    visitors: Visitors
    pages: list[Found]
    broken: list[str]

    @cached_property
    def looks(self) -> list[Look]:
        """Each page once in a browser, in the marked language."""
        return [
            look(page, one)
            for persona in PERSONAS
            for page in self.visitors.pages(persona, pseudo.LANGUAGE)
            for one in self.pages
            if one.persona == persona
        ]

    def said_in(self, language: str) -> dict[str, str]:
        """Each text that the answers of the pages say in this language, with its page."""
        found: dict[str, str] = {}
        for persona in PERSONAS:
            for page in self.visitors.pages(persona, language):
                for one in self.pages:
                    if one.persona == persona:
                        answer = page.request.get(one.url)
                        for text in said_by_answer(page, answer.text()):
                            found.setdefault(text, str(one))
        return found


@contextmanager
def standing(folder: Path) -> Iterator[House]:
    pseudo.write(ROOT / "src" / "opale", folder / "pseudo")
    with (
        running_opale(folder / "data", OPALE_PSEUDO_LOCALE=str(folder / "pseudo")) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield explored(Visitors(browser, opale, folder))


def explored(visitors: Visitors) -> House:
    broken: list[str] = []
    pages: list[Found] = []
    for audience in AUDIENCES:
        known: set[str] = set()
        for persona in audience:
            with visitors.context(persona) as context:
                pages += crawl(context.request, persona, known, broken)
    return House(visitors, pages, broken)
