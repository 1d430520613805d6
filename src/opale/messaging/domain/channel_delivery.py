"""Delivery to channels beside mail, by apprise: valid addresses, and sending one message.

apprise is imported where a message is sent, by the worker alone: the web process never needs it.
Every connection goes to an address that was checked when it was made (`kernel.outward`), also
after a redirect or a change of the name.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opale.kernel.context_vars import override_var
from opale.kernel.http_client import PrivateAddress, UnknownName, resolve_host

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
    """Send one message; return the answer. Errors: NotTaken."""
    import apprise  # Slow to import, and needed only for sending.

    if not channel_scheme(address):
        raise DeliveryRefused("unknown scheme", final=True)
    target = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if target is None:
        raise DeliveryRefused("apprise does not understand this address", final=True)
    with _heard() as said, _guarded() as refused:
        taken = target.notify(body=body, title=title)
    if refused:
        raise DeliveryRefused(
            f"{type(refused[0]).__name__}: {refused[0]}", final=_is_final(refused[0])
        )
    if not taken:
        raise DeliveryRefused(" ".join(said) or "not taken")
    return " ".join(said)


def post_bytes(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Send bytes to an outside address, with the same checks; return the status and the answer.

    Errors: NotTaken (no answer, or the address is inside).
    """
    import requests  # Comes with apprise, and is needed as seldom.

    with _guarded() as refused:
        try:
            answer = requests.post(
                url, data=body, headers=dict(headers), timeout=10, allow_redirects=False
            )
        except requests.RequestException as error:
            cause = refused[0] if refused else error
            final = isinstance(cause, PrivateAddress)
            raise DeliveryRefused(f"{type(cause).__name__}: {cause}", final=final) from error
    return answer.status_code, answer.text[:500]


def _is_final(error: OSError) -> bool:
    return isinstance(error, PrivateAddress)


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


_refused: ContextVar[list[OSError] | None] = ContextVar("refused", default=None)


@contextmanager
def _guarded() -> Iterator[list[OSError]]:
    """Allow connections only to checked addresses within the block; yield the refused ones."""
    _stand_guard()
    refused: list[OSError] = []
    with override_var(_refused, refused):
        yield refused


def _stand_guard() -> None:
    """Install the check in the one function by which requests and urllib3 open a socket."""
    from urllib3.util import connection

    plain = connection.create_connection
    if getattr(plain, "is_guard", False):
        return

    def checked(address: tuple[str, int], *args: Any, **options: Any) -> Any:
        refused = _refused.get()
        if refused is None:
            return plain(address, *args, **options)
        host, port = address
        try:
            number = resolve_host(host.strip("[]"), port)
        except (PrivateAddress, UnknownName) as error:
            refused.append(error)
            raise
        return plain((number, port), *args, **options)

    checked.is_guard = True  # type: ignore[attr-defined]  # read above
    connection.create_connection = checked
