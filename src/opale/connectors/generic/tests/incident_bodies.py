"""Example bodies of incident tools, networks and status pages, from their documentation."""

from typing import Any

Body = dict[str, Any]


SENTRY_EVENT: Body = {
    "action": "triggered",
    "data": {
        "event": {
            "event_id": "e4874d664c3540c1a32eab185f12c5ab",
            "issue_id": "1117540176",
            "title": "ReferenceError: heck is not defined",
            "culprit": "?(<anonymous>)",
            "level": "error",
            "datetime": "2026-11-25T01:58:23.156000Z",
            "web_url": "https://sentry.io/organizations/test-org/issues/1117540176/",
            "tags": [["browser", "Chrome 75.0.3770"], ["environment", "production"]],
        },
        "triggered_rule": "Very Important Alert Rule!",
    },
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
    "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
}
SENTRY_ISSUE: Body = {
    "action": "created",
    "installation": {"uuid": "24b62b63-7dd6-43c7-aae9-2ee2c8a1ebe1"},
    "data": {
        "issue": {
            "id": "1170820242",
            "shortId": "SHOP-12",
            "title": "Error: This is an error",
            "culprit": "app/components/events/eventEntries.jsx",
            "level": "error",
            "status": "unresolved",
            "permalink": "https://sentry.io/organizations/test-org/issues/1170820242/",
            "project": {"id": "5", "slug": "shop", "name": "Shop"},
        }
    },
}
SENTRY_METRIC: Body = {
    "action": "critical",
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
    "data": {
        "metric_alert": {
            "id": "4",
            "title": "Too many errors",
            "projects": ["backend"],
            "status": 1,
            "date_started": "2026-11-25T01:57:00Z",
            "date_detected": "2026-11-25T01:58:00Z",
            "date_closed": None,
        },
        "description_text": "1000 events in the last 10 minutes",
        "description_title": "Critical: Too many errors",
        "web_url": "https://sentry.io/organizations/test-org/alerts/4/",
    },
}
DYNATRACE: Body = {
    "ImpactedEntities": [{"type": "HOST", "name": "MyHost1", "entity": "HOST-XXXXXXXXXXXXX"}],
    "ImpactedEntity": "MyHost1",
    "PID": "99999",
    "ProblemDetailsText": "CPU saturation on MyHost1",
    "ProblemID": "P-232",
    "ProblemImpact": "INFRASTRUCTURE",
    "ProblemSeverity": "AVAILABILITY",
    "ProblemTitle": "Host or monitoring unavailable",
    "ProblemURL": "https://example.live.dynatrace.com/#problems/problemdetails;pid=99999",
    "State": "OPEN",
    "Tags": "env:prod, team:web",
}
OPSGENIE: Body = {
    "action": "Create",
    "alert": {
        "alertId": "052652ac-5d1c-464a-812a-7dd18bbfba8c",
        "message": "[CRITICAL] Disk full",
        "tags": ["tag1", "tag2"],
        "tinyId": "23",
        "alias": "aliastest",
        "createdAt": 1795571880000,
        "updatedAt": 1795571880000000000,
        "username": "user@example.com",
        "entity": "db-1",
        "description": "/var has 0 bytes left",
        "priority": "P1",
        "details": {"site": "LYO1"},
    },
    "source": {"name": "web", "type": "API"},
    "integrationName": "Opale",
    "integrationType": "Webhook",
}
PAGERDUTY: Body = {
    "event": {
        "id": "01BWHUHQHJ4JZLFT6H5ZLFKG6E",
        "event_type": "incident.triggered",
        "resource_type": "incident",
        "occurred_at": "2026-11-25T01:58:00.000Z",
        "agent": {"id": "PLH1HKV", "type": "user_reference"},
        "client": None,
        "data": {
            "id": "PGR0VU2",
            "type": "incident",
            "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
            "number": 2,
            "status": "triggered",
            "title": "A little bump in the road",
            "service": {"id": "PF9KMXH", "summary": "API Service"},
            "priority": {"id": "PSO75BM", "summary": "P1"},
            "urgency": "high",
        },
    }
}
KAPACITOR: Body = {
    "id": "cpu:host=web01",
    "message": "cpu:host=web01 is CRITICAL",
    "details": "",
    "time": "2026-11-25T01:58:00Z",
    "duration": 0,
    "level": "CRITICAL",
    "previousLevel": "OK",
    "data": {"series": [{"name": "cpu", "tags": {"host": "web01"}, "columns": ["time", "value"]}]},
}
INFLUXDB: Body = {
    "_check_id": "0862f4ab3a1e0000",
    "_check_name": "CPU",
    "_level": "crit",
    "_measurement": "notifications",
    "_message": "Check: CPU is: crit",
    "_notification_rule_name": "To Opale",
    "_source_timestamp": 1795571880000000000,
    "_status_timestamp": 1795571880000000000,
    "_time": "2026-11-25T01:58:00Z",
    "host": "web01",
    "usage_user": 99.1,
}
CLOUDFLARE: Body = {
    "name": "Origin errors",
    "text": "Origin Monitoring: 525 errors for example.com",
    "data": {"unreachable_zones": 1, "severity": "CRITICAL", "zone": "example.com"},
    "ts": 1795571880,
    "account_id": "1234",
    "policy_id": "9d0b2c",
    "alert_type": "real_origin_monitoring",
    "alert_correlation_id": "3a1c",
    "alert_event": "ALERT_STATE_EVENT_START",
}
HONEYCOMB: Body = {
    "version": "v0.1.0",
    "name": "Slow checkout",
    "id": "abcdefg",
    "trigger_description": "p95 above 2 s",
    "status": "TRIGGERED",
    "summary": "Triggered: Slow checkout",
    "description": "Currently greater than threshold value (2) for foo:bar (value 3)",
    "operator": "greater than",
    "threshold": 2,
    "result_url": "https://ui.honeycomb.io/acme/datasets/api/result/abc",
    "environment": "prod",
}
STATUSPAGE: Body = {
    "meta": {"unsubscribe": "http://statustest.flyingkleinbrothers.com:5000/?unsubscribe=j0vqr9"},
    "page": {"id": "j2mfxwj97wnj", "status_description": "Major System Outage"},
    "incident": {
        "id": "lbkhbwn21v5q",
        "name": "Virginia Is Down",
        "impact": "critical",
        "status": "investigating",
        "shortlink": "http://j.mp/18zyDQx",
        "updated_at": "2026-11-25T01:58:00Z",
        "incident_updates": [{"body": "We are looking into it.", "status": "investigating"}],
    },
}
STATUSPAGE_COMPONENT: Body = {
    "page": {"id": "j2mfxwj97wnj", "status_description": "Major System Outage"},
    "component_update": {
        "created_at": "2026-11-25T01:58:00Z",
        "new_status": "major_outage",
        "old_status": "operational",
        "id": "k7730b5v92bv",
    },
    "component": {"id": "rb5wq1dczvbm", "name": "Some Component", "status": "major_outage"},
}
MERAKI: Body = {
    "version": "0.1",
    "sharedSecret": "secret",
    "sentAt": "2026-11-25T01:58:10.123Z",
    "organizationId": "2930418",
    "organizationName": "My organization",
    "networkId": "N_24329156",
    "networkName": "Main Office",
    "deviceSerial": "Q234-ABCD-5678",
    "deviceName": "My access point",
    "deviceModel": "MR46",
    "deviceUrl": "https://n1.meraki.com//n//manage/nodes/new_list/000000000000",
    "alertId": "0000000000000000",
    "alertType": "APs went down",
    "alertTypeId": "stopped_reporting",
    "alertLevel": "critical",
    "occurredAt": "2026-11-25T01:58:00Z",
    "alertData": {},
}
