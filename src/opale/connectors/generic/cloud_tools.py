"""Shipped mappings of clouds, and of services that watch from one."""

from typing import Final

from opale.connectors.generic.known_tool import KnownTool

# A monitor with a priority has it in front: "[P1] [Recovered on {host:web01}] CPU is high".
_DATADOG_HAS_PRIORITY: Final = (
    'contains(`["[P1", "[P2", "[P3", "[P4", "[P5"]`, before(title, \']\'))'
)
_DATADOG_TITLE: Final = f"({_DATADOG_HAS_PRIORITY} && after(title, '] ') || title)"
_DATADOG_STATE: Final = f"({_DATADOG_TITLE} | before(before(after(@, '['), ']'), ' on '))"


CLOUD_TOOLS: Final[tuple[KnownTool, ...]] = (
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
            "title": f"{_DATADOG_TITLE} | (after(@, '] ') || @)",
            "text": "body",
            "severity": f"alert_priority || priority || {_DATADOG_HAS_PRIORITY}"
            f" && after(before(title, ']'), '[') || {_DATADOG_STATE}",
            "state": f"alert_transition || {_DATADOG_STATE}",
            "host": "host || hostname || before(before(after(title, 'host:'), '}'), ',')",
            "time": "last_updated || date",
            # The identifier is that of the event, another one when the monitor recovers.
            "identity": "aggreg_key"
            f" || ({_DATADOG_TITLE} | (after(@, ' on {{') || after(@, '] ') || @))",
            "url": "link",
            "labels": "tags",
        },
    ),
)
