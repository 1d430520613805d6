"""A small house that stands on the page kit alone: no room above it, no database, one reader."""

import queue
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from zoneinfo import ZoneInfo

import pytest
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.test import override_settings
from django.urls import include, path
from django.utils import timezone, translation
from django.views.generic import RedirectView

from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Unavailable
from opale.ui import live_cursor, palette, refusals
from opale.ui.navigation import Entry, register

READER = Actor("person", "user:7", "Camille Lefèvre", {"house.read": EVERYTHING}, person_id=7)
COOKIES = "django.contrib.messages.storage.cookie.CookieStorage"
MIDDLEWARE = [
    "opale.ui.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "opale.ui.tests.house.Asker",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opale.ui.middleware.Refusals",
]
SETTINGS: dict[str, Any] = {
    "ROOT_URLCONF": "opale.ui.tests.house",
    "MIDDLEWARE": MIDDLEWARE,
    "MESSAGE_STORAGE": COOKIES,
    "SOCIALACCOUNT_ADAPTER": "opale.ui.tests.house.NoProviders",
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "NAME": "django",
            "DIRS": [Path(__file__).parent / "templates"],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                    "opale.ui.context.frame",
                ],
                "builtins": ["django.templatetags.i18n", "opale.ui.templatetags.ui"],
            },
        }
    ],
}


class NoProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The tables are not asked either."""

    def list_apps(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []


class Asker:
    """The reader, unless the address says that nobody asks; language and zone of the cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        vars(request)["actor"] = ANONYMOUS if "nobody" in request.GET else READER
        request.user = AnonymousUser()
        zone = ZoneInfo(request.COOKIES.get("reader_zone", "Europe/Paris"))
        with (
            translation.override(request.COOKIES.get("django_language", "en")),
            timezone.override(zone),
        ):
            return self.get_response(request)


REFUSALS: dict[str, Callable[[], Exception]] = {
    "not-found": NotFound,
    "not-allowed": NotAllowed,
    "illegal": lambda: IllegalMove("take"),
    "conflict": Conflict,
    "invalid": lambda: Invalid("Too long."),
    "unavailable": lambda: Unavailable(retry_after=timedelta(seconds=7)),
}


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise REFUSALS[kind]()


drawn: dict[str, Any] = {
    "times": 0,
    "text": "first",
    "broken": False,
    "refused": 0,
    "chart": None,
    "owners": (0, 0),
}


def board(request: HttpRequest) -> HttpResponse:
    """A page with a live region of three lines and a field to type in."""
    if drawn["broken"] and "HX-Request" in request.headers:
        drawn["refused"] += 1
        return HttpResponse(status=503)
    drawn["times"] += 1
    name = "_board.html" if "HX-Request" in request.headers else "board.html"
    return render(request, f"ui/tests/{name}", {"drawn": drawn})


def take(request: HttpRequest) -> HttpResponse:
    """Somebody's own act on the board, answered with what it looks like after it."""
    drawn["text"] = "taken"
    return board(request)


def part(request: HttpRequest) -> HttpResponse:
    """What a slot fetches when it comes into sight."""
    if drawn["broken"]:
        drawn["refused"] += 1
        return HttpResponse(status=503)
    return HttpResponse('<p id="part">the part</p>')


register(
    Entry(label="House places", icon="home", url_name="ui_gallery", right="house.read", always=True)
)


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def failed(request: HttpRequest) -> HttpResponse:
    return refusals.render_refusal(request, 500, broken=True)


handler404 = "opale.ui.views.page_not_found"
handler500 = failed

urlpatterns = [
    path("broken/", broken),
    path("locked/", login_required(nothing)),
    path("moved/", RedirectView.as_view(url="/board/")),
    path("account/", include("allauth.urls")),
    path("ui/", include("opale.ui.urls")),
    path("refuse/<kind>/", refuse),
    path("board/", board, name="board"),
    path("board/taken/", take),
    path("part/", part),
    path("", nothing, name="home"),
]


@dataclass
class Stream:
    """What /live says, and to whom it was asked."""

    asked: list[str] = field(default_factory=list)
    open: list["queue.Queue[bytes | None]"] = field(default_factory=list)
    refused: str = ""
    news: threading.Condition = field(default_factory=threading.Condition)

    def await_reader(self, asked: int) -> None:
        """Until a browser has asked so many times, and listens."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.asked) >= asked and self.open, timeout=30):
                raise TimeoutError(self.asked)

    def await_asked(self, times: int) -> None:
        """Until browsers have asked so many times, whatever they were told."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.asked) >= times, timeout=30):
                raise TimeoutError(self.asked)

    def say(self, text: str) -> None:
        for one in list(self.open):
            one.put(text.encode())

    def cut(self) -> None:
        """End every connection, as a restart of the server does."""
        for one in list(self.open):
            one.put(None)

    def lines(self, said: "queue.Queue[bytes | None]") -> Iterator[bytes]:
        with self.news:
            self.open.append(said)
            self.news.notify_all()
        yield b"retry: 100\n: welcome\n\n"
        try:
            while (line := said.get()) is not None:
                yield line
        finally:
            self.open.remove(said)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with self.news:
            self.asked.append(environ.get("HTTP_LAST_EVENT_ID") or environ["QUERY_STRING"])
            self.news.notify_all()
        if self.refused:
            start(self.refused, [("Content-Type", "application/json")])
            return [b"{}"]
        start("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
        return self.lines(queue.Queue())


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        return


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # a browser that leaves in the middle is no news


@contextmanager
def unmarked() -> Iterator[None]:
    """Every page is drawn at the place 100-5: the database is not asked.

    The palette ends with what it found: the page of search is of a higher floor.
    """

    def mark(request: HttpRequest) -> None:
        request.META["opale.live_place"] = "100-5"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_cursor, "record_cursor", mark)
        patch.setattr(palette, "_at_the_end", [])
        yield


@contextmanager
def standing(stream: Stream) -> Iterator[str]:
    """The house, answering at the returned address."""
    drawn.update(times=0, text="first", broken=False, refused=0, chart=None, owners=(0, 0))
    with override_settings(**SETTINGS), unmarked():
        pages = StaticFilesHandler(get_wsgi_application())

        def house(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            answer: Iterable[bytes] = (
                stream(environ, start) if environ["PATH_INFO"] == "/live" else pages(environ, start)
            )
            return answer

        server = Server(("127.0.0.1", 0), Silent)
        server.set_app(house)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            stream.cut()
            server.shutdown()
            server.server_close()
            thread.join()
