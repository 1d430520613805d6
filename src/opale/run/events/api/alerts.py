"""Endpoints of alerts and the integrations that raise them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Body, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_resource_changed
from opale.kernel.clock import now
from opale.run.events import rights
from opale.run.events.actions import alerts, integrations
from opale.run.events.domain.label_mapping import LabelMapping
from opale.run.events.models import Alert, Integration, IntegrationKey, QualificationRule
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.ingest_urls import ingest_url
from opale.run.events.queries.timeline import TimelineEntry, alert_timeline
from opale.run.events.states import Severity

router = Router(tags=["events"])

StateName = Literal["open", "acknowledged", "shelved", "cleared", "closed"]
SeverityName = Literal["clear", "info", "warning", "minor", "major", "critical"]


class AlertOut(Schema):
    id: int
    state: StateName
    severity: SeverityName = Field(alias="severity_code")
    title: str
    text: str
    labels: dict[str, str]
    identity: str
    integration: str = Field(alias="integration.name")
    integration_id: int
    item_id: int | None
    service_id: int | None
    customer_id: int | None
    site_id: int | None
    owner_id: int | None
    owner: str | None = Field(alias="owner.name", default=None)
    silence_id: int | None
    source_url: str
    started_at: datetime
    cleared_at: datetime | None
    closed_at: datetime | None
    shelved_until: datetime | None
    flapping_since: datetime | None
    qualified_at: datetime | None
    first_received_at: datetime
    last_received_at: datetime
    count: int


class HappeningOut(Schema):
    at: datetime
    kind: str
    actor: str
    source: str
    target: str
    firing: bool | None
    severity: SeverityName | None
    until: datetime | None
    text: str

    @staticmethod
    def resolve_severity(happening: TimelineEntry) -> str | None:
        return None if happening.severity is None else happening.severity.name.lower()


class WholeAlertOut(AlertOut):
    """`timeline` is the newest of it, the newest first; `/timeline` gives more."""

    raw: dict[str, Any]
    timeline: list[HappeningOut]

    @staticmethod
    def resolve_timeline(alert: Alert, context: Any) -> list[TimelineEntry]:
        return alert_timeline(alert, seen_by=context["request"].actor)[0]


class AlertQuery(Window):
    state: StateName | None = None
    minimum_severity: SeverityName | None = None
    integration_id: int | None = None
    item_id: int | None = None
    owner_id: int | None = None
    flapping: bool = False
    silence_id: int | None = None
    muted: bool | None = None


@router.get("/alerts", response=Page[AlertOut], auth=may(rights.READ))
def list_alerts(
    request: ActorRequest, window: Query[AlertQuery], q: SearchText = ""
) -> Slice[Alert]:
    """The newest first."""
    least = Severity[window.minimum_severity.upper()] if window.minimum_severity else 0
    filters = alert_queries.AlertFilters(
        states=(window.state,) if window.state else (),
        minimum_severity=least,
        integration_id=window.integration_id,
        item_id=window.item_id,
        owner_id=window.owner_id,
        flapping=window.flapping,
        silence_id=window.silence_id,
        muted=window.muted,
        text=q,
    )
    return page(alert_queries.alerts(filters, seen_by=request.actor), window, "-id")


@router.get("/alerts/{int:alert_id}", response=WholeAlertOut, auth=may(rights.READ))
def get_alert(request: ActorRequest, alert_id: int) -> Alert:
    return alert_queries.get_alert(alert_id, seen_by=request.actor)


@router.post(
    "/alerts/{int:alert_id}/acknowledgement", response=WholeAlertOut, auth=may(rights.WORK)
)
def acknowledge_alert(request: ActorRequest, alert_id: int) -> Alert:
    rows = alert_queries.alert_queryset(alert_id, seen_by=request.actor)
    alerts.acknowledge_alerts(rows, by=request.actor, at=now())
    return alert_queries.get_alert(alert_id, seen_by=request.actor)


@router.post(
    "/alerts/{int:alert_id}/unacknowledgement", response=WholeAlertOut, auth=may(rights.WORK)
)
def unacknowledge_alert(request: ActorRequest, alert_id: int) -> Alert:
    rows = alert_queries.alert_queryset(alert_id, seen_by=request.actor)
    alerts.unacknowledge_alerts(rows, by=request.actor, at=now())
    return alert_queries.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/closure", response=WholeAlertOut, auth=may(rights.WORK))
def close_alert(request: ActorRequest, alert_id: int) -> Alert:
    alerts.close_alerts(
        alert_queries.alert_queryset(alert_id, seen_by=request.actor), by=request.actor, at=now()
    )
    return alert_queries.get_alert(alert_id, seen_by=request.actor)


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


class NewIntegration(Schema):
    name: str = Field(max_length=100)
    format: str


class IntegrationChanges(Schema):
    """`events_per_minute` is how many each key may bring; null lifts the limit."""

    name: str | None = Field(default=None, max_length=100)
    active: bool | None = None
    events_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)


class NamingIn(Schema):
    """Which labels of its events name what they are about, the most telling first.

    Without `site_labels` those that name a site stay as they are.
    """

    item_labels: list[str]
    service_labels: list[str]
    customer_labels: list[str]
    site_labels: list[str] | None = None


class NewKeyOut(Schema):
    """`key` and `url` are shown this once."""

    integration_id: int
    key: str
    url: str


class RuleIn(Schema):
    name: str = Field(max_length=100)
    minimum_severity: SeverityName
    open_for_seconds: float = Field(ge=0, le=7 * 86_400)


@router.get("/integrations", response=Page[IntegrationOut], auth=may(rights.READ))
def list_integrations(request: ActorRequest, window: Query[Window]) -> Slice[Integration]:
    return page(alert_queries.integrations(seen_by=request.actor), window, "name", "id")


@router.get("/integrations/{int:integration_id}", response=IntegrationOut, auth=may(rights.READ))
def get_integration(request: ActorRequest, integration_id: int) -> Any:
    return alert_queries.get_integration(integration_id, seen_by=request.actor)


@router.post("/integrations", response={201: NewKeyOut}, auth=may(rights.ADMINISTER))
def create_integration(
    request: ActorRequest, body: NewIntegration, response: HttpResponse
) -> Status[Any]:
    integration, key = integrations.create_integration(by=request.actor, **body.dict())
    return _new_key(integration, key, response)


@router.patch(
    "/integrations/{int:integration_id}", response=IntegrationOut, auth=may(rights.ADMINISTER)
)
def edit_integration(request: ActorRequest, integration_id: int, body: IntegrationChanges) -> Any:
    found = alert_queries.get_integration(integration_id, seen_by=request.actor)
    changes = body.dict(exclude_unset=True)

    def shown() -> IntegrationOut:
        present = alert_queries.get_integration(integration_id, seen_by=request.actor)
        return IntegrationOut.from_orm(present)

    with unless_resource_changed(request, f"events.integration:{integration_id}", shown):
        if "events_per_minute" in changes:
            integrations.set_rate_limit(found, changes.pop("events_per_minute"), by=request.actor)
        if changes:
            integrations.edit_integration(found, by=request.actor, **changes)
    return alert_queries.get_integration(integration_id, seen_by=request.actor)


@router.put(
    "/integrations/{int:integration_id}/labels",
    response=IntegrationOut,
    auth=may(rights.ADMINISTER),
)
def name_integration_labels(request: ActorRequest, integration_id: int, body: NamingIn) -> Any:
    found = alert_queries.get_integration(integration_id, seen_by=request.actor)
    naming = LabelMapping(
        tuple(body.item_labels),
        tuple(body.service_labels),
        tuple(body.customer_labels),
        found.naming.sites if body.site_labels is None else tuple(body.site_labels),
    )
    integrations.set_label_mapping(found, naming, by=request.actor)
    return alert_queries.get_integration(integration_id, seen_by=request.actor)


@router.put(
    "/integrations/{int:integration_id}/reading",
    response=IntegrationOut,
    auth=may(rights.ADMINISTER),
)
def set_integration_reading(
    request: ActorRequest, integration_id: int, body: Body[dict[str, str]]
) -> Any:
    """Settings of the tool by their names; one that is left out has its default."""
    found = alert_queries.get_integration(integration_id, seen_by=request.actor)
    integrations.set_parser_settings(found, body, by=request.actor)
    return alert_queries.get_integration(integration_id, seen_by=request.actor)


@router.post(
    "/integrations/{int:integration_id}/keys",
    response={201: NewKeyOut},
    auth=may(rights.ADMINISTER),
)
def add_integration_key(
    request: ActorRequest, integration_id: int, response: HttpResponse
) -> Status[Any]:
    found = alert_queries.get_integration(integration_id, seen_by=request.actor)
    return _new_key(found, integrations.add_key(found, by=request.actor, at=now()), response)


@router.delete(
    "/integrations/{int:integration_id}/keys/{int:key_id}",
    response={204: None},
    auth=may(rights.ADMINISTER),
)
def expire_integration_key(request: ActorRequest, integration_id: int, key_id: int) -> Status[Any]:
    key = alert_queries.get_key(key_id, of=integration_id, seen_by=request.actor)
    integrations.expire_key(key, by=request.actor, at=now())
    return Status(204, None)


@router.post(
    "/integrations/{int:integration_id}/rules",
    response={201: RuleOut},
    auth=may(rights.ADMINISTER),
)
def add_qualification_rule(request: ActorRequest, integration_id: int, body: RuleIn) -> Status[Any]:
    found = alert_queries.get_integration(integration_id, seen_by=request.actor)
    rule = integrations.add_rule(
        found,
        name=body.name,
        minimum_severity=Severity[body.minimum_severity.upper()],
        open_for=timedelta(seconds=body.open_for_seconds),
        by=request.actor,
    )
    return Status(201, rule)


@router.delete(
    "/integrations/{int:integration_id}/rules/{int:rule_id}",
    response={204: None},
    auth=may(rights.ADMINISTER),
)
def remove_qualification_rule(
    request: ActorRequest, integration_id: int, rule_id: int
) -> Status[Any]:
    rule = alert_queries.get_rule(rule_id, of=integration_id, seen_by=request.actor)
    integrations.remove_rule(rule, by=request.actor)
    return Status(204, None)


def _new_key(integration: Integration, key: str, response: HttpResponse) -> Status[Any]:
    response.headers["Cache-Control"] = "no-store"
    url = ingest_url(integration, key)
    return Status(201, {"integration_id": integration.pk, "key": key, "url": url})
