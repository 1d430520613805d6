"""Every page that somebody may open, found by its links: one for each pattern of the URLconf."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext
from tests.architecture.route_table import offered

LIMIT = 600
"""Requests of one crawl: a house with more patterns than this wants a better crawler."""
NEVER = ("/api/", "/static/", "/account/logout", "/ui/rail", "/ui/when")


@dataclass(frozen=True)
class Found:
    """A page, by the first address of its pattern that was met."""

    persona: str
    url: str
    route: str
    answer: str = field(default="", compare=False, repr=False)
    """What it said to who followed the links."""

    def __str__(self) -> str:
        return f"{self.url} as {self.persona or 'nobody'}"


class Links(HTMLParser):
    """The addresses that a page or a partial leads to; partials are fetched as htmx does."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.partials: list[str] = []
        self.whole = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.whole |= tag == "html"
        for name, value in attrs:
            if name == "href" and tag == "a" and value:
                self.pages.append(value)
            elif name == "hx-get" and value:
                self.partials.append(value)


def crawl(
    request: APIRequestContext, persona: str, broken: list[str], also: Collection[str] = ()
) -> Iterator[Found]:
    """The first page of each pattern that this persona meets; what is broken is added there.

    Links are followed from the pages at `also` too, though their pattern may be met by another.
    """
    known: set[str] = set()
    # What is linked is met before what is only in the URLconf, so that it is met with its content.
    waiting = deque([("/", False)])
    waiting.extend((url, False) for url in offered() if url.startswith("/") and "<" not in url)
    for url in also:
        links = Links(request.get(url).text())
        waiting.extend((urljoin(url, link), False) for link in links.pages)
    tried: set[tuple[str, bool]] = set()
    for _ in range(LIMIT):
        entry = _next(waiting, tried)
        if entry is None:
            return
        url, partial = entry
        answer = request.get(url, headers={"HX-Request": "true"} if partial else {})
        if answer.status >= 500:
            broken.append(f"{answer.status} for {url} as {persona or 'nobody'}")
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        text = answer.text()
        links = Links(text)
        path = urlsplit(answer.url).path
        route = route_of(path)
        if links.whole and not partial and route and route not in known:
            known.add(route)
            yield Found(persona, path, route, text)
        found = [(link, False) for link in links.pages] + [(link, True) for link in links.partials]
        waiting.extendleft((urljoin(path, link), part) for link, part in reversed(found))
    raise AssertionError(f"more than {LIMIT} requests as {persona}: the crawl has no end")


def _next(
    waiting: deque[tuple[str, bool]], tried: set[tuple[str, bool]]
) -> tuple[str, bool] | None:
    """The next address of a pattern that was not asked for yet, partials apart."""
    while waiting:
        url, partial = waiting.popleft()
        parts = urlsplit(url)
        route = route_of(parts.path)
        if parts.netloc or not route or parts.path.startswith(NEVER) or (route, partial) in tried:
            continue
        tried.add((route, partial))
        return (url if partial else parts.path), partial
    return None


def route_of(path: str) -> str:
    try:
        return str(resolve(path).route)
    except Resolver404:
        return ""
