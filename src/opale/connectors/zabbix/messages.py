"""Parser of what the media type posts: macros of Zabbix, each under the name of its parameter.

Source: Zabbix 7.0, "Supported macros", and the media type in this folder.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from opale.run.events.domain.deliveries import Delivery, NewEvent, Unreadable
from opale.run.events.ports.json_bodies import json_object, text_in
from opale.run.events.ports.severities import parse_severity
from opale.run.events.states import Severity

SEVERITIES: Final = ("information", "information", "warning", "average", "high", "disaster")
"""Zabbix's words by their numbers, the first being "not classified"."""
REMARK_TYPES: Final = ("1", "2")
"""Discovery and autoregistration: something was found, nothing is wrong."""
WITHOUT_RECOVERY: Final = ("0", "3", "4")
ZONE_STEP: Final = timedelta(minutes=15)
TIME_FORMAT: Final = "%Y.%m.%d %H:%M:%S"


def parse_body(delivery: Delivery) -> dict[str, Any]:
    """Return the body. Errors: Unreadable."""
    said = json_object(delivery.body)
    number = text_in(said, "event_id")
    if not (number.isascii() and number.isdigit()):
        raise Unreadable("event_id: the number of an event is expected.")
    return said


def is_update(said: Mapping[str, Any]) -> bool:
    return text_in(said, "event_update_status") == "1"


def parse_event(said: Mapping[str, Any], received_at: datetime) -> NewEvent:
    """Return the event of a problem or its recovery. Errors: Unreadable."""
    source, value = text_in(said, "event_source") or "0", text_in(said, "event_value")
    remarks = source in REMARK_TYPES
    if not remarks and source not in WITHOUT_RECOVERY:
        raise Unreadable("event_source: 0 to 4 is expected.")
    if not remarks and value not in ("0", "1"):
        raise Unreadable("event_value: 0 or 1 is expected.")
    over = value == "0" and not remarks
    dated = ("event_recovery_date", "event_recovery_time") if over else ("event_date", "event_time")
    return NewEvent(
        identity=text_in(said, "event_id"),
        firing=not over,
        remarks=remarks,
        severity=parse_severity_field(said, "event_nseverity") or Severity.INFO,
        title=text_in(said, "event_name") or text_in(said, "alert_subject"),
        text=text_in(said, "alert_message"),
        labels=labels_of(said),
        source_url=problem_url(said),
        occurred_at=parse_time(said, *dated, received_at) or received_at,
        raw=said,
    )


def parse_severity_field(said: Mapping[str, Any], name: str) -> Severity | None:
    number = text_in(said, name)
    return parse_severity(SEVERITIES[int(number)]) if number in list("012345") else None


def labels_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags, and what names the host; its address is looked for last."""
    labels: dict[str, str] = {}
    for name, value in tags_in(said):
        labels[name] = f"{labels[name]}, {value}" if labels.get(name) else value
    own = {
        "host": text_in(said, "host_host"),
        "host_name": text_in(said, "host_name"),
        "instance": text_in(said, "host_ip"),
        "trigger": text_in(said, "trigger_id"),
        "operational_data": text_in(said, "event_opdata"),
        "zabbix_service": text_in(said, "service_name"),
        "zabbix_severity": text_in(said, "event_severity"),
    }
    # A tag is deliberate and wins over a field; a host is the host.
    return {**{name: text for name, text in own.items() if text}, **labels}


def tags_in(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the tags without those that others wrote back; none if it is no list of tags."""
    try:
        tags = msgspec.json.decode(text_in(said, "event_tags") or "[]")
    except (msgspec.DecodeError, RecursionError):
        return []
    return [
        (tag["tag"], tag.get("value") or "")
        for tag in (tags if isinstance(tags, list) else [])
        if isinstance(tag, dict)
        and isinstance(tag.get("tag"), str)
        and isinstance(tag.get("value", ""), str)
        and not tag["tag"].startswith("__zbx_")
    ]


def problem_url(said: Mapping[str, Any]) -> str:
    base, trigger = text_in(said, "zabbix_url").rstrip("/"), text_in(said, "trigger_id")
    if base and trigger:
        event = text_in(said, "event_id")
        return f"{base}/tr_events.php?triggerid={trigger}&eventid={event}"
    return base or text_in(said, "trigger_url")


def parse_time(
    said: Mapping[str, Any], date: str, time: str, received_at: datetime
) -> datetime | None:
    """Return a zoneless time with its zone, derived from Zabbix's present time beside it."""
    then, present = _naive(said, date, time), _naive(said, "date", "time")
    if then is None or present is None:
        return None
    zone = round((present - received_at) / ZONE_STEP) * ZONE_STEP
    return min(then - zone, received_at)


def _naive(said: Mapping[str, Any], date: str, time: str) -> datetime | None:
    """Return the time as if it were of UTC."""
    try:
        written = f"{text_in(said, date)} {text_in(said, time)}"
        return datetime.strptime(written, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
