"""Present alerts of the demo company's monitoring, and the deliveries behind each."""

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import connection

from opale.demo.estate import Estate
from opale.infrastructure.models import ConfigurationItem
from opale.run.events.actions.change_notices import record_change_notice
from opale.run.events.actions.retention import create_partitions
from opale.run.events.domain.deliveries import NewChange
from opale.run.events.models import Alert, Integration
from opale.run.events.states import AlertState, Severity

K = ConfigurationItem.Kind
# name, kind of item, severity, sentence
STANDING = (
    ("FilesystemAlmostFull", K.HOST, Severity.WARNING, "/var is 91 % full"),
    ("HighMemoryPressure", K.HOST, Severity.WARNING, "Memory pressure above 30 % for 20 minutes"),
    ("OpticalPowerLow", K.ROUTER, Severity.MINOR, "Receive power -17.8 dBm on et-0/0/3"),
    ("BgpPrefixesDropped", K.ROUTER, Severity.MAJOR, "Prefixes received fell by 40 % in 5 minutes"),
    ("RackTemperatureHigh", K.RACK, Severity.MINOR, "Inlet at 29.4 °C for 15 minutes"),
    ("CoolingUnitOnStandby", K.COOLING, Severity.WARNING, "Unit stopped, the other one carries it"),
    ("CertificateExpiresSoon", K.CORE_SYSTEM, Severity.INFO, "Certificate expires in 12 days"),
    ("SwitchPortFlapping", K.SWITCH, Severity.WARNING, "ge-0/0/14 changed state 9 times"),
)

# alert, what was done, by which tool, how long before
CHANGES = (
    ("FilesystemAlmostFull", "Log level of the backup agent raised to debug", "ansible", 55),
    ("HighMemoryPressure", "Hypervisor updated to 8.0.3", "patching", 130),
    ("BgpPrefixesDropped", "Prefix filter towards transit replaced", "network-ci", 6),
    ("SwitchPortFlapping", "Optic of ge-0/0/14 replaced", "field-service", 25),
)


def raise_alerts(rng: Random, estate: Estate, integration_id: int, now: datetime) -> None:
    """Write one alert of each kind on shared equipment, active for some minutes or hours."""
    Alert.objects.bulk_create(
        _alert(rng, rng.choice(items), name, severity, text, integration_id, now)
        for name, kind, severity, text in STANDING
        for items in ([i for i in estate.items if i.kind == kind and i.customer is None],)
    )


def record_changes() -> None:
    """Write the change notices of a pipeline and of field staff for some of that equipment."""
    source = Integration.objects.get(format="pagerduty")
    for name, summary, tool, minutes in CHANGES:
        alert = Alert.objects.filter(labels__alertname=name, state=AlertState.OPEN).first()
        if alert is None or alert.item is None:
            continue
        at = alert.started_at - timedelta(minutes=minutes)
        details = {"host": alert.item.name}
        change = NewChange(
            summary, at, {"payload": {"summary": summary, "custom_details": details}}, tool, details
        )
        record_change_notice(change, integration_id=source.pk, received_at=at)


def _alert(
    rng: Random,
    item: ConfigurationItem,
    name: str,
    severity: Severity,
    text: str,
    integration_id: int,
    now: datetime,
) -> Alert:
    since = now - timedelta(minutes=rng.randint(4, 300))
    seen = max(since, now - timedelta(minutes=rng.randint(0, 4)))
    labels = {
        "alertname": name,
        "instance": item.name,
        "severity": severity.name.lower(),
        "job": "node" if item.kind == K.HOST else "snmp",
    }
    identity = f"{rng.getrandbits(64):016x}"
    title = f"{name} {item.name}"
    return Alert(
        integration_id=integration_id, identity=identity, state=AlertState.OPEN,
        severity=severity, title=title, text=text, labels=labels,
        raw={"status": "firing", "labels": labels, "annotations": {"summary": text},
             "startsAt": since.isoformat(), "fingerprint": identity},
        item=item, started_at=since, first_received_at=since, last_received_at=seen,
        source_at=since, count=1 + int((seen - since) / timedelta(minutes=4)),
    )  # fmt: skip


# As many deliveries as the alert counts, evenly over its life; the last one reports its end. Only
# days that the product still keeps.
DELIVERIES = """
    INSERT INTO events_event
        (received_at, integration_id, identity, firing, severity, occurred_at, raw)
    SELECT told_at, integration_id, identity, firing, severity,
        CASE WHEN firing THEN started_at ELSE told_at END,
        raw::jsonb
            || jsonb_build_object('status', CASE WHEN firing THEN 'firing' ELSE 'resolved' END)
    FROM (
        SELECT a.*, a.cleared_at IS NULL OR n < a.count - 1 AS firing,
            a.first_received_at + CASE WHEN a.count = 1 THEN interval '0'
                ELSE (a.last_received_at - a.first_received_at) * n / (a.count - 1) END
                AS told_at
        FROM events_alert a, generate_series(0, a.count - 1) AS n
        WHERE a.integration_id = %(integration)s
    ) AS delivered
    WHERE told_at >= %(since)s
    ORDER BY 1
"""
# The state changes of an alert, with their actors. The alert of a cancelled ticket clears and
# closes at one moment, so the step decides which is written first.
MOVES = """
    INSERT INTO kernel_statemove
        (subject, subject_id, move, source, target, actor, actor_name, at, recorded_at)
    SELECT 'events.alert', a.id, moved.move, moved.source, moved.target,
        CASE moved.move WHEN 'clear' THEN %(tool)s ELSE 'user:' || p.user_id END,
        CASE moved.move WHEN 'clear' THEN %(name)s ELSE p.name END, moved.at, moved.at
    FROM events_alert a
    JOIN desk_ticketalert l ON l.alert_id = a.id
    JOIN desk_ticket t ON t.id = l.ticket_id
    JOIN organisation_person p ON p.id = t.owner_id
    CROSS JOIN LATERAL (VALUES
        (1, 'acknowledge', 'open', 'acknowledged', t.acknowledged_at),
        (2, 'clear', CASE WHEN t.acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END,
            'cleared', a.cleared_at),
        (3, 'close', 'cleared', 'closed', a.closed_at)
    ) AS moved (step, move, source, target, at)
    WHERE a.integration_id = %(integration)s AND moved.at IS NOT NULL
    ORDER BY moved.at, moved.step
"""


def write_deliveries(integration_id: int, name: str, now: datetime) -> None:
    """Write the events behind every alert, and the state changes of the tickets' alerts."""
    since = now - timedelta(days=settings.EVENTS_KEPT_DAYS - 1)
    told: dict[str, int | str | datetime] = {
        "integration": integration_id, "since": since, "name": name,
        "tool": "connector:alertmanager",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(first_received_at) FROM events_alert WHERE integration_id = %s",
            [integration_id],
        )
        (first,) = cursor.fetchone()
        day = max(first or now, since).date()
        create_partitions(day, (now.date() - day).days + 1)
        cursor.execute(DELIVERIES, told)
        cursor.execute(MOVES, told)
