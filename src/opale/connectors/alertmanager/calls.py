"""Calls and answers of Alertmanager's API, in the forms of its own server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from opale.conditions.patterns import InvalidPattern
from opale.kernel.actor import Actor, connector
from opale.run.events.domain.deliveries import Reply, ToolCall
from opale.run.events.domain.silences import InvalidMatcher, Matcher, parse_matcher

TRUE: Final = frozenset(
    {"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"}
)
MAX_FILTERS: Final = 100


class ApiError(Exception):
    """What the server answers in place of what was asked for: a sentence, or a code with one."""

    def __init__(self, payload: Any, status: int) -> None:
        super().__init__(str(payload))
        self.reply = Reply(b"", status=status) if payload is None else json_reply(payload, status)


def json_reply(payload: Any, status: int = 200) -> Reply:
    return Reply(msgspec.json.encode(payload) + b"\n", status=status)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, its path in parts below `api/v2/`, and its query."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, Sequence[str]]
    body: bytes
    integration_id: int
    url: str
    at: datetime
    actor: Actor

    @classmethod
    def of(cls, handed: ToolCall, api: str) -> "Call":
        delivery = handed.delivery
        path = delivery.path.strip("/")
        below = path.removeprefix(api) if path.startswith(api) else "-"
        return cls(
            delivery.method,
            path,
            tuple(below.split("/")),
            parse_qs(delivery.query, keep_blank_values=True),
            delivery.body,
            handed.integration_id,
            handed.url,
            delivery.received_at,
            connector(handed.format, handed.integration_name),
        )

    def wants(self, name: str) -> bool:
        """Return whether a filter applies: it does unless it is switched off."""
        return self.query.get(name, ["true"])[-1].lower() in TRUE

    def matchers(self) -> list[Matcher]:
        """Return the matchers. Errors: ApiError."""
        texts = self.query.get("filter", ())
        if len(texts) > MAX_FILTERS:
            raise ApiError("bad matcher format: too many filters", 400)
        try:
            matchers = [parse_matcher(text) for text in texts]
            for matcher in matchers:
                matcher.matches("")
        except (InvalidMatcher, InvalidPattern) as error:
            raise ApiError(f"bad matcher format: {error}", 400) from None
        return matchers


def matches(matchers: Sequence[Matcher], texts: Mapping[str, str]) -> bool:
    """Return whether all match, as the server filters: an empty value tests for the name alone."""
    for matcher in matchers:
        there = matcher.name in texts
        if not matcher.value and there is matcher.op.startswith("!"):
            continue
        if not matcher.matches(texts.get(matcher.name, "")):
            return False
    return True


def format_time(at: datetime) -> str:
    """Return the time in RFC 3339, in milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
