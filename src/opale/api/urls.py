"""Assembly of the API: every room's router is one line here."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from opale.api.exchange import router as exchange
from opale.api.search import router as search
from opale.customers.api import router as customers
from opale.delivery.designs.api import acts as design_acts
from opale.delivery.designs.api import router as designs
from opale.delivery.orders.api.imports import router as orders
from opale.delivery.projects.api import proofs as project_proofs
from opale.delivery.projects.api import router as projects
from opale.delivery.projects.api import templates as project_templates
from opale.delivery.resources.api.plans import router as resource_plans
from opale.delivery.resources.api.requests import router as resources
from opale.endpoints.problems import problem
from opale.endpoints.service import Api
from opale.infrastructure.api.items import router as infrastructure
from opale.kernel.errors import NotFound
from opale.messaging.api.channels import router as messaging_channels
from opale.messaging.api.incoming import router as messaging_incoming
from opale.messaging.api.outgoing import router as messaging
from opale.organisation.api import router as organisation
from opale.reservations.api import router as reservations
from opale.run.desk.api import router as desk
from opale.run.events.api.alert_acts import router as alert_acts
from opale.run.events.api.alerts import router as events
from opale.run.events.api.change_notices import router as change_notices
from opale.run.events.api.heartbeats import router as heartbeats
from opale.run.events.api.rules import router as event_rules
from opale.run.events.api.silences import router as silences
from opale.run.handover.api import router as handover
from opale.run.paging.api.contacts import router as contacts
from opale.run.paging.api.mobilisations import router as paging
from opale.run.paging.api.slips import router as slips
from opale.run.shifts.api.duties import router as shifts
from opale.run.shifts.api.planning import router as planning
from opale.run.shifts.api.proposals import router as proposals
from opale.run.shifts.api.staffing import router as staffing
from opale.run.telephone.api import router as telephone
from opale.webhooks.api import router as webhooks

api = Api(
    title="Opale",
    version="1",
    description=(
        "The API of Opale. Lists are paged by `limit` and `after`; problems have a stable `code`; "
        "send `Idempotency-Key` with a POST and `If-Match` with a PATCH."
    ),
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url="/docs",
)

for router in (
    organisation,
    customers,
    infrastructure,
    messaging,
    messaging_channels,
    messaging_incoming,
    webhooks,
    desk,
    shifts,
    planning,
    proposals,
    staffing,
    paging,
    contacts,
    slips,
    events,
    change_notices,
    heartbeats,
    alert_acts,
    silences,
    event_rules,
    telephone,
    handover,
    reservations,
    designs,
    design_acts,
    orders,
    resources,
    resource_plans,
    projects,
    project_proofs,
    project_templates,
    exchange,
    search,
):
    api.add_router("", router)


def unknown_address(request: HttpRequest, rest: str) -> JsonResponse:
    return problem(NotFound())


urlpatterns = [path("", api.urls), re_path(r"^(?P<rest>[\s\S]+)\Z", csrf_exempt(unknown_address))]
