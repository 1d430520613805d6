"""Parser of Opsgenie's calls that raise and end alerts. Unknown members are ignored.

Source: Opsgenie's documentation of the Alert API, "Create alert", "Close alert".
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from opale.connectors.opsgenie.calls import Call
from opale.run.events.domain.deliveries import Delivery, NewEvent, Unreadable
from opale.run.events.ports.json_bodies import json_object, list_in, object_in, text_in
from opale.run.events.ports.severities import parse_severity
from opale.run.events.states import Severity

ALIAS_LENGTH: Final = 512
IDENTITY_LENGTH: Final = 255
DEFAULT_PRIORITY: Final = "P3"
PRIORITIES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "P1",
    Severity.MAJOR: "P2",
    Severity.MINOR: "P3",
    Severity.WARNING: "P4",
    Severity.INFO: "P5",
    Severity.CLEAR: "P5",
}
NAMES_THE_ITEM: Final = ("host", "hostname", "host_name", "item", "node", "device", "instance")


def parse_create(delivery: Delivery) -> NewEvent:
    """Return the event. Errors: Unreadable, naming the member at fault."""
    said = json_object(delivery.body)
    message, alias = text_in(said, "message"), said.get("alias")
    if not message:
        raise Unreadable("message: can not be empty")
    if alias is not None and not isinstance(alias, str):
        raise Unreadable("alias: must be a text")
    if alias and len(alias) > ALIAS_LENGTH:
        raise Unreadable(f"alias: must have at most {ALIAS_LENGTH} characters")
    source = text_in(said, "source")
    return NewEvent(
        identity=identity_of(alias or generate_alias(delivery.body)),
        firing=True,
        severity=parse_severity(text_in(said, "priority") or DEFAULT_PRIORITY),
        title=message,
        text=text_in(said, "description"),
        labels=_labels(said),
        source_url=source if source.startswith(("http://", "https://")) else "",
        occurred_at=delivery.received_at,
        raw=said,
    )


def parse_close(call: Call, delivery: Delivery) -> NewEvent:
    """Return the clear of a closing by alias. Errors: Unreadable."""
    said = json_object(delivery.body) if delivery.body.strip() else {}
    return NewEvent(
        identity=identity_of(call.identifier),
        firing=False,
        severity=Severity.CLEAR,
        title="",
        occurred_at=delivery.received_at,
        raw=said,
    )


def identity_of(alias: str) -> str:
    """Return the identity; an alias twice as long as one is told apart by its digest."""
    if len(alias) <= IDENTITY_LENGTH:
        return alias
    return f"{alias[: IDENTITY_LENGTH - 65]}#{sha256(alias.encode()).hexdigest()}"


def generate_alias(body: bytes) -> str:
    """Return a made-up alias, as Opsgenie does; equal words give the same: a repetition is one."""
    return sha256(body).hexdigest()[:32]


def labels_of_details(said: Mapping[str, Any]) -> dict[str, str]:
    details = object_in(said, "details")
    return {str(name): str(value) for name, value in details.items() if value not in (None, "")}


def tags_in(said: Mapping[str, Any]) -> list[str]:
    found = said.get("tags")
    tags = found.split(",") if isinstance(found, str) else list_in(said, "tags")
    return [tag.strip() for tag in tags if isinstance(tag, str) and tag.strip()]


def labels_of_tags(tags: list[str]) -> dict[str, str]:
    """Return all tags as one label, and those of the form name:value by their names."""
    named = dict(tag.partition(":")[::2] for tag in tags if 0 < tag.find(":") < len(tag) - 1)
    return named | ({"tags": ",".join(tags)} if tags else {})


def labels_beside_details(said: Mapping[str, Any], tags: list[str]) -> dict[str, str]:
    """Return the labels of an alert that are made of other members than its details."""
    return _labels({**said, "tags": tags, "details": None})


def _labels(said: Mapping[str, Any]) -> dict[str, str]:
    labels = labels_of_tags(tags_in(said)) | labels_of_details(said)
    entity, source = text_in(said, "entity"), text_in(said, "source")
    if entity:
        labels.setdefault("entity", entity)
        if not any(name in labels for name in NAMES_THE_ITEM):
            labels["host"] = entity
    if source and not source.startswith(("http://", "https://")):
        labels.setdefault("source", source)
    names = [
        text_in(one, "name") or text_in(one, "username")
        for one in list_in(said, "responders")
        if isinstance(one, dict)
    ]
    return labels | ({"responders": ", ".join(filter(None, names))} if any(names) else {})
