"""Pictures of a running demo company for the README and the documentation.

    PYTHONPATH=src:. .venv/bin/python bench/screenshots.py --data var

Draws the screens of the documentation into `docs/screenshots/` as
`<screen>-<language>-<theme>-<width>.webp`: in French and English, light and dark, on a desk
(1440 px) and a phone (360 px). With `--all` every screen so, and the wall on a large one (3840 px),
to be looked at. Needs Chromium.
"""

import argparse
import base64
import json
import os
import re
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from opale.cli import credentials, installation

ROOT = Path(__file__).parents[1]
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 360, "height": 780})
LARGE: ViewportSize = {"width": 3840, "height": 2160}
PACKED = {"format": "webp", "quality": 78}
"""A third of a PNG's bytes; letters stay sharp."""
LANGUAGES = ("en", "fr")
THEMES = ("light", "dark")
ONCE = ("clock", "alerts", "customer")
"""Of these the documentation has one picture in each language."""
NOT_KEPT = ("now", "item", "calls")
CALL = "screenshots"
ON_A_PHONE = ("standby", "standby-ticket")
ON_A_LARGE_SCREEN = ("wall",)
AGENT = "desk_agent"
LOOKED_AT = 60
ENDED = ("new", "resolved", "closed", "cancelled")
SETTLED = """() => document.readyState === 'complete' && document.fonts.status === 'loaded'
    && !document.querySelector('.htmx-request')"""
BESIDE = "() => document.querySelector('#o-beside .d-head')"


def screens(page: Page, known: dict[str, Any], call: str) -> dict[str, str]:
    """The address of each screen, with the most telling thing of its kind on it."""
    tickets = [one for one in _api(known, "/tickets") if one["state"] not in ENDED]
    talked = max(tickets, key=lambda ticket: _weight(known, ticket))
    ticket = f"/tickets/{talked['number']}/"
    return {
        "now": "/",
        "console": f"/desk/open/?open={talked['number']}",
        "triage": "/desk/triage/",
        "ticket": ticket,
        "lead": "/desk/lead/",
        "wall": "/wall/",
        "search": f"/search/?{urllib.parse.urlencode({'q': _word(tickets)})}",
        "standby": "/standby/",
        "standby-ticket": f"/standby/{talked['number']}/",
        "clock": f"{ticket}clocks/{_clock(known, talked['number'])}/",
        "call": call,
        "calls": "/calls/",
        "alerts": "/alerts/",
        "customer": _first_link(page, r"/customers/[^/]+/", ticket, "/customers/"),
        "item": _first_link(page, r"/items/\d+/", ticket, "/items/"),
        "projects": "/projects/",
        "gantt": f"/projects/{_planned(known)}/",
        "load": "/load/?weeks=26",
        "bench": "/load/#bench",
        "designs": "/designs/",
        "design": f"/designs/{_design(known, 'checked', '')}/",
        "design-check": f"/designs/{_design(known, 'checked', '')}/check/",
        "design-quoted": f"/designs/{_design(known, 'quoted', '/reservation')}/",
    }


def _word(tickets: list[dict[str, Any]]) -> str:
    """The longest of the words that most subjects have."""
    said = Counter(
        word for one in tickets for word in set(re.findall(r"\w{5,}", one["subject"].lower()))
    )
    return max(said, key=lambda word: (min(said[word], 3), len(word)))


def _first_link(page: Page, form: str, *looked_at: str) -> str:
    """The first address of this form that one of the pages links to."""
    for url in looked_at:
        page.goto(url)
        for link in page.locator("main a[href]").all():
            if re.fullmatch(form, found := link.get_attribute("href") or ""):
                return found
    raise SystemExit(f"No page links to {form}.")


def _api(known: dict[str, Any], path: str) -> Any:
    token = known["personas"][AGENT]["api_token"]
    request = urllib.request.Request(
        f"{known['base_url']}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)
    return found["items"][:LOOKED_AT] if isinstance(found, dict) and "items" in found else found


def _planned(known: dict[str, Any]) -> int:
    """The live project of which most hangs together, with a promise to stand against."""
    projects = [one for one in _api(known, "/projects?state=live") if one["size"] == "project"]
    links = {
        one["number"]: len(_api(known, f"/projects/{one['number']}/links?limit=200"))
        for one in projects
    }
    return int(max(links, key=lambda number: links[number]))


def _design(known: dict[str, Any], state: str, part: str) -> int:
    """The design in this state that has the most lines; with `part`, one that has this as well."""
    lines = {}
    for one in _api(known, f"/designs?state={state}"):
        path = f"/designs/{one['number']}"
        with suppress(urllib.error.HTTPError):
            _api(known, path + part)
            lines[one["number"]] = len(_api(known, f"{path}/versions")[0]["lines"])
    return int(max(lines, key=lambda number: lines[number]))


def _weight(known: dict[str, Any], ticket: dict[str, Any]) -> int:
    """How much a ticket has to show: what was said, clocks that still run, an incident."""
    number = ticket["number"]
    running = [one for one in _api(known, f"/tickets/{number}/commitments") if not one["met_at"]]
    said = len(_api(known, f"/tickets/{number}/messages"))
    return min(said, 4) + 3 * len(running) + (3 if ticket["kind"] == "incident" else 0)


def _clock(known: dict[str, Any], number: int) -> str:
    measures = [one["measure"] for one in _api(known, f"/tickets/{number}/commitments")]
    return "restore" if "restore" in measures else str(measures[0])


def _call(known: dict[str, Any]) -> tuple[str, str]:
    """The sheet of a call that the agent is on, with somebody whose service is disturbed, and the
    number that calls."""
    running = [one for one in _api(known, "/tickets?view=open") if one["kind"] == "incident"]
    disturbed = {one["customer_id"] for one in running}
    contacts = [one for one in _api(known, "/contacts?limit=200") if one["phone"]]
    felt = [one for one in contacts if one["customer_id"] in disturbed]
    agent = known["personas"][AGENT]["login"]
    for number in (one["phone"] for one in [*felt, *contacts]):
        _push(known, number, "newCall", {"queue": "support"})
        _push(known, number, "answer", {"user": agent})
        call = _api(known, "/calls?state=answered")[0]
        if call["contact_id"]:  # nobody else has this number
            return f"/calls/{call['id']}/", number
        _push(known, number, "hangup", {"cause": "normalClearing"})
    raise SystemExit("No contact has a number of its own.")


def _push(known: dict[str, Any], number: str, event: str, members: dict[str, str]) -> None:
    """What a telephone system would post; a call of its own for each number and run."""
    call_id = f"{CALL}-{os.getpid()}-{number}"
    said = {"event": event, "callId": call_id, "direction": "in", "from": number, **members}
    body = urllib.parse.urlencode(said).encode()
    urllib.request.urlopen(known["integrations"]["cti"]["url"], body, timeout=30).close()


def logged_in(browser: Browser, known: dict[str, Any], folder: Path) -> Path:
    """The cookies of the service desk, kept in a file."""
    kept = folder / ".cookies.json"
    with browser.new_context(base_url=known["base_url"]) as context:
        page = context.new_page()
        page.goto("/account/login/")
        page.fill("input[name=login]", known["personas"][AGENT]["login"])
        page.fill("input[name=password]", known["personas"][AGENT]["password"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(re.compile(r"/$"))
        context.storage_state(path=kept)
    return kept


def contexts(
    browser: Browser, base_url: str, cookies: Path
) -> Iterator[tuple[str, BrowserContext]]:
    for size in (*SIZES, LARGE):
        for language in LANGUAGES:
            for theme in THEMES:
                with browser.new_context(
                    base_url=base_url,
                    storage_state=cookies,
                    viewport=size,
                    locale=language,
                    timezone_id="Europe/Paris",
                ) as context:
                    for name, value in (("django_language", language), ("opale_theme", theme)):
                        context.add_cookies([{"name": name, "value": value, "url": base_url}])
                    yield f"{language}-{theme}-{size['width']}", context


def draw(page: Page, url: str, target: Path) -> None:
    if width_of(page) == SIZES[1]["width"]:
        url = url.partition("?open=")[0]  # a phone shows the list, then the ticket
    page.goto(url, wait_until="load")
    if "?open=" in url:
        page.wait_for_function(BESIDE)
    page.wait_for_function(SETTLED)
    page.evaluate("document.activeElement?.blur()")
    drawn = page.context.new_cdp_session(page).send("Page.captureScreenshot", PACKED)
    target.write_bytes(base64.b64decode(drawn["data"]))


def width_of(page: Page) -> int:
    return (page.viewport_size or SIZES[0])["width"]


def wanted(name: str, kind: str, *, everything: bool) -> bool:
    """Whether there is a picture of this screen in this form."""
    width = int(kind.rpartition("-")[2])
    if width == LARGE["width"]:
        return everything and name in ON_A_LARGE_SCREEN
    if name in ON_A_PHONE and width != SIZES[1]["width"]:
        return False
    if everything:
        return True
    if name in ONCE:
        return kind.endswith("light-1440")
    return name not in NOT_KEPT


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true", help="every screen in every form")
    parser.add_argument("--only", default="", help="what the pictures' names must match")
    asked = parser.parse_args()
    known = credentials.read(installation.open_folder(asked.data.absolute()))
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if known is None or chromium is None:
        print("Needs a demo company and Chromium.", file=sys.stderr)
        return 1
    asked.into.mkdir(parents=True, exist_ok=True)
    drawn = []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=OPTIONS) as browser,
    ):
        cookies = logged_in(browser, known, asked.into)
        with browser.new_context(base_url=known["base_url"], storage_state=cookies) as context:
            call, number = _call(known)
            addresses = screens(context.new_page(), known, call)
        for kind, context in contexts(browser, known["base_url"], cookies):
            page = context.new_page()
            for name, url in addresses.items():
                target = asked.into / f"{name}-{kind}.webp"
                if wanted(name, kind, everything=asked.all) and re.search(asked.only, target.stem):
                    draw(page, url, target)
                    drawn.append(target.stat().st_size / 1024)
                    print(f"{target.name:36} {drawn[-1]:6.0f} kB  {url}")
        cookies.unlink()
        _push(known, number, "hangup", {"cause": "normalClearing"})
    print(f"{len(drawn)} pictures, {sum(drawn):.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
