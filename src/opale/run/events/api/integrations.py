"""Endpoints of integrations, their keys and their qualification rules."""

from typing import Any

from ninja import Body, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_resource_changed
from opale.listings.endpoints import list_endpoint
from opale.run.events import rights
from opale.run.events.actions import integrations
from opale.run.events.listings.sources import INTEGRATIONS
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.shapes.integrations import IntegrationOut

router = Router(tags=["events"])


class IntegrationChanges(Schema):
    """`events_per_minute` is how many each key may bring; null lifts the limit."""

    name: str | None = Field(default=None, max_length=100)
    active: bool | None = None
    events_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)


list_endpoint(router, "/integrations", INTEGRATIONS, IntegrationOut, name="list_integrations")


@router.get("/integrations/{int:integration_id}", response=IntegrationOut, auth=may(rights.READ))
def get_integration(request: ActorRequest, integration_id: int) -> Any:
    return alert_queries.get_integration(integration_id, seen_by=request.actor)


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
