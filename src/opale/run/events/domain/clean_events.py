"""Events as the database can hold them: bounded, without what PostgreSQL refuses."""

from datetime import datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from opale.run.events.domain.deliveries import NewEvent

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
"""A source whose clock is further ahead is not trusted: its next events would all look late."""
IDENTITY_LENGTH: Final = 255
TITLE_LENGTH: Final = 300
URL_LENGTH: Final = 2_000
TEXT_LENGTH: Final = 20_000
NUL: Final = "\\u0000"
"""The escape in JSON; a text that contains these six letters themselves is left alone."""

BOUNDED: Final = (
    "identity",
    "title",
    "text",
    "source_url",
    "occurred_at",
    "started_at",
    "said_after",
)

_bounded_of = attrgetter(*BOUNDED)
_encoder = msgspec.json.Encoder()


class CleanEvent(msgspec.Struct, frozen=True, gc=False):
    """An event ready to be stored; `whole_json` is the raw event with its delivery's context."""

    event: NewEvent
    raw_json: str
    whole_json: str


def clean_event(event: NewEvent, received_at: datetime, context_json: str) -> CleanEvent:
    """Return the event, cleaned; `context_json` is its context, which most of a delivery share."""
    raw_json = to_json(event.raw)
    said = (event.identity, event.title, event.text, event.source_url, *event.labels.values())
    if NUL in raw_json or NUL in context_json or "\x00" in "".join(said):
        event = _without_nul(event)
        raw_json, context_json = to_json(event.raw), to_json(event.context)
    whole_json = f'{{"event":{raw_json},"delivery":{context_json}}}'
    return CleanEvent(_bounded(event, received_at), raw_json, whole_json)


def to_json(value: Any) -> str:
    return _encoder.encode(value).decode()


def _without_nul(event: NewEvent) -> NewEvent:
    return replace(
        event,
        identity=without_nul(event.identity),
        title=without_nul(event.title),
        text=without_nul(event.text),
        labels=without_nul(event.labels),
        raw=without_nul(event.raw),
        context=without_nul(event.context),
        source_url=without_nul(event.source_url),
    )


def _bounded(event: NewEvent, received_at: datetime) -> NewEvent:
    latest = received_at + MAX_CLOCK_SKEW
    occurred_at = event.occurred_at if event.occurred_at <= latest else received_at
    started_at, said_after = event.started_at, event.said_after
    bounded = (
        bounded_identity(event.identity),
        truncated(event.title, TITLE_LENGTH) or event.identity[:TITLE_LENGTH],
        truncated(event.text, TEXT_LENGTH),
        safe_url(event.source_url),
        occurred_at,
        min(started_at, occurred_at) if started_at and event.firing else started_at,
        said_after if said_after and said_after <= latest else None,
    )
    # A copy takes ten times as long as finding that most events need none.
    if bounded == _bounded_of(event):
        return event
    return replace(event, **dict(zip(BOUNDED, bounded, strict=True)))


def bounded_identity(text: str) -> str:
    """Return the identity; a long one is cut and told apart by its digest."""
    if len(text) <= IDENTITY_LENGTH:
        return text
    return f"{text[: IDENTITY_LENGTH - 65]}#{sha256(text.encode()).hexdigest()}"


def truncated(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def safe_url(text: str) -> str:
    """Return the address if it is safe behind a link, else ""."""
    safe = text.startswith(("http://", "https://")) and len(text) <= URL_LENGTH
    return text if safe else ""


def clean_text(text: str) -> str:
    """Return the text with what PostgreSQL's texts cannot hold replaced."""
    return text.replace("\x00", "\ufffd")


def without_nul(value: Any) -> Any:
    """Return the JSON value with U+0000, which PostgreSQL's texts cannot hold, replaced."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd") if "\x00" in value else value
    if isinstance(value, dict):
        return {without_nul(k): without_nul(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nul(v) for v in value]
    return value
