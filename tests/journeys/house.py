"""An Opale for all journeys that only look, and what there was to see in it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.journeys import pseudo
from tests.journeys.browsing import AXE, Visitors
from tests.journeys.crawl import Found, crawl, route_of
from tests.journeys.looking import Look, look
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, ROOT, Opale, running_opale
from tests.journeys.wording import Data, said_by_answer

from opale.cli import installation

AUDIENCES = (("desk_agent", "administrator"), ("customer_contact",), ("",))
"""Whose pages are looked at; within an audience each pattern once. "" has not logged in."""
PERSONAS = tuple(persona for audience in AUDIENCES for persona in audience)
READER = "fr"
"""Who follows the links reads French, so that what the answers say is there already."""


@dataclass
class House:
    """What was seen of it. It is closed again: another one that runs beside journeys costs them."""

    pages: list[Found]
    broken: list[str]
    looks: list[Look]
    """Each page once in a browser, in the marked language."""
    french: dict[str, str]
    """Each text that the answers of the pages say to a French reader, with its page."""
    data: Data
    """The texts of its database."""


def look_around(folder: Path, company: Path) -> House:
    pseudo.write(ROOT / "src" / "opale", folder / "pseudo")
    marked = {"OPALE_PSEUDO_LOCALE": str(folder / "pseudo")}
    with (
        running_opale(folder / "data", company, **marked) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        opale.tell("/plans", {"weeks": 4, "seconds": 10}, persona="administrator")
        return explored(Visitors(browser, opale, folder))


def explored(visitors: Visitors) -> House:
    broken: list[str] = []
    pages: list[Found] = []
    for audience in AUDIENCES:
        known: set[str] = set()
        for persona in audience:
            with visitors.context(persona, language=READER) as context:
                pages += crawl(context.request, persona, known, broken)
    pages += unlike(visitors.opale)
    seen, heard = looks(visitors, pages), said(visitors, pages)
    place = installation.open_folder(visitors.opale.data)
    return House(pages, broken, seen, heard, Data.of(place.superuser_url(installation.DATABASE)))


def unlike(opale: Opale) -> list[Found]:
    """Tickets that look unlike each other: one page of the pattern tells little of the others."""
    tickets = opale.api("/tickets?limit=200")["items"]
    asked = {one["ticket_number"] for one in opale.api("/assignments?limit=100")["items"]}
    followed = next(t for t in tickets if opale.api(f"/tickets/{t['number']}/watchers"))
    traits: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda t: t["merged_into_id"],
        lambda t: t["confidential"],
        lambda t: t["number"] in asked,
        lambda t: t["source"] == "event",
        lambda t: t["source"] == "phone",
        lambda t: t["employee_id"],
        lambda t: t["state"] == "closed",
    )
    chosen = {followed["number"]}
    for trait in traits:
        chosen |= {t["number"] for t in [t for t in tickets if trait(t)][:1]}
    urls = [f"/tickets/{number}/" for number in sorted(chosen)]
    return [Found("desk_agent", url, route_of(url)) for url in urls]


def looks(visitors: Visitors, pages: list[Found]) -> list[Look]:
    painted: set[str] = set()
    framed: set[str] = set()
    found: list[Look] = []
    for persona in PERSONAS:
        for page in visitors.pages(persona, pseudo.LANGUAGE):
            page.add_init_script(path=AXE)
            here = [one for one in pages if one.persona == persona]
            found += [look(page, one, painted, framed) for one in here]
    return found


def said(visitors: Visitors, pages: list[Found]) -> dict[str, str]:
    found: dict[str, str] = {}
    for persona in PERSONAS:
        for page in visitors.pages(persona, READER):
            for one in pages:
                if one.persona == persona:
                    answer = one.answer or page.request.get(one.url).text()
                    for text in said_by_answer(page, answer):
                        found.setdefault(text, str(one))
    return found
