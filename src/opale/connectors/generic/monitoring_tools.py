"""Shipped mappings of tools that watch hosts, logs and sites."""

from collections.abc import Mapping
from typing import Final

from opale.connectors.generic.known_tool import KnownTool

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


MONITORING_TOOLS: Final[tuple[KnownTool, ...]] = (
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
)
