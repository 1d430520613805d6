"""One running Opale for all journeys that only look, and what there is to see in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.journeys import pseudo
from tests.journeys.browsing import Visitors
from tests.journeys.crawl import Found, crawl
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, ROOT, running_opale

AUDIENCES = (("desk_agent", "administrator"), ("customer_contact",), ("",))
"""Whose pages are looked at; within an audience each pattern once. "" has not logged in."""
PERSONAS = tuple(persona for audience in AUDIENCES for persona in audience)


@dataclass
class House:
    visitors: Visitors
    pages: list[Found]
    broken: list[str]


@contextmanager
def standing(folder: Path) -> Iterator[House]:
    pseudo.write(ROOT / "src" / "opale", folder / "pseudo")
    with (
        running_opale(folder / "data", OPALE_PSEUDO_LOCALE=str(folder / "pseudo")) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, opale, folder)
        broken: list[str] = []
        pages: list[Found] = []
        for audience in AUDIENCES:
            known: set[str] = set()
            for persona in audience:
                with visitors.context(persona) as context:
                    pages += crawl(context.request, persona, known, broken)
        yield House(visitors, pages, broken)
