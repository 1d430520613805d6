"""Example bodies of clouds, from their documentation."""

import json
from typing import Any

Body = dict[str, Any]


CLOUDWATCH: Body = {
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


EVENTBRIDGE: Body = {
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
GOOGLE: Body = {
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
AZURE: Body = {
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
ORACLE: Body = {
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
