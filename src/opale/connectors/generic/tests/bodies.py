"""What tools post, by the example bodies of their documentation: a trouble, and its end.

Shortened where a body repeats itself. `None` stands for a tool that sends no end.
"""

import json
from dataclasses import dataclass, field
from typing import Any

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


_CLOUDWATCH: Body = {
    "AlarmName": "web-cpu-high",
    "AlarmDescription": "CPU above 80 percent",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint (91.2) was greater than 80.0.",
    "StateChangeTime": "2026-11-25T01:58:00.000+0000",
    "Region": "EU (Paris)",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-3:123456789012:alarm:web-cpu-high",
    "OldStateValue": "OK",
    "Trigger": {
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/EC2",
        "Dimensions": [{"value": "i-0123456789abcdef0", "name": "InstanceId"}],
        "Period": 300,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 80.0,
    },
}


def sns(message: Any) -> Body:
    """An envelope of Amazon SNS around a message."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-west-3:123456789012:alarms",
        "Subject": 'ALARM: "web-cpu-high" in EU (Paris)',
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-11-25T01:58:01.000Z",
        "SignatureVersion": "1",
        "UnsubscribeURL": "https://sns.eu-west-3.amazonaws.com/?Action=Unsubscribe",
    }


_EVENTBRIDGE: Body = {
    "version": "0",
    "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    "source": "aws.cloudwatch",
    "account": "123456789012",
    "time": "2026-11-25T01:58:00Z",
    "region": "eu-west-3",
    "resources": ["arn:aws:cloudwatch:eu-west-3:123456789012:alarm:ServerCpuTooHigh"],
    "detail": {
        "alarmName": "ServerCpuTooHigh",
        "state": {"value": "ALARM", "reason": "Threshold Crossed"},
        "previousState": {"value": "OK"},
    },
}
_GOOGLE: Body = {
    "incident": {
        "incident_id": "0.opqiw61fsv7p",
        "scoping_project_id": "internal-project",
        "resource_name": "internal-project gke-cluster-1-16-default-pool-e2df4cbd",
        "resource": {
            "type": "gce_instance",
            "labels": {"instance_id": "11223344", "zone": "europe-west9-a"},
        },
        "metric": {"type": "compute.googleapis.com/instance/cpu/utilization"},
        "policy_name": "Monitor-Project-Cluster",
        "condition_name": "VM Instance - CPU utilization",
        "severity": "Critical",
        "state": "open",
        "started_at": 1795571880,
        "ended_at": None,
        "summary": "CPU utilization is above the threshold of 0.5 with a value of 0.994.",
        "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.opqiw61fsv7p",
    },
    "version": "1.2",
}
_AZURE: Body = {
    "schemaId": "azureMonitorCommonAlertSchema",
    "data": {
        "essentials": {
            "alertId": "/subscriptions/1234/providers/Microsoft.AlertsManagement/alerts/b9569717",
            "alertRule": "WCUS-R2-Gen2",
            "severity": "Sev1",
            "signalType": "Metric",
            "monitorCondition": "Fired",
            "monitoringService": "Platform",
            "alertTargetIDs": ["/subscriptions/1234/resourcegroups/x/virtualmachines/wcus-r2-gen2"],
            "configurationItems": ["wcus-r2-gen2"],
            "originAlertId": "3f2d4487-b0fc-4125-8bd5-7ad17384221e",
            "firedDateTime": "2026-11-25T01:58:24.3801592Z",
            "description": "CPU above 90 percent",
            "essentialsVersion": "1.0",
        },
        "alertContext": {"conditionType": "SingleResourceMultipleMetricCriteria"},
    },
}
_ORACLE: Body = {
    "dedupeKey": "exampleuniqueID",
    "title": "High CPU Utilization",
    "body": "Follow runbook at example.com/runbooks/CpuUtilizationAlarm.html",
    "type": "OK_TO_FIRING",
    "severity": "CRITICAL",
    "timestampEpochMillis": 1795571880000,
    "alarmMetaData": [
        {
            "id": "ocid1.alarm.oc1..exampleuniqueID",
            "status": "FIRING",
            "severity": "CRITICAL",
            "query": "CpuUtilization[1m].mean() > 90",
            "dimensions": [{"resourceDisplayName": "myinstance1", "region": "eu-paris-1"}],
            "alarmUrl": "https://cloud.oracle.com/monitoring/alarms/ocid1.alarm.oc1",
        }
    ],
    "version": 1.5,
}
_NEW_RELIC: Body = {
    "id": "d1b1f3fd-995a-4066-88ab-8ce4f6960654",
    "issueUrl": "https://radar-api.service.newrelic.com/accounts/1/issues/0ea2df1c",
    "title": "Memory Used % > 90 for at least 2 minutes on 'db-1'",
    "priority": "CRITICAL",
    "impactedEntities": ["db-1"],
    "totalIncidents": 1,
    "state": "ACTIVATED",
    "trigger": "INCIDENT_ADDED",
    "isCorrelated": False,
    "createdAt": 1795571880000,
    "updatedAt": 1795571880000,
    "sources": ["newrelic"],
    "alertPolicyNames": ["Databases"],
    "alertConditionNames": ["Memory used"],
    "workflowName": "NOC",
}
_NEW_RELIC_CHANNEL: Body = {
    "account_id": 1,
    "account_name": "Acme",
    "condition_id": 2,
    "condition_name": "CPU % high",
    "current_state": "open",
    "details": "CPU % > 80 for at least 5 minutes",
    "event_type": "INCIDENT_OPEN",
    "incident_id": 12345,
    "incident_url": "https://alerts.newrelic.com/accounts/1/incidents/12345",
    "policy_name": "Servers",
    "severity": "CRITICAL",
    "targets": [{"id": "1", "name": "web01", "type": "Host"}],
    "timestamp": 1795571880000,
}
_DATADOG: Body = {
    "body": "%%%\nCPU is above 90\n%%%",
    "last_updated": "1795571880000",
    "event_type": "query_alert_monitor",
    "title": "[Triggered on {host:web01}] CPU is high",
    "date": "1795571880000",
    "org": {"id": "11023", "name": "Acme"},
    "id": "7000000000000000001",
}
_GRAFANA_OLD: Body = {
    "dashboardId": 1,
    "evalMatches": [{"value": 92.1, "metric": "cpu", "tags": {"host": "web01"}}],
    "message": "CPU is above 90",
    "orgId": 1,
    "panelId": 2,
    "ruleId": 7,
    "ruleName": "CPU alert",
    "ruleUrl": "http://grafana.example.net/d/hZ7BuVbWz/test?tab=alert",
    "state": "alerting",
    "tags": {"severity": "critical"},
    "title": "[Alerting] CPU alert",
}
_GRAFANA: Body = {
    "receiver": "opale",
    "status": "firing",
    "orgId": 1,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "High memory usage", "instance": "web01", "severity": "major"},
            "annotations": {"description": "Memory is at 92 percent", "summary": "High memory"},
            "startsAt": "2026-11-25T01:58:00.000000000Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://play.grafana.org/alerting/1afz29v7z/edit",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://play.grafana.org/alerting/silence/new",
            "dashboardURL": "https://play.grafana.org/d/1",
            "values": {"B": 92.1},
        }
    ],
    "groupLabels": {},
    "commonLabels": {"team": "blue"},
    "externalURL": "https://play.grafana.org/",
    "version": "1",
    "groupKey": "{}:{}",
    "truncatedAlerts": 0,
    "title": "[FIRING:1]  (blue)",
    "state": "alerting",
    "message": "**Firing**",
}
_GRAYLOG: Body = {
    "event_definition_id": "5e27eff173c7b20012b88aee",
    "event_definition_type": "aggregation-v1",
    "event_definition_title": "Failed logins",
    "event_definition_description": "",
    "job_definition_id": "5e27ef3073c7b20012b88a14",
    "job_trigger_id": "5e27f6f473c7b20012b892ad",
    "event": {
        "id": "01DZ61SATP0GHJ77GJKYWZVT46",
        "event_definition_type": "aggregation-v1",
        "event_definition_id": "5e27eff173c7b20012b88aee",
        "origin_context": "urn:graylog:message:es:graylog_0:185d48a0",
        "timestamp": "2026-11-25T01:58:23.156Z",
        "timestamp_processing": "2026-11-25T01:58:58.566Z",
        "streams": [],
        "message": "Failed logins: count()=12.0",
        "source": "graylog-1",
        "key_tuple": ["web01"],
        "key": "web01",
        "priority": 3,
        "alert": True,
        "fields": {"source": "web01", "user": "root"},
    },
    "backlog": [],
}
_PINGDOM: Body = {
    "check_id": 12345,
    "check_name": "Name of HTTP check",
    "check_type": "HTTP",
    "check_params": {
        "basic_auth": False,
        "encryption": True,
        "full_url": "https://www.example.com/path",
        "hostname": "www.example.com",
        "port": 443,
        "url": "/path",
    },
    "tags": ["example_tag"],
    "previous_state": "UP",
    "current_state": "DOWN",
    "importance_level": "HIGH",
    "state_changed_timestamp": 1795571880,
    "state_changed_utc_time": "2026-11-25T01:58:00",
    "long_description": "Long error message",
    "description": "Short error message",
    "first_probe": {"ip": "192.0.2.1", "location": "Stockholm, Sweden"},
}
_CHECKMK: Body = {
    "WHAT": "SERVICE",
    "NOTIFICATIONTYPE": "PROBLEM",
    "HOSTNAME": "db-1",
    "HOSTADDRESS": "192.0.2.10",
    "HOSTSTATE": "UP",
    "SERVICEDESC": "CPU load",
    "SERVICESTATE": "CRITICAL",
    "SERVICEOUTPUT": "15 min load: 12.1 (warn/crit at 5.0/10.0)",
    "OMD_SITE": "prod",
    "SHORTDATETIME": "2026-11-25 01:58:00",
}
_SPLUNK: Body = {
    "result": {"sourcetype": "mongod", "count": "8", "host": "db-1"},
    "sid": "scheduler_admin_search_W2_at_14232356_132",
    "results_link": "http://web.example.local:8000/app/search/@go?sid=scheduler_admin_search",
    "search_name": "Too many errors",
    "owner": "admin",
    "app": "search",
}
_SIGNALFX: Body = {
    "severity": "Critical",
    "originatingMetric": "cpu.utilization",
    "detectOnCondition": "when(A > threshold(90))",
    "messageBody": 'Rule "High CPU" in detector "Hosts" triggered.',
    "inputs": {"A": {"value": "95", "fragment": "data('cpu.utilization')"}},
    "rule": "High CPU",
    "description": "The value of cpu.utilization is above 90.",
    "messageTitle": "Critical Alert: High CPU (Hosts)",
    "sf_schema": 2,
    "eventType": "__SIGNALFX__EVENT_TYPE__",
    "runbookUrl": "",
    "triggeredWhileMuted": False,
    "detectorId": "DzpFZ5ABgAA",
    "detector": "Hosts",
    "detectorUrl": "https://app.signalfx.com/#/detector/DzpFZ5ABgAA/edit",
    "status": "anomalous",
    "statusExtended": "anomalous",
    "incidentId": "DznLzUmAYAA",
    "dimensions": {"host": "web01", "zone": "a"},
    "timestamp": "2026-11-25T01:58:00Z",
}
_VICTOROPS: Body = {
    "monitoring_tool": "API",
    "message_type": "CRITICAL",
    "entity_id": "disk.space/db01",
    "entity_display_name": "Critically Low Disk Space on DB01",
    "state_message": "The disk is 95 percent full.",
    "host_name": "db01",
    "timestamp": 1795571880,
}
_VROPS: Body = {
    "startDate": 1795571880267,
    "criticality": "ALERT_CRITICALITY_LEVEL_WARNING",
    "Risk": 4.0,
    "resourceId": "sample-object-uuid",
    "alertId": "sample-alert-uuid",
    "status": "ACTIVE",
    "subType": "ALERT_SUBTYPE_AVAILABILITY_PROBLEM",
    "cancelDate": 1795571880267,
    "resourceKind": "sample-object-type",
    "alertName": "Invalid IP Address for connected Leaf Switch",
    "adapterKind": "sample-adapter-type",
    "type": "ALERT_TYPE_APPLICATION_PROBLEM",
    "resourceName": "sample-object-name",
    "updateDate": 1795571880267,
    "info": "sample-info",
}
_LOG_INSIGHT: Body = {
    "AlertType": 1,
    "AlertName": "Hello World Alert 1",
    "SearchPeriod": 300000,
    "HitCount": 2.0,
    "HitOperator": 2,
    "messages": [
        {
            "text": "hello world 1",
            "timestamp": 1795571880000,
            "fields": [{"name": "hostname", "content": "esx-7"}],
        }
    ],
    "HasMoreResults": False,
    "Url": "https://192.0.2.13/s/8pgzq6",
    "EditUrl": "https://192.0.2.13/s/56monr",
    "Info": "This is an alert for all the Hello World messages",
    "NumHits": 2,
    "TriggeredAt": 1795571880000,
}
_SITE24X7: Body = {
    "MONITOR_DASHBOARD_LINK": "https://www.site24x7.com/app/client#/monitors/107164",
    "MONITORTYPE": "URL",
    "MONITOR_ID": 107164000000025001,
    "STATUS": "DOWN",
    "MONITORNAME": "Zylker Monitor",
    "FAILED_LOCATIONS": "London,Seattle",
    "INCIDENT_REASON": "Host Unavailable",
    "OUTAGE_TIME_UNIX_FORMAT": "1795571880000",
    "MONITORURL": "https://www.zylker.com",
    "MONITOR_GROUPNAME": "WebsiteGroup",
    "INCIDENT_TIME": "November 25, 2026 1:58 AM UTC",
    "INCIDENT_TIME_ISO": "2026-11-25T01:58:00+0000",
}
_KUMA: Body = {
    "heartbeat": {
        "monitorID": 3,
        "status": 0,
        "time": "2026-11-25 01:58:00.123",
        "msg": "connect ECONNREFUSED 192.0.2.7:443",
        "important": True,
        "duration": 60,
    },
    "monitor": {
        "id": 3,
        "name": "shop",
        "url": "https://shop.example.net",
        "hostname": None,
        "type": "http",
        "interval": 60,
    },
    "msg": "[shop] [🔴 Down] connect ECONNREFUSED 192.0.2.7:443",
}
_UPTIMEROBOT: Body = {
    "monitorID": "777810874",
    "monitorURL": "https://www.example.com",
    "monitorFriendlyName": "Website",
    "alertType": "1",
    "alertTypeFriendlyName": "Down",
    "alertDetails": "Connection Timeout",
    "alertDuration": "",
    "alertDateTime": "1795571880",
}
_BETTER_STACK: Body = {
    "data": {
        "id": "25",
        "type": "incident",
        "attributes": {
            "name": "uptime homepage",
            "url": "https://uptime.example.com/",
            "http_method": "get",
            "cause": "Status 404",
            "started_at": "2026-11-25T01:58:00.000Z",
            "acknowledged_at": None,
            "resolved_at": None,
            "status": "Started",
            "team_name": "Web",
            "origin_url": "https://uptime.betterstack.com/team/1/incidents/25",
        },
    }
}
_SENTRY_EVENT: Body = {
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
_SENTRY_ISSUE: Body = {
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
_SENTRY_METRIC: Body = {
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
_DYNATRACE: Body = {
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
_OPSGENIE: Body = {
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
_PAGERDUTY: Body = {
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
_KAPACITOR: Body = {
    "id": "cpu:host=web01",
    "message": "cpu:host=web01 is CRITICAL",
    "details": "",
    "time": "2026-11-25T01:58:00Z",
    "duration": 0,
    "level": "CRITICAL",
    "previousLevel": "OK",
    "data": {"series": [{"name": "cpu", "tags": {"host": "web01"}, "columns": ["time", "value"]}]},
}
_INFLUXDB: Body = {
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
_CLOUDFLARE: Body = {
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
_HONEYCOMB: Body = {
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
_STATUSPAGE: Body = {
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
_STATUSPAGE_COMPONENT: Body = {
    "page": {"id": "j2mfxwj97wnj", "status_description": "Major System Outage"},
    "component_update": {
        "created_at": "2026-11-25T01:58:00Z",
        "new_status": "major_outage",
        "old_status": "operational",
        "id": "k7730b5v92bv",
    },
    "component": {"id": "rb5wq1dczvbm", "name": "Some Component", "status": "major_outage"},
}
_MERAKI: Body = {
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
_GRAFANA_END = {
    "alerts__0__status": "resolved",
    "alerts__0__endsAt": "2026-11-25T02:10:00Z",
    "status": "resolved",
}

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "Amazon CloudWatch",
        sns(_CLOUDWATCH),
        sns(with_(_CLOUDWATCH, NewStateValue="OK", StateChangeTime="2026-11-25T02:10:00.000+0000")),
        "web-cpu-high",
        "i-0123456789abcdef0",
        "major",
        {"region": "EU (Paris)", "metric": "CPUUtilization", "InstanceId": "i-0123456789abcdef0"},
        sns(with_(_CLOUDWATCH, AlarmName="web-disk", AlarmArn="arn:aws:cloudwatch:web-disk")),
    ),
    Sample(
        "Amazon EventBridge",
        _EVENTBRIDGE,
        with_(_EVENTBRIDGE, detail__state__value="OK", id="another"),
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
        _GOOGLE,
        with_(_GOOGLE, incident__state="closed", incident__ended_at=1795572600),
        "Monitor-Project-Cluster",
        "internal-project gke-cluster-1-16-default-pool-e2df4cbd",
        "critical",
        {"zone": "europe-west9-a"},
        with_(_GOOGLE, incident__incident_id="0.other"),
    ),
    Sample(
        "Azure Monitor",
        _AZURE,
        with_(
            _AZURE,
            data__essentials__monitorCondition="Resolved",
            data__essentials__resolvedDateTime="2026-11-25T02:10:24Z",
        ),
        "WCUS-R2-Gen2",
        "wcus-r2-gen2",
        "major",
        {"signalType": "Metric"},
        with_(_AZURE, data__essentials__alertId="/other"),
    ),
    Sample(
        "Oracle Cloud",
        _ORACLE,
        with_(_ORACLE, type="FIRING_TO_OK"),
        "High CPU Utilization",
        "myinstance1",
        "critical",
        {"region": "eu-paris-1"},
        with_(_ORACLE, dedupeKey="other"),
    ),
    Sample(
        "New Relic",
        _NEW_RELIC,
        with_(_NEW_RELIC, state="CLOSED", updatedAt=1795572600000),
        "Memory Used % > 90 for at least 2 minutes on 'db-1'",
        "db-1",
        "critical",
        {"policy": "Databases"},
        with_(_NEW_RELIC, id="other"),
    ),
    Sample(
        "New Relic (alerts channel)",
        _NEW_RELIC_CHANNEL,
        with_(_NEW_RELIC_CHANNEL, current_state="closed"),
        "CPU % high",
        "web01",
        "critical",
        {"policy": "Servers"},
        with_(_NEW_RELIC_CHANNEL, incident_id=12346),
    ),
    Sample(
        "Datadog",
        _DATADOG,
        with_(_DATADOG, title="[Recovered on {host:web01}] CPU is high", id="7000000000000000002"),
        "CPU is high",
        "web01",
        other=with_(_DATADOG, title="[Triggered on {host:web01}] Disk is full"),
    ),
    Sample(
        "Grafana (before 9)",
        _GRAFANA_OLD,
        with_(_GRAFANA_OLD, state="ok", title="[OK] CPU alert", evalMatches=[]),
        "CPU alert",
        "web01",
        labels={"severity": "critical"},
        other=with_(_GRAFANA_OLD, ruleId=8),
    ),
    Sample(
        "Grafana and Alertmanager",
        _GRAFANA,
        with_(_GRAFANA, **_GRAFANA_END),
        "High memory",
        "web01",
        "major",
        {"alertname": "High memory usage"},
        with_(_GRAFANA, alerts__0__fingerprint="other"),
    ),
    Sample(
        "Graylog",
        _GRAYLOG,
        None,
        "Failed logins",
        "web01",
        "major",
        {"user": "root"},
        with_(_GRAYLOG, event_definition_id="other"),
    ),
    Sample(
        "Pingdom",
        _PINGDOM,
        with_(_PINGDOM, previous_state="DOWN", current_state="UP"),
        "Name of HTTP check",
        "www.example.com",
        "major",
        {"example_tag": "true"},
        with_(_PINGDOM, check_id=12346),
    ),
    Sample(
        "Checkmk",
        _CHECKMK,
        with_(_CHECKMK, NOTIFICATIONTYPE="RECOVERY", SERVICESTATE="OK"),
        "db-1 CPU load",
        "db-1",
        "critical",
        {"service": "CPU load", "site": "prod"},
        with_(_CHECKMK, SERVICEDESC="Filesystem /"),
    ),
    Sample(
        "Checkmk (environment)",
        {f"NOTIFY_{name}": value for name, value in _CHECKMK.items()},
        {f"NOTIFY_{name}": value for name, value in _CHECKMK.items()}
        | {"NOTIFY_SERVICESTATE": "OK"},
        "db-1 CPU load",
        "db-1",
        "critical",
        {"address": "192.0.2.10"},
        {f"NOTIFY_{name}": value for name, value in _CHECKMK.items() if "SERVICE" not in name}
        | {"NOTIFY_HOSTSTATE": "DOWN"},
    ),
    Sample(
        "Splunk",
        _SPLUNK,
        None,
        "Too many errors",
        "db-1",
        labels={"sourcetype": "mongod"},
        other=with_(_SPLUNK, search_name="Other"),
    ),
    Sample(
        "Splunk Observability",
        _SIGNALFX,
        with_(_SIGNALFX, status="ok", statusExtended="ok"),
        "High CPU",
        "web01",
        "critical",
        {"zone": "a"},
        with_(_SIGNALFX, incidentId="other"),
    ),
    Sample(
        "Splunk On-Call (VictorOps)",
        _VICTOROPS,
        with_(_VICTOROPS, message_type="RECOVERY", timestamp=1795572600),
        "Critically Low Disk Space on DB01",
        "db01",
        "critical",
        other=with_(_VICTOROPS, entity_id="cpu/db01"),
    ),
    Sample(
        "VMware Aria Operations (vRealize)",
        _VROPS,
        with_(_VROPS, status="CANCELED", cancelDate=1795572600000),
        "Invalid IP Address for connected Leaf Switch",
        "sample-object-name",
        "warning",
        {"kind": "sample-object-type"},
        with_(_VROPS, alertId="other"),
    ),
    Sample(
        "VMware Aria Operations for Logs",
        _LOG_INSIGHT,
        None,
        "Hello World Alert 1",
        "esx-7",
        labels={"hits": "2"},
        other=with_(_LOG_INSIGHT, AlertName="Other"),
    ),
    Sample(
        "Site24x7",
        _SITE24X7,
        with_(_SITE24X7, STATUS="UP", INCIDENT_TIME_ISO="2026-11-25T02:10:00+0000"),
        "Zylker Monitor",
        "Zylker Monitor",
        "major",
        {"group": "WebsiteGroup", "monitored": "https://www.zylker.com"},
        with_(_SITE24X7, MONITOR_ID=1),
    ),
    Sample(
        "Uptime Kuma",
        _KUMA,
        with_(_KUMA, heartbeat__status=1, heartbeat__time="2026-11-25 02:10:00.123"),
        "shop",
        "shop",
        "major",
        {"type": "http"},
        with_(_KUMA, monitor__id=4),
    ),
    Sample(
        "UptimeRobot",
        _UPTIMEROBOT,
        with_(_UPTIMEROBOT, alertType="2", alertDateTime="1795572600"),
        "Website",
        "Website",
        "major",
        {"monitored": "https://www.example.com"},
        with_(_UPTIMEROBOT, alertType="3"),
    ),
    Sample(
        "Better Stack",
        _BETTER_STACK,
        with_(
            _BETTER_STACK,
            data__attributes__status="Resolved",
            data__attributes__resolved_at="2026-11-25T02:10:00.000Z",
        ),
        "uptime homepage",
        "uptime homepage",
        labels={"team": "Web"},
        other=with_(_BETTER_STACK, data__id="26"),
    ),
    Sample(
        "Sentry (issue alert)",
        _SENTRY_EVENT,
        None,
        "ReferenceError: heck is not defined",
        severity="major",
        labels={"environment": "production"},
        other=with_(_SENTRY_EVENT, data__event__issue_id="2"),
    ),
    Sample(
        "Sentry (issue)",
        _SENTRY_ISSUE,
        with_(_SENTRY_ISSUE, action="resolved", data__issue__status="resolved"),
        "Error: This is an error",
        severity="major",
        labels={"project": "shop"},
        other=with_(_SENTRY_ISSUE, data__issue__id="2"),
    ),
    Sample(
        "Sentry (metric alert)",
        _SENTRY_METRIC,
        with_(
            _SENTRY_METRIC,
            action="resolved",
            data__metric_alert__date_closed="2026-11-25T02:10:00Z",
        ),
        "Too many errors",
        severity="critical",
        labels={"project": "backend"},
        other=with_(_SENTRY_METRIC, data__metric_alert__id="5"),
    ),
    Sample(
        "Dynatrace",
        _DYNATRACE,
        with_(_DYNATRACE, State="RESOLVED"),
        "Host or monitoring unavailable",
        "MyHost1",
        "critical",
        {"env": "prod", "team": "web"},
        with_(_DYNATRACE, PID="99998"),
    ),
    Sample(
        "Opsgenie",
        _OPSGENIE,
        with_(_OPSGENIE, action="Close"),
        "[CRITICAL] Disk full",
        "db-1",
        "critical",
        {"site": "LYO1"},
        with_(_OPSGENIE, alert__alertId="other"),
    ),
    Sample(
        "PagerDuty",
        _PAGERDUTY,
        with_(
            _PAGERDUTY,
            event__event_type="incident.resolved",
            event__occurred_at="2026-11-25T02:10:00.000Z",
        ),
        "A little bump in the road",
        "API Service",
        "critical",
        {"service": "API Service"},
        with_(_PAGERDUTY, event__data__id="other"),
    ),
    Sample(
        "InfluxDB Kapacitor",
        _KAPACITOR,
        with_(_KAPACITOR, level="OK", previousLevel="CRITICAL", time="2026-11-25T02:10:00Z"),
        "cpu:host=web01",
        "web01",
        "critical",
        other=with_(_KAPACITOR, id="mem:host=web01"),
    ),
    Sample(
        "InfluxDB",
        _INFLUXDB,
        with_(_INFLUXDB, _level="ok", _time="2026-11-25T02:10:00Z"),
        "CPU",
        "web01",
        "critical",
        {"_notification_rule_name": "To Opale"},
        with_(_INFLUXDB, _check_id="other"),
    ),
    Sample(
        "Cloudflare",
        _CLOUDFLARE,
        with_(_CLOUDFLARE, alert_event="ALERT_STATE_EVENT_END", ts=1795572600),
        "Origin errors",
        severity="critical",
        labels={"zone": "example.com"},
        other=with_(_CLOUDFLARE, alert_correlation_id="other"),
    ),
    Sample(
        "Honeycomb",
        _HONEYCOMB,
        with_(_HONEYCOMB, status="OK"),
        "Slow checkout",
        labels={"environment": "prod"},
        other=with_(_HONEYCOMB, id="other"),
    ),
    Sample(
        "Statuspage (incident)",
        _STATUSPAGE,
        with_(_STATUSPAGE, incident__status="resolved"),
        "Virginia Is Down",
        severity="critical",
        other=with_(_STATUSPAGE, incident__id="other"),
    ),
    Sample(
        "Statuspage (component)",
        _STATUSPAGE_COMPONENT,
        with_(_STATUSPAGE_COMPONENT, component__status="operational"),
        "Some Component",
        "Some Component",
        "major",
        other=with_(_STATUSPAGE_COMPONENT, component__id="other"),
    ),
    Sample(
        "Cisco Meraki",
        _MERAKI,
        with_(
            _MERAKI,
            alertType="APs came up",
            alertTypeId="started_reporting",
            occurredAt="2026-11-25T02:10:00Z",
        ),
        "My access point: APs went down",
        "My access point",
        "critical",
        {"network": "Main Office", "serial": "Q234-ABCD-5678"},
        with_(_MERAKI, alertTypeId="rogue_ap", alertType="Rogue AP"),
    ),
)
