"""Alerta's words: severities, statuses, and the configuration that its clients ask for first."""

from collections.abc import Mapping
from typing import Any, Final

from opale.run.events.states import AlertState, Severity

RANKS: Final[Mapping[str, int]] = {
    "security": 0,
    "critical": 1,
    "major": 2,
    "minor": 3,
    "warning": 4,
    "indeterminate": 5,
    "informational": 6,
    "normal": 7,
    "ok": 7,
    "cleared": 7,
    "debug": 8,
    "trace": 9,
    "unknown": 10,
}
NORMAL: Final = "normal"
CLEARS: Final = frozenset({"normal", "ok", "cleared"})
BEFORE_ANY: Final = "indeterminate"
"""Alerta's severity before the first one."""
SEVERITIES: Final[Mapping[str, Severity]] = {
    "security": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "major": Severity.MAJOR,
    "minor": Severity.MINOR,
    "warning": Severity.WARNING,
    "indeterminate": Severity.WARNING,
    "informational": Severity.INFO,
    "debug": Severity.INFO,
    "trace": Severity.INFO,
    "unknown": Severity.WARNING,
    **dict.fromkeys(CLEARS, Severity.CLEAR),
}
STATUSES: Final = ("open", "assign", "ack", "shelved", "blackout", "closed", "expired", "unknown")
OVER: Final = (AlertState.CLEARED, AlertState.CLOSED)

ALERT_TIMEOUT: Final = 86_400
HEARTBEAT_TIMEOUT: Final = 86_400
SHELVE_TIMEOUT: Final = 7_200
BLACKOUT_SECONDS: Final = 3_600
MAX_LATENCY_MS: Final = 2_000
CLOSED_SHOWN_SECONDS: Final = 7_200
"""Alerta deletes alerts two hours after their closing: its lists show them no longer."""


def trend(previous: str, current: str) -> str:
    before, after = RANKS.get(previous, 0), RANKS.get(current, 0)
    if before == after:
        return "noChange"
    return "moreSevere" if before > after else "lessSevere"


def configuration(endpoint: str) -> dict[str, Any]:
    """Return the configuration that Alerta's clients ask for before they have a key."""
    severity = dict(RANKS)
    colors = {
        "severity": {
            "security": "blue",
            "critical": "red",
            "major": "orange",
            "minor": "yellow",
            "warning": "dodgerblue",
            "indeterminate": "lightblue",
            "informational": "#00CC00",
            **dict.fromkeys(sorted(CLEARS), "#00CC00"),
            "debug": "#9D006D",
            "trace": "#7554BF",
            "unknown": "silver",
        },
        "status": {"ack": "skyblue", "shelved": "skyblue"},
        "text": "black",
    }
    return {
        "debug": False,
        "endpoint": endpoint,
        "alarm_model": {
            "name": "Alerta 9.1.0",
            "severity": severity,
            "colors": colors,
            "status": dict(zip(STATUSES, "ABCDEFGH", strict=True)),
            "defaults": {
                "status": "open",
                "normal_severity": NORMAL,
                "previous_severity": BEFORE_ANY,
            },
        },
        "auth_required": True,
        "allow_readonly": False,
        "provider": "basic",
        "customer_views": False,
        "signup_enabled": False,
        "severity": severity,
        "colors": colors,
        "timeouts": {
            "alert": ALERT_TIMEOUT,
            "heartbeat": HEARTBEAT_TIMEOUT,
            "ack": 0,
            "shelve": SHELVE_TIMEOUT,
        },
        "blackouts": {"duration": BLACKOUT_SECONDS},
        "dates": {
            "shortTime": "HH:mm",
            "mediumDate": "ddd D MMM HH:mm",
            "longDate": "ddd D MMM, YYYY HH:mm:ss.SSS Z",
        },
        "columns": [
            *("severity", "status", "lastReceiveTime", "timeoutLeft", "duplicateCount"),
            *("customer", "environment", "service", "resource", "event", "value", "text"),
        ],
        "sort_by": ["severity", "lastReceiveTime"],
        "filter": {"status": ["open", "ack"]},
        "actions": [],
        "refresh_interval": 5_000,
        "environments": [],
    }
