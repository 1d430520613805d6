"""Shipped mappings of tools that tell of incidents, errors and states of services."""

from typing import Final

from opale.connectors.generic.known_tool import KnownTool

INCIDENT_TOOLS: Final[tuple[KnownTool, ...]] = (
    KnownTool(
        "Better Stack",
        ("data.id", "data.attributes.cause"),
        {
            "title": "data.attributes.name",
            "text": "data.attributes.cause",
            "state": "data.attributes.status",
            "host": "data.attributes.name",
            "time": "data.attributes.resolved_at || data.attributes.acknowledged_at"
            " || data.attributes.started_at",
            "identity": "data.id",
            "url": "data.attributes.origin_url || data.attributes.url",
            "labels": "{monitored: data.attributes.url, team: data.attributes.team_name}",
        },
    ),
    KnownTool(
        "Sentry (issue alert)",
        ("action", "data.event.issue_id"),
        {
            "title": "data.event.title",
            "text": "data.event.culprit",
            "severity": "data.event.level",
            "state": "",
            "time": "data.event.datetime",
            "identity": "data.event.issue_id",
            "url": "data.event.web_url",
            "labels": "data.event.tags",
        },
        ends=False,
    ),
    KnownTool(
        "Sentry (issue)",
        ("action", "data.issue.id"),
        {
            "title": "data.issue.title",
            "text": "data.issue.culprit",
            "severity": "data.issue.level",
            "state": "action",
            "clear_words": "resolved, ignored, archived",
            "time": "",
            "identity": "data.issue.id",
            "url": "data.issue.permalink || data.issue.web_url",
            "labels": "{project: data.issue.project.slug, number: data.issue.shortId}",
        },
        raises=frozenset({"created", "unresolved"}),
    ),
    KnownTool(
        "Sentry (metric alert)",
        ("action", "data.metric_alert.id"),
        {
            "title": "data.metric_alert.title || data.description_title",
            "text": "data.description_text",
            "severity": "action",
            "state": "action",
            "time": "data.metric_alert.date_closed || data.metric_alert.date_detected",
            "identity": "data.metric_alert.id",
            "url": "data.web_url",
            "labels": "{project: data.metric_alert.projects[0]}",
        },
    ),
    KnownTool(
        "Dynatrace",
        ("ProblemID", "ProblemTitle", "State"),
        {
            "title": "ProblemTitle",
            "text": "ProblemDetailsText || ProblemImpact",
            "severity": "ProblemSeverity == 'AVAILABILITY' && 'critical'"
            " || ProblemSeverity == 'ERROR' && 'major' || 'minor'",
            "state": "State",
            "clear_words": "resolved, merged",
            "host": "ImpactedEntities[0].name || ImpactedEntity",
            "time": "",
            "identity": "PID || ProblemID",
            "url": "ProblemURL",
            "labels": "Tags",
        },
    ),
    KnownTool(
        "Opsgenie",
        ("action", "alert.alertId"),
        {
            "title": "alert.message",
            "text": "alert.description",
            "severity": "alert.priority",
            "state": "action",
            "clear_words": "close, delete",
            "acknowledge_words": "acknowledge",
            "host": "alert.entity",
            "time": "",
            "identity": "alert.alertId",
            "labels": "alert.details || alert.tags",
        },
        raises=frozenset(
            ("create", "unacknowledge", "escalate", "escalatetonext", "updatepriority")
        ),
    ),
    KnownTool(
        "PagerDuty",
        ("event.event_type", "event.data.id"),
        {
            "title": "event.data.title || event.data.incident.summary",
            "severity": "event.data.priority.summary || event.data.urgency",
            "state": "event.event_type",
            "clear_words": "incident.resolved",
            "acknowledge_words": "incident.acknowledged",
            "host": "event.data.service.summary",
            "time": "event.occurred_at",
            "identity": "event.data.incident.id || event.data.id",
            "url": "event.data.html_url || event.data.incident.html_url",
            "labels": "{service: event.data.service.summary}",
        },
        raises=frozenset(
            (
                *("incident.triggered", "incident.reopened", "incident.unacknowledged"),
                *("incident.escalated", "incident.reassigned", "incident.delegated"),
            )
        ),
    ),
    KnownTool(
        "InfluxDB Kapacitor",
        ("id", "level", "previousLevel"),
        {
            "title": "id",
            "text": "message",
            "severity": "level",
            "state": "level",
            "host": "data.series[0].tags.host",
            "time": "time",
            "identity": "id",
            "labels": "data.series[0].tags",
        },
    ),
    KnownTool(
        "InfluxDB",
        ("_check_id", "_level"),
        {
            "title": "_check_name",
            "text": "_message",
            "severity": "_level",
            "state": "_level",
            "host": "host",
            "time": "_time",
            "identity": "host && join('!', [_check_id, host]) || _check_id",
            "labels": "@",
        },
    ),
    KnownTool(
        "Cloudflare",
        ("alert_type", "policy_id"),
        {
            "title": "alert_name || name || alert_type",
            "text": "text",
            "severity": "data.severity",
            "state": "alert_event",
            "clear_words": "alert_state_event_end",
            "time": "ts",
            "identity": "alert_correlation_id || join('!', [policy_id, alert_type])",
            "labels": "data",
        },
    ),
    KnownTool(
        "Honeycomb",
        ("result_url", "status", "name"),
        {
            "title": "name",
            "text": "summary || description",
            "state": "status",
            "time": "",
            "identity": "id || name",
            "url": "result_url",
            "labels": "{environment: environment, dataset: dataset}",
        },
    ),
    KnownTool(
        "Statuspage (incident)",
        ("page.id", "incident.id"),
        {
            "title": "incident.name",
            "text": "incident.incident_updates[0].body",
            "severity": "incident.impact",
            "state": "incident.status",
            "clear_words": "resolved, completed, postmortem",
            "time": "incident.updated_at",
            "identity": "incident.id",
            "url": "incident.shortlink",
            "labels": "{page: page.id}",
        },
    ),
    KnownTool(
        "Statuspage (component)",
        ("page.id", "component.id"),
        {
            "title": "component.name",
            "text": "page.status_description",
            "severity": "component.status",
            "state": "component.status",
            "clear_words": "operational",
            "host": "component.name",
            "time": "component_update.created_at",
            "identity": "component.id",
            "labels": "{page: page.id}",
        },
    ),
    KnownTool(
        "Cisco Meraki",
        ("alertType", "networkId", "organizationId"),
        {
            "title": "deviceName && join(': ', [deviceName, alertType]) || alertType",
            "text": "alertType",
            "severity": "alertLevel",
            "state": "alertTypeId",
            "clear_words": "started_reporting",
            "host": "deviceName || networkName",
            "time": "occurredAt",
            # Only that a device stopped reporting has an end of its own.
            "identity": "(alertTypeId == 'started_reporting' || alertTypeId == 'stopped_reporting')"
            " && join('!', [deviceSerial || networkId, 'reporting'])"
            " || join('!', [deviceSerial || networkId, alertTypeId || alertType])",
            "url": "deviceUrl || networkUrl",
            "labels": "{network: networkName, organization: organizationName, model: deviceModel,"
            " serial: deviceSerial}",
        },
    ),
)
