"""What the monitoring says right now: a few alerts that nobody has looked at yet."""

from datetime import datetime, timedelta
from random import Random

from opale.demo.estate import Estate
from opale.infrastructure.models import ConfigurationItem
from opale.run.events.models import Alert
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


def raise_alerts(rng: Random, estate: Estate, integration_id: int, now: datetime) -> None:
    """One alert of each sort on shared equipment, standing since some minutes or hours."""
    Alert.objects.bulk_create(
        _alert(rng, rng.choice(items), name, severity, text, integration_id, now)
        for name, kind, severity, text in STANDING
        for items in ([i for i in estate.items if i.kind == kind and i.customer is None],)
    )


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
        "severity": "critical" if severity >= Severity.MAJOR else severity.name.lower(),
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
