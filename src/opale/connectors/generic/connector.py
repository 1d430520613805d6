"""The connector for any JSON: read by the integration's mapping, else by that of the tool which
sent it, else by the usual names.

Any object is an event. One without a title is kept under the name of the integration, with its body
as the text: a body that nobody has mapped yet may tell of a real trouble.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from math import isfinite
from typing import Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from opale.connectors.generic.known_tools import recognise
from opale.connectors.generic.mapping import (
    SETTINGS,
    changed,
    evaluate,
    find_faults,
    parse_words,
)
from opale.connectors.generic.member_names import (
    as_text,
    find_member,
    find_rule,
    find_title,
    tells_end,
)
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvent,
    NewEvents,
    Tool,
    Unreadable,
    UnreadablePart,
)
from opale.run.events.ports.severities import DEFAULT_SEVERITY, SEVERITIES
from opale.run.events.ports.timestamps import parse_timestamp
from opale.run.events.states import Severity

MOST_EVENTS: Final = 10_000
MOST_LABELS: Final = 100
LONGEST_LABEL: Final = 1_000
LONGEST_BODY: Final = 4_000
"""Characters of a body that stand in for the text of an event without a title."""
WORDS: Final = re.compile(r"[a-z0-9]+")

Settings = Mapping[str, str]
_decoder = msgspec.json.Decoder()

EXAMPLE: Final = """\
curl {url} \\
  -H 'Content-Type: application/json' \\
  -d '{{"title": "Link down", "severity": "critical", "status": "firing", "host": "rt-lil-01", \
"id": "link-42"}}'
"""


class Generic(Tool):
    slug = "generic"
    name = _("JSON (any tool)")
    settings = SETTINGS

    def faults(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        return find_faults(settings)

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        own = changed(delivery.settings)
        events: list[NewEvent] = []
        refused: list[UnreadablePart] = []
        for part in _parts(_whole(delivery.body), own):
            if isinstance(part, dict):
                events.append(_Part(part, own).event(delivery))
            else:
                reason = "events: each one is an object."
                refused.append(UnreadablePart(reason, msgspec.json.encode(part)))
        return NewEvents(tuple(events), tuple(refused))

    def example(self, url: str, key: str) -> str:
        return EXAMPLE.format(url=url)


def _whole(body: bytes) -> Any:
    try:
        whole = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        try:
            whole = _leniently(body)
        except (ValueError, RecursionError):
            raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(whole, (dict, list)):
        raise Unreadable("The body is neither a JSON object nor a list of objects.")
    return whole


def _leniently(body: bytes) -> Any:
    """Return what a program meant that writes JSON not quite as it is defined: with a byte order
    mark or in another charset, NaN, line breaks inside of texts, texts cut inside of a character.

    Errors: ValueError, RecursionError.
    """
    text = body.decode(json.detect_encoding(body), "replace")
    meant = json.loads(text, strict=False, parse_float=_finite, parse_constant=_nothing)
    return _decoder.decode(json.dumps(meant, ensure_ascii=False).encode(errors="replace"))


def _finite(said: str) -> float | None:
    number = float(said)
    return number if isfinite(number) else None


def _nothing(_name: str) -> None:
    """Return what NaN and Infinity stand for."""


def _parts(whole: Any, own: Settings) -> list[Any]:
    """Return the events of a body; the body itself where they are not where they should be."""
    parts = whole
    if isinstance(whole, dict):
        tool = recognise(whole)
        parts = evaluate("events", {**(tool.mapping if tool else {}), **own}, whole)
        if parts is whole and [] in (whole.get("alerts"), whole.get("events")):
            return [whole] if find_member(whole, "title") else []
        if not isinstance(parts, list):
            return [parts if isinstance(parts, dict) else whole]
        if not any(isinstance(part, dict) for part in parts):
            return [whole]
    if len(parts) > MOST_EVENTS:
        raise Unreadable(f"events: more than {MOST_EVENTS} in one delivery.")
    return list(parts)


class _Part:
    """The object of one event, with the mapping that reads it."""

    def __init__(self, said: dict[str, Any], own: Settings) -> None:
        tool = recognise(said)
        self.said = said
        self.mapping = {**(tool.mapping if tool else {}), **own}
        self.raises = tool.raises if tool and "state" not in own else frozenset[str]()

    def event(self, delivery: Delivery) -> NewEvent:
        title = self.title()
        host = self.text("host")
        text = self.text("text")
        named = title or _untitled(delivery.integration)
        state, severity = self.text("state").lower(), self.text("severity")
        acknowledges = state in self.words("acknowledge_words")
        firing = acknowledges or not self.is_over(state or severity.lower())
        return NewEvent(
            identity=self.identity(host, title) or _digest(self.said),
            firing=firing,
            severity=_severity(severity, state),
            title=named,
            text=("" if text == title else text) if title else _body(self.said),
            labels=self.labels() | ({"host": host[:LONGEST_LABEL]} if host else {}),
            raw=self.said,
            source_url=self.text("url"),
            occurred_at=self.moment() or delivery.received_at,
            acknowledges=acknowledges,
            remarks=bool(self.raises) and firing and not acknowledges and state not in self.raises,
        )

    def title(self) -> str:
        named = "" if "title" in self.mapping else find_title(self.said)
        return named or self.text("title") or find_member(self.said, "title")

    def text(self, member: str) -> str:
        """Return the text of a member; where no mapping names it, by its usual names too."""
        found = as_text(evaluate(member, self.mapping, self.said))
        return found if found or member in self.mapping else find_member(self.said, member)

    def words(self, name: str) -> frozenset[str]:
        return parse_words(name, self.mapping)

    def is_over(self, state: str) -> bool:
        if state in self.words("clear_words"):
            return True
        return "state" not in self.mapping and bool(tells_end(self.said))

    def identity(self, host: str, title: str) -> str:
        """Return what tells this trouble apart; a name of the host alone does not."""
        found = self.text("identity")
        if found and (found != host or "identity" in self.mapping):
            return found
        name = find_rule(self.said) or title
        return f"{host}!{name}" if host and name else name

    def moment(self) -> datetime | None:
        with suppress(ValueError):
            return parse_timestamp(self.text("time"))
        return None

    def labels(self) -> dict[str, str]:
        """Return the scalars of an object, or the pairs of a list; bounded."""
        labels: dict[str, str] = {}
        for name, value in _pairs(evaluate("labels", self.mapping, self.said)):
            if len(labels) >= MOST_LABELS:
                break
            if (text := as_text(value)) and name and len(name) <= LONGEST_LABEL:
                labels[name] = text[:LONGEST_LABEL]
        return labels


def _untitled(integration: str) -> str:
    return f"{integration}: event without a title" if integration else "Event without a title"


def _body(said: dict[str, Any]) -> str:
    return msgspec.json.encode(said).decode()[:LONGEST_BODY]


def _digest(said: dict[str, Any]) -> str:
    """Return an identity of the body itself: two that nobody understands are two."""
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:32]


def _severity(said: str, state: str) -> Severity:
    """Return the severity of a word, of the last known word of a phrase, or of the state."""
    for phrase in (said.lower(), state):
        if phrase in SEVERITIES:
            return SEVERITIES[phrase]
        for word in reversed(WORDS.findall(phrase)):
            if word in SEVERITIES:
                return SEVERITIES[word]
    return DEFAULT_SEVERITY


def _pairs(said: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict):
        yield from said.items()
    elif isinstance(said, str):
        yield from _pairs(said.split(","))
    elif isinstance(said, list):
        for one in said:
            if isinstance(one, str):
                name, equals, value = one.partition("=" if "=" in one else ":")
                yield name.strip(), value.strip() if equals else "true"
            elif isinstance(one, dict):
                yield as_text(one.get("name") or one.get("key")), one.get("value")
            elif isinstance(one, list) and len(one) == 2:
                yield as_text(one[0]), one[1]
