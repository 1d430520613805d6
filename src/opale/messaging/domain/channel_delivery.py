"""Delivery to channels beside mail, by apprise: valid addresses, and sending one message.

apprise is imported where a message is sent, by the worker alone: the web process never needs it.
Every connection goes to an address that was checked when it was made (`kernel.http_client`), also
after a redirect or a change of the name. One deadline bounds all that sending a message takes, and
of each answer the beginning is read, as it comes.
"""

import http.client
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from opale.kernel import http_client
from opale.kernel.context_vars import override_var
from opale.kernel.http_client import (
    Deadline,
    PrivateAddress,
    UnknownName,
    parse,
    port_of,
    resolve_host,
    time_limit,
)

TIMEOUT: Final = 15.0
"""Seconds for all that one message takes: names, connections, redirects, answers, pauses."""
MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_ANSWER_LENGTH: Final = 500
"""Characters of an answer that are kept."""

CHANNEL_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("json", "jsons"), "JSON"),
    **dict.fromkeys(("form", "forms"), "HTML form"),
    **dict.fromkeys(("xml", "xmls"), "XML"),
    **dict.fromkeys(("workflow", "workflows"), "Microsoft Teams"),
    "slack": "Slack",
    "discord": "Discord",
    "gchat": "Google Chat",
    "wxteams": "Webex",
    "webex": "Webex",
    "zulip": "Zulip",
    "tgram": "Telegram",
    **dict.fromkeys(("mmost", "mmosts"), "Mattermost"),
    **dict.fromkeys(("rocket", "rockets"), "Rocket.Chat"),
    **dict.fromkeys(("matrix", "matrixs"), "Matrix"),
    **dict.fromkeys(("nctalk", "nctalks"), "Nextcloud Talk"),
    **dict.fromkeys(("ntfy", "ntfys"), "ntfy"),
    **dict.fromkeys(("gotify", "gotifys"), "Gotify"),
    **dict.fromkeys(("signal", "signals"), "Signal"),
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    **dict.fromkeys(
        (
            *("twilio", "vonage", "sinch", "clickatell", "msgbird", "plivo", "freemobile"),
            *("octopush", "smseagle", "smseagles", "bulksms", "clicksend", "d7sms", "httpsms"),
            *("smsmanager", "seven"),
        ),
        "SMS",
    ),
}
"""The supported schemes, all by HTTP; mail is sent by the outbox."""


class DeliveryRefused(Exception):
    """It was not taken, in the words of whoever refused. `final`: no later attempt ends better."""

    def __init__(self, said: str, *, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


def channel_scheme(address: str) -> str:
    """Return the scheme of an address, or "" where Opale does not support it."""
    scheme, parted, rest = address.strip().partition("://")
    known = parted and rest and address.isprintable() and " " not in address.strip()
    return scheme.lower() if known and scheme.lower() in CHANNEL_KINDS else ""


def deliver_message(address: str, title: str, body: str) -> str:
    """Send one message; return the answer. Errors: DeliveryRefused."""
    import apprise  # Slow to import, and needed only for sending.

    if not channel_scheme(address):
        raise DeliveryRefused("unknown scheme", final=True)
    target = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if target is None:
        raise DeliveryRefused("apprise does not understand this address", final=True)
    if getattr(target, "template", None):
        raise DeliveryRefused("templates would be read from the disk of Opale", final=True)
    with _heard() as said:
        try:
            with _guarded() as guard:
                _bound_pauses(target, guard.deadline)
                taken = _notify(target, title, body)
        except TimeoutError as late:
            taken, said = False, [f"TimeoutError: {late}"]
    if guard.refused:
        cause = guard.refused[0]
        raise DeliveryRefused(f"{type(cause).__name__}: {cause}", final=_is_final(cause))
    if not taken:
        raise DeliveryRefused(" ".join(said) or "not taken")
    return " ".join(said)


def post_bytes(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Send bytes to an outside address, with the same checks; return the status and the answer.

    Errors: DeliveryRefused (no answer, or the address is inside).
    """
    try:
        parts = parse(url)
        address = resolve_host(parts.hostname or "", port_of(parts))
        status, answer = http_client.post(
            url, address, body, headers, seconds=TIMEOUT, most=MAX_ANSWER_LENGTH * 4
        )
    except (OSError, ValueError, http.client.HTTPException) as error:
        final = isinstance(error, PrivateAddress | ValueError)
        raise DeliveryRefused(f"{type(error).__name__}: {error}", final=final) from error
    # A character takes at most four bytes.
    return status, answer.decode("utf-8", "replace").replace("\0", "\ufffd")[:MAX_ANSWER_LENGTH]


def _is_final(error: OSError) -> bool:
    return isinstance(error, PrivateAddress)


def _notify(target: Any, title: str, body: str) -> bool:
    """Have apprise send a message; return whether it was taken.

    Errors: TimeoutError, DeliveryRefused (apprise fell over the answer).
    """
    try:
        return bool(target.notify(body=body, title=title))
    except TimeoutError:
        raise
    except Exception as error:
        # Whoever answers chooses what apprise reads: it is never a fault of the job.
        raise DeliveryRefused(f"{type(error).__name__}: {error}") from error


def _bound_pauses(target: Any, deadline: Deadline) -> None:
    """Let no pause outlast the deadline: a Matrix server says itself how long apprise waits."""
    plain = target.throttle

    def throttle(last_io: Any = None, wait: float | None = None) -> None:
        deadline.left(at_least=wait or 0)
        plain(last_io=last_io, wait=wait)

    target.throttle = throttle


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Collect what apprise logs in this thread: it returns only whether a message was accepted."""
    said: list[str] = []
    mine = threading.get_ident()

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == mine:
                said.append(record.getMessage())

    log, hearing = logging.getLogger("apprise"), Hearing(logging.INFO)
    log.addHandler(hearing)
    try:
        yield said
    finally:
        log.removeHandler(hearing)


@dataclass(frozen=True, slots=True)
class _Guard:
    """What holds for all connections of one block, and the addresses that were refused in it."""

    deadline: Deadline
    refused: list[OSError] = field(default_factory=list)


_guard: ContextVar[_Guard | None] = ContextVar("guard", default=None)


@contextmanager
def _guarded() -> Iterator[_Guard]:
    """Allow connections only to checked addresses within the block, bounded in time and size.

    Errors: TimeoutError.
    """
    _install_guard()
    with time_limit(TIMEOUT) as deadline:
        guard = _Guard(deadline)
        with override_var(_guard, guard):
            yield guard


def _install_guard() -> None:
    """Install the checks where requests and urllib3 open a socket and read an answer."""
    import requests
    from urllib3.util import connection

    sessions: Any = requests.sessions  # It names the transport, and exports it to nobody.

    if not getattr(connection.create_connection, "is_guard", False):
        connection.create_connection = _checked(connection.create_connection)
    if not getattr(sessions.HTTPAdapter, "is_guard", False):
        sessions.HTTPAdapter = _bounded(sessions.HTTPAdapter)


def _checked(plain: Any) -> Any:
    """Return what opens a socket, made to check the address and to keep the deadline."""

    def create_connection(
        address: tuple[str, int], timeout: Any = None, *args: Any, **options: Any
    ) -> Any:
        guard = _guard.get()
        if guard is None:
            return plain(address, timeout, *args, **options)
        host, port = address
        try:
            number = resolve_host(host.strip("[]"), port)
        except (PrivateAddress, UnknownName) as error:
            guard.refused.append(error)
            raise
        left = guard.deadline.left()
        # Addresses of apprise may ask for a timeout of their own.
        asked = timeout if isinstance(timeout, int | float) else left
        made = plain((number, port), min(asked, left), *args, **options)
        guard.deadline.watch(made)
        return made

    create_connection.is_guard = True  # type: ignore[attr-defined]  # read above
    return create_connection


def _bounded(plain: Any) -> Any:
    """Return the transport of requests, made to read the beginning of an answer alone."""
    import requests
    from urllib3.exceptions import HTTPError

    class BoundedAdapter(plain):  # type: ignore[misc]  # imported late
        is_guard = True

        def send(self, request: Any, **options: Any) -> Any:
            if _guard.get() is None:
                return super().send(request, **options)
            request.headers["Accept-Encoding"] = "identity"
            answer = super().send(request, **{**options, "stream": True})
            try:
                # Never unpacked: a few bytes may hold any number of others.
                found = answer.raw.read(MAX_ANSWER_BYTES, decode_content=False)
            except HTTPError as error:
                raise requests.ConnectionError(error, request=request) from error
            finally:
                answer.raw.close()
            answer.raw = BytesIO(found)
            return answer

    return BoundedAdapter
