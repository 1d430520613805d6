"""Pages that were rendered before, shown in a real browser: what a style sheet makes of them.

The pages are asked for first: while a browser runs, its process has a loop, in which the database
is not asked.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import FloatRect, Locator, Page, Route, sync_playwright

from opale.ui.tests.chromium import ARGUMENTS, CHROMIUM

ADDRESS = "http://localhost:1"
ACROSS = """(clock) => {
  const bar = clock.querySelector('progress').getBoundingClientRect();
  return [...clock.querySelectorAll('.o-clock-left > span')].some((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const words = range.getBoundingClientRect();
    return words.width > 0 && words.left < bar.right && bar.left < words.right
      && words.top + 1 < bar.bottom && bar.top < words.bottom - 1;
  });
}"""
"""Whether the bar of a clock lies across its words."""


@contextmanager
def drawn(pages: Mapping[str, bytes], path: str, width: int = 1440) -> Iterator[Page]:
    """The page of a path in a window of that width; other paths answer as `pages` say."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url).path
        static = finders.find(asked.removeprefix("/static/")) if "/static/" in asked else None
        if static:
            kind = guess_type(asked)[0] or "application/octet-stream"
            route.fulfill(body=Path(static).read_bytes(), content_type=kind)
        elif asked in pages:
            route.fulfill(body=pages[asked], content_type="text/html; charset=utf-8")
        else:
            route.abort()

    with sync_playwright() as playwright:
        executable = str(CHROMIUM) if CHROMIUM.exists() else None
        with playwright.chromium.launch(executable_path=executable, args=ARGUMENTS) as browser:
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.set_default_timeout(8000)
            page.route("**/*", answer)
            page.goto(f"{ADDRESS}{path}")
            yield page


def barred(page: Page) -> list[str]:
    """The clocks whose bar lies across their words."""
    return [
        clock.inner_text() for clock in page.locator(".o-clock").all() if clock.evaluate(ACROSS)
    ]


def box(part: Locator) -> FloatRect:
    """Where the part stands; it is drawn."""
    found = part.bounding_box()
    assert found, part
    return found
