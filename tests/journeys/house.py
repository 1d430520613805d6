"""An Opale for all journeys that only look, and what there was to see in it.

Two processes look beside each other, each in a copy of the company: one at what the desk agent may
open, the other at what is left for the administrator, and as a contact and as nobody.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from zlib import crc32

from playwright.sync_api import sync_playwright
from tests.architecture.route_table import rows
from tests.journeys import pseudo
from tests.journeys.browsing import AXE, Visitors
from tests.journeys.crawl import Found, crawl, route_of
from tests.journeys.looking import Look, look
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, ROOT, Opale, running_opale
from tests.journeys.wording import Data, said_by_answer
from tests.profiles import is_thorough

from opale.acts.registry import all_acts
from opale.cli import installation
from opale.organisation.queries.matrix import access_matrix
from opale.organisation.rights import Function

DESK, OTHERS = "desk", "others"
PERSONAS = {DESK: ("desk_agent",), OTHERS: ("administrator", "customer_contact", "")}
"""Whose pages are looked at, each pattern once for each of them, by whom. "" has not logged in."""
ONE_FORM_IN = 8
"""Of so many forms of acts, one is looked at in a browser."""
READER = "fr"
"""Who follows the links reads French, so that what the answers say is there already."""


@dataclass
class House:
    """What was seen of it. It is closed again: another one that runs beside journeys costs them."""

    part: str
    pages: list[Found]
    broken: list[str]
    looks: list[Look]
    """Each page once in a browser, in the marked language."""
    french: dict[str, str]
    """Each text that the answers of the pages say to a French reader, with its page."""
    data: Data
    """The texts of its database."""
    left: set[str] = field(default_factory=set)
    """The patterns that were met and left to the other part."""


def look_around(part: str, folder: Path, company: Path) -> House:
    pseudo.write(ROOT / "src" / "opale", folder / "pseudo")
    marked = {"OPALE_PSEUDO_LOCALE": str(folder / "pseudo")}
    with (
        running_opale(folder / "data", company, **marked) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        opale.tell("/plans", {"weeks": 4, "seconds": 10}, persona="administrator")
        return explored(part, Visitors(browser, opale, folder))


def explored(part: str, visitors: Visitors) -> House:
    broken: list[str] = []
    pages: list[Found] = []
    left: set[str] = set()
    tickets = unlike(visitors.opale) if part == DESK else []
    for persona in PERSONAS[part]:
        with visitors.context(persona, language=READER) as context:
            found = list(crawl(context.request, persona, broken, [page.url for page in tickets]))
        others = seen_by_the_desk() if persona == "administrator" and not is_thorough() else ()
        pages += [page for page in found if page.route not in others]
        left |= {page.route for page in found if page.route in others}
    pages += tickets
    seen, heard = looks(visitors, part, pages), said(visitors, part, pages)
    place = installation.open_folder(visitors.opale.data)
    data = Data.of(place.superuser_url(installation.DATABASE))
    return House(part, pages, broken, seen, heard, data, left)


def seen_by_the_desk() -> Collection[str]:
    """Return the patterns of pages that the desk agent opens of everybody's, by links or at all.

    What one may do with one's own alone is met by links of one's own: whoever else may looks too.
    """
    matrix = access_matrix()
    held = {**matrix[Function.EMPLOYEE], **matrix[Function.DESK_AGENT]}
    own = {right for right, scope in held.items() if not scope.everything}
    return {
        row.url.removeprefix("/")
        for row in rows().values()
        if row.verb == "GET" and row.expected["desk_agent"] == 200 and row.right not in own
    }


def missed(house: House, shared: Path) -> set[str]:
    """Return the patterns that one part left to the other, which never met them.

    Each part writes down what it met; the later one compares.
    """
    met = sorted({page.route for page in house.pages})
    written = shared / f"seen-{house.part}.new"
    written.write_text(json.dumps([met, sorted(house.left)]), encoding="utf-8")
    written.rename(written.with_suffix(".json"))
    told = [shared / f"seen-{part}.json" for part in (DESK, OTHERS)]
    if not all(map(Path.exists, told)):
        return set()
    (seen, _), (_, left) = (json.loads(one.read_text(encoding="utf-8")) for one in told)
    return set(left) - set(seen)


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
        lambda t: t["kind"] == "request" and has_form(opale, t["number"]),
        lambda t: t["employee_id"],
        lambda t: t["state"] == "closed",
    )
    chosen = {followed["number"]}
    for trait in traits:
        chosen |= {t["number"] for t in [t for t in tickets if trait(t)][:1]}
    urls = [f"/tickets/{number}/" for number in sorted(chosen)]
    return [Found("desk_agent", url, route_of(url)) for url in urls]


def has_form(opale: Opale, number: int) -> bool:
    """Whether a ticket came by the form of a request type."""
    try:
        return bool(opale.api(f"/tickets/{number}/request"))
    except HTTPError:
        return False


def worth_a_look(pages: list[Found]) -> list[Found]:
    """Return the pages to look at in a browser: all, but of the forms of acts only some.

    One template draws every one of those. Their words are read from what all pages answer.
    """
    forms = {act.page_address for act in all_acts() if act.page is not None and act.form}
    return [
        page
        for page in pages
        if is_thorough() or page.route not in forms or crc32(page.route.encode()) % ONE_FORM_IN == 0
    ]


def looks(visitors: Visitors, part: str, pages: list[Found]) -> list[Look]:
    painted: set[str] = set()
    framed: set[str] = set()
    found: list[Look] = []
    for persona in PERSONAS[part]:
        for page in visitors.pages(persona, pseudo.LANGUAGE):
            page.add_init_script(path=AXE)
            here = [one for one in worth_a_look(pages) if one.persona == persona]
            found += [look(page, one, painted, framed) for one in here]
    return found


def said(visitors: Visitors, part: str, pages: list[Found]) -> dict[str, str]:
    found: dict[str, str] = {}
    for persona in PERSONAS[part]:
        for page in visitors.pages(persona, READER):
            for one in pages:
                if one.persona == persona:
                    answer = one.answer or page.request.get(one.url).text()
                    for text in said_by_answer(page, answer):
                        found.setdefault(text, str(one))
    return found
