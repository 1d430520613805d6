"""Answers about integrations, their keys and their qualification rules."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from opale.run.events.models import Integration, IntegrationKey, QualificationRule
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.states import SeverityName


class KeyOut(Schema):
    id: int
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class RuleOut(Schema):
    id: int
    name: str
    minimum_severity: SeverityName = Field(alias="severity_code")
    open_for_seconds: float
    active: bool

    @staticmethod
    def resolve_open_for_seconds(rule: QualificationRule) -> float:
        return rule.open_for.total_seconds()


class IntegrationOut(Schema):
    id: int
    name: str
    format: str
    active: bool
    events_per_minute: int | None
    created_at: datetime
    last_received_at: datetime | None
    unreadable_count: int
    item_labels: list[str] = Field(alias="naming.items")
    service_labels: list[str] = Field(alias="naming.services")
    customer_labels: list[str] = Field(alias="naming.customers")
    site_labels: list[str] = Field(alias="naming.sites")
    settings: dict[str, str]
    keys: list[KeyOut]
    rules: list[RuleOut]

    @staticmethod
    def resolve_keys(integration: Integration) -> list[IntegrationKey]:
        return list(alert_queries.keys_of(integration))

    @staticmethod
    def resolve_rules(integration: Integration) -> list[QualificationRule]:
        return list(alert_queries.rules_of(integration))


class NewKeyOut(Schema):
    """`key` and `url` are shown this once."""

    integration_id: int
    key: str
    url: str
