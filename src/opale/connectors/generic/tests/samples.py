"""What tools post, and what is to be read of it: a trouble, and its end.

`None` stands for a tool that sends no end.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from opale.connectors.generic.tests.cloud_bodies import (
    AZURE,
    CLOUDWATCH,
    EVENTBRIDGE,
    GOOGLE,
    ORACLE,
    sns,
)
from opale.connectors.generic.tests.incident_bodies import (
    CLOUDFLARE,
    DYNATRACE,
    HONEYCOMB,
    INFLUXDB,
    KAPACITOR,
    MERAKI,
    OPSGENIE,
    PAGERDUTY,
    SENTRY_EVENT,
    SENTRY_ISSUE,
    SENTRY_METRIC,
    STATUSPAGE,
    STATUSPAGE_COMPONENT,
)
from opale.connectors.generic.tests.monitoring_bodies import (
    BETTER_STACK,
    CHECKMK,
    DATADOG,
    GRAFANA,
    GRAFANA_OLD,
    GRAYLOG,
    KUMA,
    LOG_INSIGHT,
    NEW_RELIC,
    NEW_RELIC_CHANNEL,
    PINGDOM,
    SIGNALFX,
    SITE24X7,
    SPLUNK,
    UPTIMEROBOT,
    VICTOROPS,
    VROPS,
)

Body = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """What a tool sends, and what is to be read of it."""

    tool: str
    raised: Body
    ended: Body | None
    title: str
    host: str = ""
    severity: str = "warning"
    labels: dict[str, str] = field(default_factory=dict)
    other: Body | None = None
    """A second trouble, of the same host where the tool knows hosts."""


def with_(body: Body, **changes: Any) -> Body:
    """The body with other members; `a__b` is the member b of a."""
    found: Body = json.loads(json.dumps(body))
    for path, value in changes.items():
        *within, name = path.split("__")
        inner: Any = found
        for step in within:
            inner = inner[int(step)] if step.isdigit() else inner[step]
        inner[name] = value
    return found


GRAFANA_END = {
    "alerts__0__status": "resolved",
    "alerts__0__endsAt": "2026-11-25T02:10:00Z",
    "status": "resolved",
}

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "Amazon CloudWatch",
        sns(CLOUDWATCH),
        sns(with_(CLOUDWATCH, NewStateValue="OK", StateChangeTime="2026-11-25T02:10:00.000+0000")),
        "web-cpu-high",
        "i-0123456789abcdef0",
        "major",
        {"region": "EU (Paris)", "metric": "CPUUtilization", "InstanceId": "i-0123456789abcdef0"},
        sns(with_(CLOUDWATCH, AlarmName="web-disk", AlarmArn="arn:aws:cloudwatch:web-disk")),
    ),
    Sample(
        "Amazon EventBridge",
        EVENTBRIDGE,
        with_(EVENTBRIDGE, detail__state__value="OK", id="another"),
        "ServerCpuTooHigh",
        "arn:aws:cloudwatch:eu-west-3:123456789012:alarm:ServerCpuTooHigh",
        "major",
        {"region": "eu-west-3"},
    ),
    Sample(
        "Amazon SNS",
        sns("The nightly copy failed.\nSee the log."),
        None,
        'ALARM: "web-cpu-high" in EU (Paris)',
        labels={"topic": "arn:aws:sns:eu-west-3:123456789012:alarms"},
        other=with_(sns("Another one"), MessageId="2"),
    ),
    Sample(
        "Google Cloud Monitoring",
        GOOGLE,
        with_(GOOGLE, incident__state="closed", incident__ended_at=1795572600),
        "Monitor-Project-Cluster",
        "internal-project gke-cluster-1-16-default-pool-e2df4cbd",
        "critical",
        {"zone": "europe-west9-a"},
        with_(GOOGLE, incident__incident_id="0.other"),
    ),
    Sample(
        "Azure Monitor",
        AZURE,
        with_(
            AZURE,
            data__essentials__monitorCondition="Resolved",
            data__essentials__resolvedDateTime="2026-11-25T02:10:24Z",
        ),
        "WCUS-R2-Gen2",
        "wcus-r2-gen2",
        "major",
        {"signalType": "Metric"},
        with_(AZURE, data__essentials__alertId="/other"),
    ),
    Sample(
        "Oracle Cloud",
        ORACLE,
        with_(ORACLE, type="FIRING_TO_OK"),
        "High CPU Utilization",
        "myinstance1",
        "critical",
        {"region": "eu-paris-1"},
        with_(ORACLE, dedupeKey="other"),
    ),
    Sample(
        "New Relic",
        NEW_RELIC,
        with_(NEW_RELIC, state="CLOSED", updatedAt=1795572600000),
        "Memory Used % > 90 for at least 2 minutes on 'db-1'",
        "db-1",
        "critical",
        {"policy": "Databases"},
        with_(NEW_RELIC, id="other"),
    ),
    Sample(
        "New Relic (alerts channel)",
        NEW_RELIC_CHANNEL,
        with_(NEW_RELIC_CHANNEL, current_state="closed"),
        "CPU % high",
        "web01",
        "critical",
        {"policy": "Servers"},
        with_(NEW_RELIC_CHANNEL, incident_id=12346),
    ),
    Sample(
        "Datadog",
        DATADOG,
        with_(DATADOG, title="[Recovered on {host:web01}] CPU is high", id="7000000000000000002"),
        "CPU is high",
        "web01",
        other=with_(DATADOG, title="[Triggered on {host:web01}] Disk is full"),
    ),
    Sample(
        "Grafana (before 9)",
        GRAFANA_OLD,
        with_(GRAFANA_OLD, state="ok", title="[OK] CPU alert", evalMatches=[]),
        "CPU alert",
        "web01",
        labels={"severity": "critical"},
        other=with_(GRAFANA_OLD, ruleId=8),
    ),
    Sample(
        "Grafana and Alertmanager",
        GRAFANA,
        with_(GRAFANA, **GRAFANA_END),
        "High memory",
        "web01",
        "major",
        {"alertname": "High memory usage"},
        with_(GRAFANA, alerts__0__fingerprint="other"),
    ),
    Sample(
        "Graylog",
        GRAYLOG,
        None,
        "Failed logins",
        "web01",
        "major",
        {"user": "root"},
        with_(GRAYLOG, event_definition_id="other"),
    ),
    Sample(
        "Pingdom",
        PINGDOM,
        with_(PINGDOM, previous_state="DOWN", current_state="UP"),
        "Name of HTTP check",
        "www.example.com",
        "major",
        {"example_tag": "true"},
        with_(PINGDOM, check_id=12346),
    ),
    Sample(
        "Checkmk",
        CHECKMK,
        with_(CHECKMK, NOTIFICATIONTYPE="RECOVERY", SERVICESTATE="OK"),
        "db-1 CPU load",
        "db-1",
        "critical",
        {"service": "CPU load", "site": "prod"},
        with_(CHECKMK, SERVICEDESC="Filesystem /"),
    ),
    Sample(
        "Checkmk (environment)",
        {f"NOTIFY_{name}": value for name, value in CHECKMK.items()},
        {f"NOTIFY_{name}": value for name, value in CHECKMK.items()}
        | {"NOTIFY_SERVICESTATE": "OK"},
        "db-1 CPU load",
        "db-1",
        "critical",
        {"address": "192.0.2.10"},
        {f"NOTIFY_{name}": value for name, value in CHECKMK.items() if "SERVICE" not in name}
        | {"NOTIFY_HOSTSTATE": "DOWN"},
    ),
    Sample(
        "Splunk",
        SPLUNK,
        None,
        "Too many errors",
        "db-1",
        labels={"sourcetype": "mongod"},
        other=with_(SPLUNK, search_name="Other"),
    ),
    Sample(
        "Splunk Observability",
        SIGNALFX,
        with_(SIGNALFX, status="ok", statusExtended="ok"),
        "High CPU",
        "web01",
        "critical",
        {"zone": "a"},
        with_(SIGNALFX, incidentId="other"),
    ),
    Sample(
        "Splunk On-Call (VictorOps)",
        VICTOROPS,
        with_(VICTOROPS, message_type="RECOVERY", timestamp=1795572600),
        "Critically Low Disk Space on DB01",
        "db01",
        "critical",
        other=with_(VICTOROPS, entity_id="cpu/db01"),
    ),
    Sample(
        "VMware Aria Operations (vRealize)",
        VROPS,
        with_(VROPS, status="CANCELED", cancelDate=1795572600000),
        "Invalid IP Address for connected Leaf Switch",
        "sample-object-name",
        "warning",
        {"kind": "sample-object-type"},
        with_(VROPS, alertId="other"),
    ),
    Sample(
        "VMware Aria Operations for Logs",
        LOG_INSIGHT,
        None,
        "Hello World Alert 1",
        "esx-7",
        labels={"hits": "2"},
        other=with_(LOG_INSIGHT, AlertName="Other"),
    ),
    Sample(
        "Site24x7",
        SITE24X7,
        with_(SITE24X7, STATUS="UP", INCIDENT_TIME_ISO="2026-11-25T02:10:00+0000"),
        "Zylker Monitor",
        "Zylker Monitor",
        "major",
        {"group": "WebsiteGroup", "monitored": "https://www.zylker.com"},
        with_(SITE24X7, MONITOR_ID=1),
    ),
    Sample(
        "Uptime Kuma",
        KUMA,
        with_(KUMA, heartbeat__status=1, heartbeat__time="2026-11-25 02:10:00.123"),
        "shop",
        "shop",
        "major",
        {"type": "http"},
        with_(KUMA, monitor__id=4),
    ),
    Sample(
        "UptimeRobot",
        UPTIMEROBOT,
        with_(UPTIMEROBOT, alertType="2", alertDateTime="1795572600"),
        "Website",
        "Website",
        "major",
        {"monitored": "https://www.example.com"},
        with_(UPTIMEROBOT, alertType="3"),
    ),
    Sample(
        "Better Stack",
        BETTER_STACK,
        with_(
            BETTER_STACK,
            data__attributes__status="Resolved",
            data__attributes__resolved_at="2026-11-25T02:10:00.000Z",
        ),
        "uptime homepage",
        "uptime homepage",
        labels={"team": "Web"},
        other=with_(BETTER_STACK, data__id="26"),
    ),
    Sample(
        "Sentry (issue alert)",
        SENTRY_EVENT,
        None,
        "ReferenceError: heck is not defined",
        severity="major",
        labels={"environment": "production"},
        other=with_(SENTRY_EVENT, data__event__issue_id="2"),
    ),
    Sample(
        "Sentry (issue)",
        SENTRY_ISSUE,
        with_(SENTRY_ISSUE, action="resolved", data__issue__status="resolved"),
        "Error: This is an error",
        severity="major",
        labels={"project": "shop"},
        other=with_(SENTRY_ISSUE, data__issue__id="2"),
    ),
    Sample(
        "Sentry (metric alert)",
        SENTRY_METRIC,
        with_(
            SENTRY_METRIC,
            action="resolved",
            data__metric_alert__date_closed="2026-11-25T02:10:00Z",
        ),
        "Too many errors",
        severity="critical",
        labels={"project": "backend"},
        other=with_(SENTRY_METRIC, data__metric_alert__id="5"),
    ),
    Sample(
        "Dynatrace",
        DYNATRACE,
        with_(DYNATRACE, State="RESOLVED"),
        "Host or monitoring unavailable",
        "MyHost1",
        "critical",
        {"env": "prod", "team": "web"},
        with_(DYNATRACE, PID="99998"),
    ),
    Sample(
        "Opsgenie",
        OPSGENIE,
        with_(OPSGENIE, action="Close"),
        "[CRITICAL] Disk full",
        "db-1",
        "critical",
        {"site": "LYO1"},
        with_(OPSGENIE, alert__alertId="other"),
    ),
    Sample(
        "PagerDuty",
        PAGERDUTY,
        with_(
            PAGERDUTY,
            event__event_type="incident.resolved",
            event__occurred_at="2026-11-25T02:10:00.000Z",
        ),
        "A little bump in the road",
        "API Service",
        "critical",
        {"service": "API Service"},
        with_(PAGERDUTY, event__data__id="other"),
    ),
    Sample(
        "InfluxDB Kapacitor",
        KAPACITOR,
        with_(KAPACITOR, level="OK", previousLevel="CRITICAL", time="2026-11-25T02:10:00Z"),
        "cpu:host=web01",
        "web01",
        "critical",
        other=with_(KAPACITOR, id="mem:host=web01"),
    ),
    Sample(
        "InfluxDB",
        INFLUXDB,
        with_(INFLUXDB, _level="ok", _time="2026-11-25T02:10:00Z"),
        "CPU",
        "web01",
        "critical",
        {"_notification_rule_name": "To Opale"},
        with_(INFLUXDB, _check_id="other"),
    ),
    Sample(
        "Cloudflare",
        CLOUDFLARE,
        with_(CLOUDFLARE, alert_event="ALERT_STATE_EVENT_END", ts=1795572600),
        "Origin errors",
        severity="critical",
        labels={"zone": "example.com"},
        other=with_(CLOUDFLARE, alert_correlation_id="other"),
    ),
    Sample(
        "Honeycomb",
        HONEYCOMB,
        with_(HONEYCOMB, status="OK"),
        "Slow checkout",
        labels={"environment": "prod"},
        other=with_(HONEYCOMB, id="other"),
    ),
    Sample(
        "Statuspage (incident)",
        STATUSPAGE,
        with_(STATUSPAGE, incident__status="resolved"),
        "Virginia Is Down",
        severity="critical",
        other=with_(STATUSPAGE, incident__id="other"),
    ),
    Sample(
        "Statuspage (component)",
        STATUSPAGE_COMPONENT,
        with_(STATUSPAGE_COMPONENT, component__status="operational"),
        "Some Component",
        "Some Component",
        "major",
        other=with_(STATUSPAGE_COMPONENT, component__id="other"),
    ),
    Sample(
        "Cisco Meraki",
        MERAKI,
        with_(
            MERAKI,
            alertType="APs came up",
            alertTypeId="started_reporting",
            occurredAt="2026-11-25T02:10:00Z",
        ),
        "My access point: APs went down",
        "My access point",
        "critical",
        {"network": "Main Office", "serial": "Q234-ABCD-5678"},
        with_(MERAKI, alertTypeId="rogue_ap", alertType="Rogue AP"),
    ),
)
