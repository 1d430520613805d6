"""Endpoints of delivery templates of offerings."""

from typing import Any

from ninja import Router, Schema

from opale.delivery.projects.actions import templates
from opale.delivery.projects.queries import templates as template_queries
from opale.delivery.projects.rights import READ, TEMPLATES
from opale.delivery.projects.shapes import TemplateOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest

router = Router(tags=["projects"])


class ContentIn(Schema):
    """`size`, `steps`, `needs`, `deliverables` and `gates`, as a template is read."""

    content: dict[str, Any]


@router.get("/project-templates/{slug:offering_code}", response=TemplateOut, auth=may(READ))
def get_project_template(request: ActorRequest, offering_code: str) -> TemplateOut:
    return TemplateOut.of(template_queries.template_of(offering_code, seen_by=request.actor))


@router.put("/project-templates/{slug:offering_code}", response=TemplateOut, auth=may(TEMPLATES))
def write_project_template(
    request: ActorRequest, offering_code: str, body: ContentIn
) -> TemplateOut:
    """Orders that begin from now on are decomposed by it; what runs stays as it is."""
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    templates.write_template(found.offering, body.content, by=request.actor)
    return TemplateOut.of(template_queries.template_of(offering_code, seen_by=request.actor))
