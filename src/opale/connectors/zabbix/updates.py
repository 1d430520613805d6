"""Updates of a problem in Zabbix, applied to its alert."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from opale.connectors.zabbix.messages import parse_severity_field
from opale.kernel.actor import Actor
from opale.run.events.actions import alerts, assignments, corrections
from opale.run.events.models import Alert
from opale.run.events.ports.json_bodies import text_in
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.states import AlertState

SEVERITY_WORDS: Final = re.compile(r"changed severity from .* to [^,]*?(?=,| and |$)")
"""People may rename severities."""
LONGEST_ACTION: Final = 1_000


def apply_update(alert: Alert, said: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Apply an update; a state that the alert is in already stays, as updates may be doubled."""
    done = _words(text_in(said, "event_update_action"))
    rows = alert_queries.alert_queryset(alert.pk, seen_by=by)
    severity = parse_severity_field(said, "event_update_nseverity") or parse_severity_field(
        said, "event_nseverity"
    )
    if severity is not None and severity != alert.severity and alert.state != AlertState.CLOSED:
        corrections.amend_alert(alert, severity=severity, by=by, at=at)
    if "acknowledged" in done and alert.state == AlertState.OPEN:
        alerts.acknowledge_alerts(rows, by=by, at=at)
    if "unacknowledged" in done and alert.state == AlertState.ACKNOWLEDGED:
        alerts.unacknowledge_alerts(rows, by=by, at=at)
    if "closed" in done and alert.state != AlertState.CLOSED:
        alerts.close_alerts(rows, by=by, at=at)
    message, user = text_in(said, "event_update_message"), text_in(said, "user_fullname")
    if message:
        assignments.add_alert_note(alert, f"{user}: {message}" if user else message, by=by, at=at)


def _words(action: str) -> set[str]:
    """Return the parts of `acknowledged, commented and closed`."""
    return set(re.findall(r"\w+", SEVERITY_WORDS.sub("", action[:LONGEST_ACTION])))
