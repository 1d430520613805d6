"""Endpoints of events: alerts and the integrations that raise them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Body, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_shown_otherwise
from opale.kernel.clock import now
from opale.run.events import actions, queries, rights
from opale.run.events.addresses import address_of
from opale.run.events.models import Alert, Integration, IntegrationKey, QualificationRule
from opale.run.events.naming import Naming
from opale.run.events.queries.happenings import Happening, timeline
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
    def resolve_severity(happening: Happening) -> str | None:
        return None if happening.severity is None else happening.severity.name.lower()


class WholeAlertOut(AlertOut):
    """`timeline` is the newest of it, the newest first; `/timeline` gives more."""

    raw: dict[str, Any]
    timeline: list[HappeningOut]

    @staticmethod
    def resolve_timeline(alert: Alert, context: Any) -> list[Happening]:
        return timeline(alert, seen_by=context["request"].actor)[0]


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
    request: AskedRequest, window: Query[AlertQuery], q: SearchText = ""
) -> Slice[Alert]:
    """The newest first."""
    least = Severity[window.minimum_severity.upper()] if window.minimum_severity else 0
    filters = queries.Filters(
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
    return page(queries.alerts(filters, seen_by=request.actor), window, "-id")


@router.get("/alerts/{int:alert_id}", response=WholeAlertOut, auth=may(rights.READ))
def get_alert(request: AskedRequest, alert_id: int) -> Alert:
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post(
    "/alerts/{int:alert_id}/acknowledgement", response=WholeAlertOut, auth=may(rights.WORK)
)
def acknowledge_alert(request: AskedRequest, alert_id: int) -> Alert:
    rows = queries.alert_as_rows(alert_id, seen_by=request.actor)
    actions.acknowledge_alerts(rows, by=request.actor, at=now())
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post(
    "/alerts/{int:alert_id}/unacknowledgement", response=WholeAlertOut, auth=may(rights.WORK)
)
def unacknowledge_alert(request: AskedRequest, alert_id: int) -> Alert:
    rows = queries.alert_as_rows(alert_id, seen_by=request.actor)
    actions.unacknowledge_alerts(rows, by=request.actor, at=now())
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/closure", response=WholeAlertOut, auth=may(rights.WORK))
def close_alert(request: AskedRequest, alert_id: int) -> Alert:
    actions.close_alerts(
        queries.alert_as_rows(alert_id, seen_by=request.actor), by=request.actor, at=now()
    )
    return queries.get_alert(alert_id, seen_by=request.actor)


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
        return list(queries.keys_of(integration))

    @staticmethod
    def resolve_rules(integration: Integration) -> list[QualificationRule]:
        return list(queries.rules_of(integration))


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
def list_integrations(request: AskedRequest, window: Query[Window]) -> Slice[Integration]:
    return page(queries.integrations(seen_by=request.actor), window, "name", "id")


@router.get("/integrations/{int:integration_id}", response=IntegrationOut, auth=may(rights.READ))
def get_integration(request: AskedRequest, integration_id: int) -> Any:
    return queries.get_integration(integration_id, seen_by=request.actor)


@router.post("/integrations", response={201: NewKeyOut}, auth=may(rights.ADMINISTER))
def create_integration(
    request: AskedRequest, body: NewIntegration, response: HttpResponse
) -> Status[Any]:
    integration, key = actions.create_integration(by=request.actor, **body.dict())
    return _new_key(integration, key, response)


@router.patch(
    "/integrations/{int:integration_id}", response=IntegrationOut, auth=may(rights.ADMINISTER)
)
def edit_integration(request: AskedRequest, integration_id: int, body: IntegrationChanges) -> Any:
    found = queries.get_integration(integration_id, seen_by=request.actor)
    changes = body.dict(exclude_unset=True)

    def shown() -> IntegrationOut:
        present = queries.get_integration(integration_id, seen_by=request.actor)
        return IntegrationOut.from_orm(present)

    with unless_shown_otherwise(request, f"events.integration:{integration_id}", shown):
        if "events_per_minute" in changes:
            actions.limit_events(found, changes.pop("events_per_minute"), by=request.actor)
        if changes:
            actions.edit_integration(found, by=request.actor, **changes)
    return queries.get_integration(integration_id, seen_by=request.actor)


@router.put(
    "/integrations/{int:integration_id}/labels",
    response=IntegrationOut,
    auth=may(rights.ADMINISTER),
)
def name_integration_labels(request: AskedRequest, integration_id: int, body: NamingIn) -> Any:
    found = queries.get_integration(integration_id, seen_by=request.actor)
    naming = Naming(
        tuple(body.item_labels),
        tuple(body.service_labels),
        tuple(body.customer_labels),
        found.naming.sites if body.site_labels is None else tuple(body.site_labels),
    )
    actions.name_labels(found, naming, by=request.actor)
    return queries.get_integration(integration_id, seen_by=request.actor)


@router.put(
    "/integrations/{int:integration_id}/reading",
    response=IntegrationOut,
    auth=may(rights.ADMINISTER),
)
def set_integration_reading(
    request: AskedRequest, integration_id: int, body: Body[dict[str, str]]
) -> Any:
    """Settings of the tool by their names; one that is left out has its default."""
    found = queries.get_integration(integration_id, seen_by=request.actor)
    actions.set_reading(found, body, by=request.actor)
    return queries.get_integration(integration_id, seen_by=request.actor)


@router.post(
    "/integrations/{int:integration_id}/keys",
    response={201: NewKeyOut},
    auth=may(rights.ADMINISTER),
)
def add_integration_key(
    request: AskedRequest, integration_id: int, response: HttpResponse
) -> Status[Any]:
    found = queries.get_integration(integration_id, seen_by=request.actor)
    return _new_key(found, actions.add_key(found, by=request.actor, at=now()), response)


@router.delete(
    "/integrations/{int:integration_id}/keys/{int:key_id}",
    response={204: None},
    auth=may(rights.ADMINISTER),
)
def expire_integration_key(request: AskedRequest, integration_id: int, key_id: int) -> Status[Any]:
    key = queries.get_key(key_id, of=integration_id, seen_by=request.actor)
    actions.expire_key(key, by=request.actor, at=now())
    return Status(204, None)


@router.post(
    "/integrations/{int:integration_id}/rules",
    response={201: RuleOut},
    auth=may(rights.ADMINISTER),
)
def add_qualification_rule(request: AskedRequest, integration_id: int, body: RuleIn) -> Status[Any]:
    found = queries.get_integration(integration_id, seen_by=request.actor)
    rule = actions.add_rule(
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
    request: AskedRequest, integration_id: int, rule_id: int
) -> Status[Any]:
    rule = queries.get_rule(rule_id, of=integration_id, seen_by=request.actor)
    actions.remove_rule(rule, by=request.actor)
    return Status(204, None)


def _new_key(integration: Integration, key: str, response: HttpResponse) -> Status[Any]:
    response.headers["Cache-Control"] = "no-store"
    url = address_of(integration, key)
    return Status(201, {"integration_id": integration.pk, "key": key, "url": url})
