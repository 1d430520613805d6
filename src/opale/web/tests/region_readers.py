"""Browsers that ask for regions kept per rights: of the cache alone, and of a running server."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import connection
from tests.personas import MAKER, Personas
from tests.serving import Server

from opale.endpoints.django_bridge import ENVIRON
from opale.kernel.actor import Actor
from opale.organisation.web.middleware import KNOWN_LOGIN
from opale.run.desk.actions import ticket_creation
from opale.run.desk.models import Source, Ticket
from opale.web.dispatcher import conninfo
from opale.web.region_cache import RegionCache, TopicStates
from opale.web.session_cache import SessionCache
from opale.web.tests.test_web_live import session_of

T = TypeVar("T")
RAIL = "/ui/rail/"


MOVING = re.compile(
    r'(?<= value=")\d+(?=" aria-label)'  # how far a clock is
    r"|(?<=<span>)[^<]*(?=</span></span><progress)"  # how long it has left
    r"|[^>]*(?=</time>)"  # since when
)


class Pages:
    """Django's place: each answer is another one, and says for whom it was drawn."""

    def __init__(self) -> None:
        self.drawn: list[Actor | None] = []
        self.status, self.headers = 200, list[tuple[bytes, bytes]]()
        self.fails = False

    async def __call__(self, scope: Any, _receive: Any, send: Callable[..., Any]) -> None:
        user, actor = scope.get(ENVIRON, {}).get(KNOWN_LOGIN, (None, None))
        self.drawn.append(actor)
        body = f"drawing {len(self.drawn)} {'for all' if user else 'for one'}".encode()
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("not drawn")
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})


class Front:
    """The cache before such pages, and browsers that ask it."""

    def __init__(self, personas: Personas) -> None:
        self.personas, self.pages = personas, Pages()
        self.cache = RegionCache(
            self.pages, SessionCache(), TopicStates(conninfo(), prepare_threshold=5), threads=4
        )

    def browser(self, name: str, language: str = "en") -> str:
        return cookies(session_of(self.personas, name), language)

    async def ask(self, cookie: str, path: str = RAIL, query: str = "", **more: str) -> str:
        sent = [(b"cookie", cookie.encode()), (b"hx-request", b"true")]
        sent += [(k.replace("_", "-").encode(), v.encode()) for k, v in more.items()]
        asked = {"type": "http", "method": "GET", "path": path, "http_version": "1.1"}
        told: list[Any] = []

        async def send(message: Any) -> None:
            told.append(message)

        scope = {**asked, "query_string": query.encode(), "headers": sent}
        await self.cache(scope, cast(Any, None), send)
        return b"".join(one.get("body", b"") for one in told).decode()


def cookies(session: str, language: str) -> str:
    jar = SimpleCookie({settings.SESSION_COOKIE_NAME: session})
    jar[settings.LANGUAGE_COOKIE_NAME] = language
    return jar.output(header="", sep=";").strip()


def told(front: Front, story: Callable[[], Awaitable[T]]) -> T:
    async def whole() -> T:
        try:
            return await story()
        finally:
            await front.cache.states.close()

    return asyncio.run(whole())


def sync(act: Callable[..., T], *args: Any, **kwargs: Any) -> Awaitable[T]:
    def run() -> T:
        try:
            return act(*args, **kwargs)
        finally:
            connection.close()

    return asyncio.to_thread(run)


class Desk:
    """People who follow the lists of a server that runs."""

    def __init__(self, server: Server, house: Personas) -> None:
        self.server, self.house = server, house

    def browser(self, name: str, language: str = "en") -> dict[str, str]:
        asked = cookies(session_of(self.house, name), language)
        return {"Cookie": asked, "HX-Request": "true"}

    def ask(self, browser: dict[str, str], path: str = "/desk/all/", **more: str) -> str:
        status, body, _headers = self.server.ask("GET", path, **browser, **more)
        assert status == 200
        return body.decode()

    def redrawn(self, browser: dict[str, str], path: str = "/desk/all/") -> str:
        return self.ask(browser, path, Opale_Redrawn="1")

    def hits(self) -> int:
        text = self.server.ask("GET", "/metrics")[1].decode()
        found = re.search(r'^opale_region_cache_total\{result="hit"\} (\d+)', text, re.MULTILINE)
        return int(found[1]) if found else 0

    def opened(self, subject: str) -> Ticket:
        new = ticket_creation.NewTicket(
            subject=subject, source=Source.MAIL, customer=self.house.customer
        )
        return ticket_creation.receive_ticket(new, by=MAKER)


def standing_still(drawn: str) -> str:
    """Without what moves by the clock alone."""
    return MOVING.sub("", drawn)
