"""Active alerts, in the form of Alertmanager's API."""

from collections import defaultdict
from typing import Any, Final

from opale import __version__
from opale.conditions.patterns import InvalidPattern, compile_pattern
from opale.connectors.alertmanager.calls import ApiError, Call, format_time, json_reply, matches
from opale.connectors.alertmanager.posted_alerts import RESOLVE_TIMEOUT
from opale.run.events.domain.deliveries import Reply
from opale.run.events.queries.active_alerts import ActiveAlert, active_alerts_of_integration

RECEIVER: Final = {"name": "opale"}
CONFIG: Final = "route:\n  receiver: opale\nreceivers:\n- name: opale\n"
GROUPED_BY: Final = "alertname"


def list_alerts(call: Call) -> Reply:
    return json_reply(_found(call))


def list_groups(call: Call) -> Reply:
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for alert in _found(call):
        by_name[alert["labels"].get(GROUPED_BY, "")].append(alert)
    return json_reply(
        [
            {
                "labels": {GROUPED_BY: name} if name else {},
                "receiver": RECEIVER,
                "alerts": found,
            }
            for name, found in sorted(by_name.items())
        ]
    )


def list_receivers(call: Call) -> Reply:
    return json_reply([RECEIVER])


def get_status(call: Call) -> Reply:
    version = dict.fromkeys(("branch", "buildDate", "buildUser", "goVersion", "revision"), "")
    return json_reply(
        {
            "cluster": {"peers": [], "status": "disabled"},
            "config": {"original": CONFIG},
            "uptime": format_time(call.at),
            "versionInfo": version | {"version": f"0.28.1+opale.{__version__}"},
        }
    )


def _found(call: Call) -> list[dict[str, Any]]:
    """Return the alerts of a call. Errors: ApiError."""
    matchers, receiver = call.matchers(), call.query.get("receiver", [""])[-1]
    if receiver and not _receives(receiver):
        return []
    active, silenced = call.wants("active"), call.wants("silenced")
    found = [
        one
        for one in active_alerts_of_integration(call.integration_id, at=call.at)
        if (silenced if one.silenced_by else active) and matches(matchers, one.labels)
    ]
    return [_said(one) for one in sorted(found, key=lambda one: one.identity)]


def _receives(pattern: str) -> bool:
    try:
        return compile_pattern(pattern).fullmatch(RECEIVER["name"]) is not None
    except InvalidPattern as error:
        raise ApiError(f"failed to parse receiver param: {error}", 400) from None


def _said(alert: ActiveAlert) -> dict[str, Any]:
    ends_at = alert.lasts_until or alert.last_received_at + RESOLVE_TIMEOUT
    return {
        "annotations": alert.raw.get("annotations") or {},
        "endsAt": format_time(ends_at),
        "fingerprint": alert.identity,
        "receivers": [RECEIVER],
        "startsAt": format_time(alert.started_at),
        "status": {
            "inhibitedBy": [],
            "mutedBy": [],
            "silencedBy": sorted(str(one) for one in alert.silenced_by),
            "state": "suppressed" if alert.silenced_by else "active",
        },
        "updatedAt": format_time(alert.last_received_at),
        "generatorURL": alert.source_url,
        "labels": alert.labels,
    }
