"""The shipped mappings of tools that post JSON, each from the body that the tool documents.

A tool is recognised by members that its bodies always have; its expressions then stand in for the
defaults of `mapping.SETTINGS`, and what an integration sets itself comes before both. What a
mapping leaves out is looked for by the usual names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class KnownTool:
    """A tool, the paths of members by which its bodies are known, and its mapping.

    Bodies of a tool without a word for the end never end an alert (`ends` is False): what it raises
    ends by hand, or by a rule.
    """

    name: str
    signs: tuple[str, ...]
    mapping: Mapping[str, str]
    ends: bool = True

    def sent(self, body: Mapping[str, Any]) -> bool:
        return all(_has(body, path) for path in self.signs)


def recognise(body: Any) -> KnownTool | None:
    """Return the tool that sends bodies like this one; None for an unknown one."""
    if not isinstance(body, dict):
        return None
    return next((tool for tool in KNOWN_TOOLS if tool.sent(body)), None)


def _has(body: Any, path: str) -> bool:
    for name in path.split("."):
        if not isinstance(body, dict) or body.get(name) is None:
            return False
        body = body[name]
    return True


_DATADOG_STATE: Final = "before(before(after(title, '['), ']'), ' on ')"
_CHECKMK: Final = {
    "title": "{0}SERVICEDESC && join(' ', [{0}HOSTNAME, {0}SERVICEDESC]) || {0}HOSTNAME",
    "text": "{0}SERVICEOUTPUT || {0}HOSTOUTPUT",
    "severity": "{0}SERVICESTATE || {0}HOSTSTATE",
    "state": "{0}NOTIFICATIONTYPE == 'ACKNOWLEDGEMENT' && 'acknowledged'"
    " || {0}SERVICESTATE || {0}HOSTSTATE",
    "host": "{0}HOSTNAME",
    "time": "",
    "identity": "{0}SERVICEDESC && join('!', [{0}HOSTNAME, {0}SERVICEDESC]) || {0}HOSTNAME",
    "labels": "{{service: {0}SERVICEDESC, address: {0}HOSTADDRESS, site: {0}OMD_SITE}}",
}


def _checkmk(prefix: str) -> Mapping[str, str]:
    return {name: expression.format(prefix) for name, expression in _CHECKMK.items()}


KNOWN_TOOLS: Final[tuple[KnownTool, ...]] = (
    KnownTool(
        "Amazon CloudWatch",
        ("AlarmName", "NewStateValue"),
        {
            "title": "AlarmName",
            "text": "NewStateReason || AlarmDescription",
            "severity": "NewStateValue == 'ALARM' && 'major' || 'warning'",
            "state": "NewStateValue",
            "host": "Trigger.Dimensions[?name == 'InstanceId'].value | [0]"
            " || Trigger.Dimensions[0].value",
            "time": "StateChangeTime",
            "identity": "AlarmArn || AlarmName",
            "labels": "[Trigger.Dimensions, [{name: 'region', value: Region},"
            " {name: 'account', value: AWSAccountId},"
            " {name: 'metric', value: Trigger.MetricName}]][]",
        },
    ),
    KnownTool(
        "Amazon EventBridge",
        ("detail-type", "source", "detail"),
        {
            "title": 'detail.alarmName || "detail-type"',
            "text": "detail.state.reason || detail.description",
            "severity": "detail.state.value == 'ALARM' && 'major' || 'warning'",
            "state": "detail.state.value",
            "host": 'detail."instance-id" || resources[0]',
            "time": "time",
            "identity": "detail.alarmName && (resources[0] || detail.alarmName) || id",
            "labels": "{source: source, region: region, account: account}",
        },
    ),
    KnownTool(
        "Amazon SNS",
        ("Type", "TopicArn", "Message"),
        {
            # Most services put a body of their own into the message.
            "events": "parse_json(Message) || @",
            "title": 'Subject || before(Message, `"\\n"`)',
            "text": "Message",
            "state": "",
            "time": "Timestamp",
            "identity": "MessageId",
            "url": "SubscribeURL",
            "labels": "{topic: TopicArn, type: Type}",
        },
        ends=False,
    ),
    KnownTool(
        "Google Cloud Monitoring",
        ("incident.incident_id", "incident.policy_name"),
        {
            "title": "incident.policy_name",
            "text": "incident.summary",
            "severity": "incident.severity",
            "state": "incident.state",
            "host": "incident.resource_display_name || incident.resource_name",
            "time": "incident.ended_at || incident.started_at",
            "identity": "incident.incident_id",
            "url": "incident.url",
            "labels": "incident.resource.labels",
        },
    ),
    KnownTool(
        "Azure Monitor",
        ("schemaId", "data.essentials"),
        {
            "title": "data.essentials.alertRule",
            "text": "data.essentials.description",
            "severity": "data.essentials.severity",
            "state": "data.essentials.monitorCondition",
            "host": "data.essentials.configurationItems[0]",
            "time": "data.essentials.resolvedDateTime || data.essentials.firedDateTime",
            "identity": "data.essentials.alertId",
            "url": "data.essentials.investigationLink",
            "labels": "data.essentials",
        },
    ),
    KnownTool(
        "Oracle Cloud",
        ("dedupeKey", "alarmMetaData"),
        {
            "title": "title",
            "text": "body",
            "severity": "severity",
            "state": "type",
            "clear_words": "firing_to_ok, reset",
            "host": "alarmMetaData[0].dimensions[0].resourceDisplayName",
            "time": "timestampEpochMillis",
            "identity": "dedupeKey",
            "url": "alarmMetaData[0].alarmUrl",
            "labels": "alarmMetaData[0].dimensions[0]",
        },
    ),
    KnownTool(
        "New Relic",
        ("issueUrl", "state", "id"),
        {
            "title": "title",
            "text": "join(', ', alertConditionNames || `[]`)",
            "severity": "priority",
            "state": "state",
            "clear_words": "closed, deactivated",
            "host": "impactedEntities[0]",
            "time": "updatedAt || createdAt",
            "identity": "id",
            "url": "issueUrl",
            "labels": "{workflow: workflowName, policy: alertPolicyNames[0]}",
        },
    ),
    KnownTool(
        "New Relic (alerts channel)",
        ("incident_id", "condition_name", "current_state"),
        {
            "title": "condition_name",
            "text": "details",
            "severity": "severity",
            "state": "current_state",
            "host": "targets[0].name",
            "time": "timestamp",
            "identity": "to_string(incident_id)",
            "url": "incident_url",
            "labels": "{policy: policy_name, account: account_name}",
        },
    ),
    KnownTool(
        "Datadog",
        ("event_type", "org", "title", "id"),
        {
            "title": "after(title, '] ') || title",
            "text": "body",
            "severity": f"alert_priority || priority || {_DATADOG_STATE}",
            "state": f"alert_transition || {_DATADOG_STATE}",
            "host": "host || hostname || before(before(after(title, 'host:'), '}'), ',')",
            "time": "last_updated || date",
            # The identifier is that of the event, another one when the monitor recovers.
            "identity": "aggreg_key || after(title, ' on {') || after(title, '] ') || title",
            "url": "link",
            "labels": "tags",
        },
    ),
    KnownTool(
        "Grafana (before 9)",
        ("ruleName", "ruleId", "state"),
        {
            "title": "ruleName",
            "text": "message",
            "state": "state",
            "host": "evalMatches[0].tags.host || evalMatches[0].tags.instance",
            "time": "",
            "identity": "join('/', [to_string(orgId), to_string(ruleId)])",
            "url": "ruleUrl",
            "labels": "tags",
        },
    ),
    KnownTool(
        "Grafana and Alertmanager",
        ("labels", "annotations", "startsAt"),
        {
            "title": "annotations.summary || labels.alertname",
            "text": "annotations.description || annotations.message || valueString",
            "severity": "labels.severity",
            "state": "status",
            "host": "labels.host || labels.hostname || labels.instance",
            "time": "status == 'resolved' && endsAt || startsAt",
            "identity": "fingerprint || to_string(labels)",
            "url": "dashboardURL || panelURL || generatorURL",
            "labels": "labels",
        },
    ),
    KnownTool(
        "Graylog",
        ("event_definition_id", "event.timestamp"),
        {
            "title": "event_definition_title",
            "text": "event.message",
            "severity": "event.priority == `3` && 'high' || event.priority == `1` && 'low'"
            " || 'medium'",
            "state": "",
            "host": "event.key || event.fields.source || backlog[0].source || event.source",
            "time": "event.timestamp",
            "identity": "event.key && join('!', [event_definition_id, event.key])"
            " || event_definition_id",
            "labels": "event.fields",
        },
        ends=False,
    ),
    KnownTool(
        "Pingdom",
        ("check_id", "check_name", "current_state"),
        {
            "title": "check_name",
            "text": "long_description || description",
            "severity": "importance_level",
            "state": "current_state",
            "clear_words": "up, success",
            "host": "check_params.hostname",
            "time": "state_changed_timestamp",
            "identity": "to_string(check_id)",
            "url": "check_params.full_url",
            "labels": "tags",
        },
    ),
    KnownTool("Checkmk", ("HOSTNAME", "NOTIFICATIONTYPE"), _checkmk("")),
    KnownTool("Checkmk (environment)", ("NOTIFY_HOSTNAME",), _checkmk("NOTIFY_")),
    KnownTool(
        "Splunk",
        ("sid", "results_link", "result"),
        {
            "title": "search_name || sid",
            "text": "result._raw || result.message || to_string(result)",
            "severity": "result.severity || result.urgency",
            "state": "",
            "host": "result.host",
            "time": "result._time",
            "identity": "search_name && result.host && join('!', [search_name, result.host])"
            " || search_name || sid",
            "url": "results_link",
            "labels": "result",
        },
        ends=False,
    ),
    KnownTool(
        "Splunk Observability",
        ("detector", "incidentId"),
        {
            "title": "rule || detector",
            "text": "messageBody || description",
            "severity": "severity",
            "state": "statusExtended || status",
            "clear_words": "ok, manually resolved, auto resolved, stopped",
            "host": "dimensions.host || dimensions.instance",
            "time": "timestamp",
            "identity": "incidentId",
            "url": "detectorUrl",
            "labels": "dimensions",
        },
    ),
    KnownTool(
        "Splunk On-Call (VictorOps)",
        ("message_type", "entity_id"),
        {
            "title": "entity_display_name || entity_id",
            "text": "state_message",
            "severity": "message_type",
            "state": "message_type",
            "clear_words": "recovery, ok",
            "acknowledge_words": "acknowledgement",
            "host": "host_name",
            "time": "timestamp || state_start_time",
            "identity": "entity_id",
        },
    ),
    KnownTool(
        "VMware Aria Operations (vRealize)",
        ("alertId", "criticality", "resourceName"),
        {
            "title": "alertName || info || subType",
            "text": "info",
            "severity": "criticality",
            "state": "status",
            "clear_words": "inactive, canceled, cancelled",
            "host": "resourceName",
            "time": "status == 'ACTIVE' && (updateDate || startDate) || cancelDate || updateDate",
            "identity": "alertId",
            "labels": "{kind: resourceKind, adapter: adapterKind, type: type, subtype: subType}",
        },
    ),
    KnownTool(
        "VMware Aria Operations for Logs",
        ("AlertName", "HitCount"),
        {
            "title": "AlertName",
            "text": "Info || messages[0].text",
            "state": "",
            "host": "messages[0].fields[?name == 'hostname'].content | [0]",
            "time": "TriggeredAt",
            "identity": "AlertName",
            "url": "Url",
            "labels": "{hits: NumHits}",
        },
        ends=False,
    ),
    KnownTool(
        "Site24x7",
        ("MONITORNAME", "STATUS"),
        {
            "title": "MONITORNAME",
            "text": "INCIDENT_REASON || INCIDENT_DETAILS",
            "severity": "STATUS",
            "state": "STATUS",
            "host": "MONITORNAME",
            "time": "INCIDENT_TIME_ISO",
            "identity": "to_string(MONITOR_ID || MONITORID || MONITORNAME)",
            "url": "MONITOR_DASHBOARD_LINK",
            "labels": "{type: MONITORTYPE, group: MONITOR_GROUPNAME, locations: FAILED_LOCATIONS,"
            " monitored: MONITORURL}",
        },
    ),
    KnownTool(
        "Uptime Kuma",
        ("heartbeat.status", "monitor.name"),
        {
            "title": "monitor.name",
            "text": "heartbeat.msg || msg",
            "severity": "heartbeat.status == `0` && 'major' || 'warning'",
            "state": "to_string(heartbeat.status)",
            "clear_words": "1, 3",
            "host": "monitor.hostname || monitor.name",
            "time": "heartbeat.time",
            "identity": "to_string(monitor.id || monitor.name)",
            "url": "monitor.url",
            "labels": "{type: monitor.type, monitored: monitor.url}",
        },
    ),
    KnownTool(
        "UptimeRobot",
        ("monitorFriendlyName", "alertType"),
        {
            "title": "monitorFriendlyName",
            "text": "alertDetails || alertTypeFriendlyName",
            "severity": "to_string(alertType) == '1' && 'major' || 'warning'",
            "state": "to_string(alertType)",
            "clear_words": "2",
            "host": "monitorFriendlyName",
            "time": "alertDateTime",
            # A certificate that expires is another trouble than an outage.
            "identity": "to_string(alertType) == '3'"
            " && join('!', [to_string(monitorID), 'certificate']) || to_string(monitorID)",
            "url": "monitorURL",
            "labels": "{monitored: monitorURL}",
        },
    ),
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
