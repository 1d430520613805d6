"""Parser of PagerDuty's change events: they tell of something done, and open nothing.

Source: PagerDuty's documentation of the Events API v2, "Send a change event".
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from opale.connectors.pagerduty.events import labels_of, parse_body, without_key
from opale.run.events.domain.deliveries import Delivery, NewChange, Unreadable
from opale.run.events.ports.json_bodies import list_in, object_in, text_in
from opale.run.events.ports.timestamps import parse_timestamp


def parse_change(delivery: Delivery) -> NewChange:
    """Return the change; an unreadable time is that of the receipt. Errors: Unreadable."""
    said = parse_body(delivery)
    payload = object_in(said, "payload")
    summary = text_in(payload, "summary")
    if not summary:
        raise Unreadable("'payload.summary' is missing or blank")
    return NewChange(
        summary=summary,
        at=_moment(payload) or delivery.received_at,
        raw=without_key(said),
        source=text_in(payload, "source"),
        labels=labels_of(payload, said, payload.get("custom_details")),
        links=tuple(_links(said)),
    )


def _moment(payload: Mapping[str, Any]) -> datetime | None:
    # PagerDuty's own client ends a time with its zone and a Z.
    text = text_in(payload, "timestamp").replace("+00:00Z", "Z")
    try:
        return parse_timestamp(text)
    except ValueError:
        return None


def _links(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for link in list_in(said, "links"):
        if isinstance(link, dict) and (href := text_in(link, "href")):
            yield href, text_in(link, "text")
