"""A browser in the house: logged-in contexts, and what a page complained about."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)
from tests.journeys.running import CHROMIUM, ROOT, Opale

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MISSING = [
    name
    for name, found in (
        ("chromium (Debian package)", CHROMIUM),
        ("axe-core (npm ci)", AXE.exists()),
    )
    if not found
]
NEEDS_BROWSER = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"not installed: {', '.join(MISSING)}"
)
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
LOGIN = "/account/login/"
TOKEN = re.compile('name="csrfmiddlewaretoken" value="([^"]+)"')
SETTLED = "() => document.readyState === 'complete' && !document.querySelector('.htmx-request')"


@dataclass
class Visitors:
    """Contexts of personas; each logs in once, whatever the language and theme."""

    browser: Browser
    opale: Opale
    folder: Path
    cookies: dict[str, Path] = field(default_factory=dict)
    open: list[BrowserContext] = field(default_factory=list)

    def context(
        self, persona: str, *, language: str = "en", theme: str = "light"
    ) -> BrowserContext:
        if persona and persona not in self.cookies:
            self._log_in(persona)
        context = self.browser.new_context(
            storage_state=self.cookies.get(persona),
            viewport=WIDE,
            base_url=self.opale.base_url,
            locale=language,
            timezone_id="Europe/Paris",
        )
        for name, value in (("django_language", language), ("opale_theme", theme)):
            context.add_cookies([{"name": name, "value": value, "url": self.opale.base_url}])
        context.set_default_timeout(30_000)
        self.open.append(context)
        return context

    def leave(self) -> None:
        """Close what was opened: a page that nobody reads any more is still redrawn."""
        while self.open:
            self.open.pop().close()

    def pages(self, persona: str, language: str) -> Iterator[Page]:
        """One page of the persona, closed after its use."""
        with self.context(persona, language=language) as context:
            yield context.new_page()

    def _log_in(self, persona: str) -> None:
        """By what the page of the login sends, undrawn: its keys are those of other journeys."""
        known = self.opale.personas[persona]
        with self.browser.new_context(base_url=self.opale.base_url) as context:
            token = TOKEN.search(context.request.get(LOGIN).text())
            assert token
            given = {"login": known["login"], "password": known["password"]}
            answer = context.request.post(
                LOGIN,
                form={**given, "csrfmiddlewaretoken": token[1]},
                headers={"Referer": self.opale.base_url + LOGIN},
                max_redirects=0,
            )
            assert (answer.status, answer.headers["location"]) == (302, "/")
            self.cookies[persona] = self.folder / f"{persona}.json"
            context.storage_state(path=self.cookies[persona])


class Complaints:
    """What goes wrong in a page while it is open: its console, its requests, its scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.listeners: dict[str, Callable[[Any], None]] = {
            "console": self._console,
            "pageerror": lambda error: self.said.append(f"script: {error}"),
            "requestfailed": self._failed,
            "response": self._answered,
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]  # one overload for each event

    def _console(self, message: ConsoleMessage) -> None:
        policy = "Content Security" in message.text or "Content-Security" in message.text
        if message.type == "error" or policy:
            self.said.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left ends what it was still fetching.
        if request.failure != "net::ERR_ABORTED":
            self.said.append(f"request: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.said.append(f"answer: {response.status} for {response.url}")

    def taken(self) -> list[str]:
        """All of them; later ones are nobody's."""
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)
        return self.said


def visit(page: Page, url: str) -> None:
    """Open the page and wait for its lazy regions."""
    page.goto(url, wait_until="load")
    page.wait_for_function(SETTLED)


def pick(page: Page, label: str, typed: str) -> None:
    """Type into a picker until one row is left, and choose it."""
    box = page.locator("#o-panel[open], main").get_by_label(re.compile(f"^{label}")).first
    box.click()
    box.press_sequentially(typed)
    rows = page.locator("[role=option]:not(.o-picker-switch):visible")
    expect(rows).to_have_count(1)
    rows.first.click()
