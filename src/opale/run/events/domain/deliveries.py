"""The interface between events and connectors: one `Tool` for each outside tool.

A tool that only sends is a pure reader of its deliveries. One that also asks, acknowledges or
silences (a server that Opale stands in for) answers those calls by `take`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from opale.run.events.states import Severity

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Delivery(msgspec.Struct, frozen=True):
    """One request of a tool. `path` is what follows the format and the key in the address.

    The names of `headers` are in lower case. `settings` are those of the integration: what people
    said for each `Setting` of the tool, where it is not the default. `integration` is its name.
    """

    body: bytes
    received_at: datetime
    content_type: str = ""
    path: str = ""
    method: str = "POST"
    query: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    settings: Mapping[str, str] = msgspec.field(default_factory=dict)
    integration: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of how deliveries of a tool are read; `words` is its help text."""

    name: str
    label: "StrPromise"
    default: str
    words: "StrPromise | str" = ""


class NewEvent(msgspec.Struct, frozen=True, gc=False):
    """One event of a delivery, about one thing.

    A storm makes so many that it is a struct of msgspec: a dataclass takes four times as long to
    make. As all of its kind it is in no cycle, and the garbage collector skips it.

    `identity` is what makes two events be about the same thing. `occurred_at` is the source's own
    time, by which events are ordered; `started_at` is since when the source says it lasts, if it
    says so. `said_after` is a moment that the delivery itself proves to be past when it was made,
    such as the newest time in it. `context` is what the delivery said around this event.
    `acknowledges` tells that somebody sees to it over there: it opens nothing and says nothing new.
    `lasts_until` is when a firing one is over by itself, unless it is said again before.
    `remarks` tells of something beside the trouble, such as that planned work begins: it is kept,
    and moves nothing. `family` are other identities that the source says are the same trouble; None
    for a tool that knows no families.
    """

    identity: str
    firing: bool
    severity: Severity
    title: str
    occurred_at: datetime
    raw: Mapping[str, Any]
    text: str = ""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    source_url: str = ""
    started_at: datetime | None = None
    said_after: datetime | None = None
    acknowledges: bool = False
    remarks: bool = False
    family: tuple[str, ...] | None = None
    lasts_until: datetime | None = None
    context: Mapping[str, Any] = msgspec.field(default_factory=dict)

    @property
    def opens(self) -> bool:
        """Return whether it reports a trouble, so that an alert may open by it."""
        return self.firing and not self.acknowledges and not self.remarks


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change that its tool reports: no trouble by itself.

    `links` are addresses with their texts. `labels` name what was changed, as those of an event.
    """

    summary: str
    at: datetime
    raw: Mapping[str, Any]
    source: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadablePart:
    """A part of a delivery that could not be read; the others count."""

    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class NewEvents:
    """The events and unreadable parts of a delivery."""

    events: tuple[NewEvent, ...]
    refused: tuple[UnreadablePart, ...] = ()


class Unreadable(Exception):
    """Nothing of a delivery can be read; `reason` says why, in English, for its sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ToolCall(msgspec.Struct, frozen=True):
    """A call that is no event, with the integration that it is for.

    `url` is the address that the tool was configured with: for tools that are told by the answer
    where to go on. `alert_ids` are those of the delivery's events, in their order; None for an
    event that is about no alert, and several for one that ends several.
    """

    integration_id: int
    integration_name: str
    format: str
    url: str
    delivery: Delivery
    alert_ids: tuple[int | None, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """The answer that the tool expects once its delivery is stored."""

    body: bytes = b'{"status": "ok"}'
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


class Refusal(msgspec.Struct, frozen=True):
    """A refusal of a call: an HTTP status, a code of ours, a sentence in English."""

    status: int
    code: str
    detail: str


class Tool:
    """An outside tool, as its connector describes it.

    `name` is the product's own. `methods` are those of HTTP that it uses. Where `key_in_body`, the
    body is read before the key is known; else strangers are refused first. `files` are the names of
    what the tool's side needs of ours (a script, a template): each is fetched by GET under the
    address, filled in. A tool that `hears_of_alerts` is answered by `confirm`, not by `reply`.
    """

    slug: ClassVar[str]
    name: "StrPromise | str"
    methods: ClassVar[frozenset[str]] = frozenset({"POST"})
    key_in_body: ClassVar[bool] = False
    brings_events: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = ()
    files: ClassVar[tuple[str, ...]] = ()
    hears_of_alerts: ClassVar[bool] = False

    def key_and_path(self, delivery: Delivery) -> tuple[str, str]:
        """Return the key, and what follows it in the address; pure.

        By default the key is the first part of the path, or a bearer token.
        """
        key, _, path = delivery.path.partition("/")
        return (key, path) if key else (bearer_token(delivery), "")

    def openly(self, delivery: Delivery) -> Reply | None:
        """Return the answer to a request that needs no key; None where a key is needed."""
        return None

    def tells(self, delivery: Delivery) -> bool:
        """Return whether this is a delivery of events, for `read`; anything else is for `take`."""
        return self.brings_events

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events of one delivery. Pure: no database, no network, no clock.

        Errors: Unreadable (it is kept aside).
        """
        raise NotImplementedError

    def faults(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Return the faults of settings, by their names, in the reader's language. Pure."""
        return {}

    def reply(self, delivery: Delivery, events: NewEvents) -> Reply:
        """Return the answer to the tool once these events are committed; pure."""
        return OK

    def confirm(self, handed: ToolCall) -> Reply:
        """Return the answer to the tool once this delivery is committed; reads the database.

        Only for a tool that `hears_of_alerts`: it costs a thread and queries for each delivery.
        """
        raise NotImplementedError

    def take(self, handed: ToolCall) -> Reply:
        """Handle a call that is no event, in a thread that may use the database.

        Return the answer when what it wrote is committed.
        Errors: Unreadable (it is kept aside), those of the database (it is sent again).
        """
        raise NotImplementedError

    def refuse(self, delivery: Delivery, refusal: Refusal) -> Reply:
        """Return the refusal in the tool's own words, perhaps with another status. Pure."""
        body = json.dumps({"code": refusal.code, "detail": refusal.detail}).encode()
        return Reply(body, status=refusal.status)

    def address(self, key: str) -> str:
        """Return what follows `/ingest/<format>` in the address that the tool sends to."""
        return f"/{key}"

    def file(self, name: str, url: str, key: str) -> Reply:
        """Return one of `files`, filled in with that address and key. Pure."""
        raise NotImplementedError

    def example(self, url: str, key: str) -> str:
        """Return the part of the tool's configuration that sends to `url`, ready to be pasted.

        `key` is for tools that are given the key apart.
        """
        raise NotImplementedError


OK: Final = Reply()
_also: dict[str, Tool] = {}


def bearer_token(delivery: Delivery, scheme: str = "bearer") -> str:
    """Return the word that follows the scheme in the header Authorization, or ""."""
    found, _, token = delivery.headers.get("authorization", "").partition(" ")
    return token.strip() if found.lower() == scheme else ""


def register_tool(format: str, tool: Tool) -> None:  # noqa: A002  # as the model names it
    """Register a room above as the tool for this format; called in its `apps.py`."""
    _also[format] = tool


def registered_tools() -> Mapping[str, Tool]:
    return _also
