"""The connector for any JSON, read by the integration's mapping."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from opale.connectors.generic.mapping import SETTINGS, evaluate, find_faults, parse_words
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvent,
    NewEvents,
    Tool,
    Unreadable,
    UnreadablePart,
)
from opale.run.events.ports.severities import parse_severity
from opale.run.events.ports.timestamps import parse_timestamp

MOST_EVENTS: Final = 10_000
MOST_LABELS: Final = 100
LONGEST_LABEL: Final = 1_000

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
        events: list[NewEvent] = []
        refused: list[UnreadablePart] = []
        for part in _parts(_whole(delivery.body), delivery.settings):
            try:
                events.append(_event(part, delivery))
            except Unreadable as error:
                refused.append(UnreadablePart(error.reason, msgspec.json.encode(part)))
        return NewEvents(tuple(events), tuple(refused))

    def example(self, url: str, key: str) -> str:
        return EXAMPLE.format(url=url)


def _whole(body: bytes) -> Any:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(f"The body is not JSON: {error}") from None


def _parts(whole: Any, settings: Settings) -> list[Any]:
    parts = whole if isinstance(whole, list) else evaluate("events", settings, whole)
    if parts is None:
        raise Unreadable("events: nothing stands where the events are said to be.")
    listed = parts if isinstance(parts, list) else [parts]
    if len(listed) > MOST_EVENTS:
        raise Unreadable(f"events: more than {MOST_EVENTS} in one delivery.")
    return listed


def _event(part: Any, delivery: Delivery) -> NewEvent:
    if not isinstance(part, dict):
        raise Unreadable("events: each one is an object.")
    settings = delivery.settings
    title = _text("title", settings, part)
    if not title:
        raise Unreadable("title: nothing stands where the title is said to be.")
    host = _text("host", settings, part)
    severity = _text("severity", settings, part)
    state = (_text("state", settings, part) or severity).lower()
    acknowledges = state in parse_words("acknowledge_words", settings)
    return NewEvent(
        identity=_text("identity", settings, part) or (f"{host}!{title}" if host else title),
        firing=acknowledges or state not in parse_words("clear_words", settings),
        severity=parse_severity(severity),
        title=title,
        text=_text("text", settings, part),
        labels=_labels(part, settings) | ({"host": host[:LONGEST_LABEL]} if host else {}),
        raw=part,
        source_url=_text("url", settings, part),
        occurred_at=_moment(part, settings) or delivery.received_at,
        acknowledges=acknowledges,
    )


def _text(name: str, settings: Settings, part: Any) -> str:
    return _said(evaluate(name, settings, part)).strip()


def _said(value: Any) -> str:
    """Return a scalar as a text; "" for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def _moment(part: Any, settings: Settings) -> Any:
    said = evaluate("time", settings, part)
    if isinstance(said, bool) or not isinstance(said, (str, int, float)):
        return None
    try:
        return parse_timestamp(said)
    except ValueError:
        raise Unreadable("time: there is no such time.") from None


def _labels(part: Any, settings: Settings) -> dict[str, str]:
    """Return the scalars of an object, or the pairs of a list; bounded."""
    labels: dict[str, str] = {}
    for name, value in _pairs(evaluate("labels", settings, part)):
        if len(labels) >= MOST_LABELS:
            break
        if (said := _said(value)) and len(name) <= LONGEST_LABEL:
            labels[name] = said[:LONGEST_LABEL]
    return labels


def _pairs(said: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict):
        yield from said.items()
    elif isinstance(said, list):
        for one in said:
            if isinstance(one, str):
                name, equals, value = one.partition("=" if "=" in one else ":")
                yield name.strip(), value.strip() if equals else "true"
