"""Parser of what is posted to `/alert`: Alerta's own checks, in Alerta's own words.

Source: alerta/models/alert.py of alerta-server 9.1.0.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from opale.connectors.alerta.vocabulary import ALERT_TIMEOUT, CLEARS, NORMAL, RANKS, SEVERITIES
from opale.run.events.domain.deliveries import NewEvent, Unreadable
from opale.run.events.ports.timestamps import timestamp_in

HEARTBEAT: Final = "Heartbeat"
"""Alerta takes an alert of this event for a heartbeat."""
LONGEST_TIMEOUT: Final = 10 * 366 * 86_400
ENDS: Final = frozenset({"closed", "expired"})

_decoder = msgspec.json.Decoder()


def parse_body(body: bytes) -> dict[str, Any]:
    """Return the body. Errors: Unreadable."""
    try:
        said = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(said, dict):
        raise Unreadable("The body is not a JSON object.")
    return said


def parse_event(body: bytes, received_at: datetime) -> NewEvent:
    """Return the event. Errors: Unreadable."""
    said = parse_body(body)
    _check(said)
    severity = severity_in(said)
    firing = severity not in CLEARS and said.get("status") not in ENDS
    about = AlertIdentity.of(said)
    family = [name for name in said.get("correlate") or () if name != about.event]
    return NewEvent(
        identity=about.identity(about.event),
        firing=firing,
        severity=SEVERITIES[severity],
        title=_title(about, said),
        text=text_in(said, "text"),
        labels=_labels(about, said),
        occurred_at=timestamp_in(said, "createTime") or received_at,
        lasts_until=_lasts_until(said, received_at) if firing else None,
        raw=said,
        family=tuple(about.identity(str(name)) for name in family),
    )


def severity_in(said: Mapping[str, Any]) -> str:
    """Return the severity. Errors: Unreadable."""
    severity = str(said.get("severity") or NORMAL)
    if severity not in RANKS:
        raise Unreadable(f"Severity ({severity}) is not one of {', '.join(RANKS)}")
    return severity


def text_in(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return "" if found is None else str(found)


class AlertIdentity(msgspec.Struct, frozen=True):
    """The identity by which two alerts of Alerta are the same one."""

    environment: str
    resource: str
    event: str
    customer: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "AlertIdentity":
        return cls(*(text_in(said, name) for name in cls.__struct_fields__))

    def identity(self, event: str) -> str:
        parts = [self.environment, self.resource, event]
        if self.customer:
            parts.append(self.customer)
        return "!".join(part.replace("\\", "\\\\").replace("!", "\\!") for part in parts)


def _check(said: Mapping[str, Any]) -> None:
    for name in ("resource", "event"):
        if not said.get(name):
            raise Unreadable(f'Missing mandatory value for "{name}"')
    for name in ("correlate", "service", "tags"):
        if not isinstance(said.get(name) or [], list):
            raise Unreadable(f"{name} must be a list")
    check_attributes(said)
    check_timeout(said)
    if said.get("customer") == "":
        raise Unreadable("customer must not be an empty string")


def check_attributes(said: Mapping[str, Any]) -> None:
    """Check the attributes. Errors: Unreadable."""
    attributes = said.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise Unreadable("attributes must be a JSON object")
    if any("." in name or "$" in name for name in attributes):
        raise Unreadable('Attribute keys must not contain "." or "$"')


def check_timeout(said: Mapping[str, Any]) -> None:
    """Check the timeout. Errors: Unreadable."""
    timeout = said.get("timeout")
    if timeout is None:
        return
    if not isinstance(timeout, int) or isinstance(timeout, bool):
        raise Unreadable("timeout must be an integer")
    if timeout < 0:
        raise Unreadable(f"Invalid negative 'timeout' value ({timeout})")


def _lasts_until(said: Mapping[str, Any], received_at: datetime) -> datetime | None:
    """Return when Alerta ends an alert that is not repeated: a timeout of 0 never ends it."""
    timeout = said.get("timeout")
    seconds = ALERT_TIMEOUT if timeout is None else min(timeout, LONGEST_TIMEOUT)
    return received_at + timedelta(seconds=seconds) if seconds else None


def _title(about: AlertIdentity, said: Mapping[str, Any]) -> str:
    value = text_in(said, "value")
    return f"{about.resource}: {about.event}{f' {value}' if value else ''}"


def _labels(about: AlertIdentity, said: Mapping[str, Any]) -> dict[str, str]:
    """Return the short members that name it; a tag `name=value` or `name:value` is one, too."""
    labels = {
        "resource": about.resource,
        "event": about.event,
        "environment": about.environment,
        "service": ", ".join(map(str, said.get("service") or ())),
        "group": text_in(said, "group") or "Misc",
        "origin": text_in(said, "origin"),
        "tags": ", ".join(map(str, said.get("tags") or ())),
        "customer": about.customer,
    }
    tagged = dict(_tagged(said.get("tags") or ()))
    return {name: text for name, text in {**tagged, **labels}.items() if text}


def _tagged(tags: Sequence[Any]) -> list[tuple[str, str]]:
    found = []
    for tag in tags:
        name, sign, value = str(tag).partition("=")
        if not sign:
            name, sign, value = str(tag).partition(":")
        if sign and name and value:
            found.append((name, value))
    return found
