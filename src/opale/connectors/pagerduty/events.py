"""Parser of the bodies of PagerDuty's Events API. Unknown members are ignored.

Source: PagerDuty's documentation of the Events API v2, "Send an alert event", and of its version 1.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from opale.run.events.domain.deliveries import Delivery, NewEvent, Unreadable
from opale.run.events.ports.json_bodies import (
    json_object,
    labels_in,
    list_in,
    long_texts_in,
    object_in,
    text_in,
)
from opale.run.events.ports.severities import parse_severity
from opale.run.events.states import Severity

ACTIONS: Final = ("trigger", "acknowledge", "resolve")
KEY_LENGTH: Final = 255
MAX_BODY_BYTES: Final = 512 * 1024
SOURCE_FIELDS: Final = ("source", "component", "group", "class")
NAMES_THE_ITEM: Final = ("host", "hostname", "host_name", "item", "node", "device", "instance")
LEGACY_SEVERITY: Final = Severity.CRITICAL
"""Version 1 has no severity, and PagerDuty itself takes its events for critical."""


def parse_body(delivery: Delivery) -> dict[str, Any]:
    """Return the body. Errors: Unreadable."""
    if len(delivery.body) > MAX_BODY_BYTES:
        raise Unreadable("The body is larger than 512 KB.")
    return json_object(delivery.body)


def parse_event(delivery: Delivery) -> NewEvent:
    """Return an event of version 2. Errors: Unreadable, naming every member at fault."""
    said = parse_body(delivery)
    action, given = said.get("event_action"), said.get("dedup_key")
    payload = object_in(said, "payload")
    if faults := [*_key_faults(action, given), *_payload_faults(action, payload)]:
        raise Unreadable("; ".join(faults))
    summary, details = text_in(payload, "summary"), payload.get("custom_details")
    return NewEvent(
        identity=given or _made_key(delivery.body),
        firing=action != "resolve",
        acknowledges=action == "acknowledge",
        severity=parse_severity(text_in(payload, "severity")),
        title=summary,
        text=_text(summary, details),
        labels=labels_of(payload, said, details),
        source_url=_link(said),
        occurred_at=delivery.received_at,
        raw=without_key(said),
    )


def parse_legacy_event(delivery: Delivery) -> NewEvent:
    """Return an event of version 1. Errors: Unreadable, naming every member at fault."""
    said = parse_body(delivery)
    action, given = said.get("event_type"), said.get("incident_key")
    faults = [*_key_faults(action, given, names=("event_type", "incident_key"))]
    summary, details = text_in(said, "description"), said.get("details")
    if action == "trigger" and not summary:
        faults.append("'description' is missing or blank")
    if faults:
        raise Unreadable("; ".join(faults))
    return NewEvent(
        identity=given or _made_key(delivery.body),
        firing=action != "resolve",
        acknowledges=action == "acknowledge",
        severity=LEGACY_SEVERITY,
        title=summary,
        text=_text(summary, details),
        labels=labels_of({}, said, details),
        source_url=_link(said),
        occurred_at=delivery.received_at,
        raw=without_key(said),
    )


def _key_faults(
    action: Any, given: Any, names: tuple[str, str] = ("event_action", "dedup_key")
) -> list[str]:
    faults = []
    if action not in ACTIONS:
        faults.append(f"'{names[0]}' is invalid (must be one of: {', '.join(ACTIONS)})")
    if given is not None and not isinstance(given, str):
        faults.append(f"'{names[1]}' is invalid (must be a string)")
    elif given and len(given) > KEY_LENGTH:
        faults.append(f"Length of '{names[1]}' is incorrect (should be at most {KEY_LENGTH})")
    elif not given and action in ACTIONS[1:]:
        faults.append(f"'{names[1]}' is missing or blank")
    return faults


def _payload_faults(action: Any, payload: Mapping[str, Any]) -> list[str]:
    if action != "trigger":
        return []
    needed = ("summary", "source", "severity")
    return [
        f"'payload.{name}' is missing or blank" for name in needed if not text_in(payload, name)
    ]


def _made_key(body: bytes) -> str:
    """Return a made-up key, as PagerDuty does; equal words give the same: a repetition is one."""
    return sha256(body).hexdigest()[:32]


def _text(summary: str, details: Any) -> str:
    """Return what does not fit into a title or a label."""
    whole = [summary] if len(summary) > KEY_LENGTH else []
    return "\n\n".join(whole + long_texts_in(details))


def labels_of(payload: Mapping[str, Any], said: Mapping[str, Any], details: Any) -> dict[str, str]:
    """Return the details and the places of the payload as labels.

    Its source names the item, where no detail does. Zabbix writes a source as `name : address`.
    """
    labels = labels_in(details) | labels_in({name: payload.get(name) for name in SOURCE_FIELDS})
    labels |= labels_in({"client_name": said.get("client")})
    source = labels.get("source", "")
    if source and not any(name in labels for name in NAMES_THE_ITEM):
        labels["host"] = source.partition(" : ")[0]
    return labels


def _link(said: Mapping[str, Any]) -> str:
    for link in [*list_in(said, "links"), *list_in(said, "contexts")]:
        if isinstance(link, dict) and text_in(link, "href"):
            return text_in(link, "href")
    return text_in(said, "client_url")


def without_key(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event without its key, which readers of an alert must not see."""
    return {
        name: value for name, value in said.items() if name not in ("routing_key", "service_key")
    }
