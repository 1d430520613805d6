"""Endpoints of how offerings are delivered."""

from typing import Any

from ninja import Router, Schema
from ninja.responses import Status

from opale.delivery.projects.actions import templates
from opale.delivery.projects.domain.template_content import content_record
from opale.delivery.projects.queries import templates as template_queries
from opale.delivery.projects.queries.templates import OfferingTemplate
from opale.delivery.projects.rights import READ, TEMPLATES
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest

router = Router(tags=["projects"])


class TemplateOut(Schema):
    """`own`: the offering has a template of its own; else it is delivered as its family."""

    offering: str
    own: bool
    content: dict[str, Any]

    @staticmethod
    def of(found: OfferingTemplate) -> "TemplateOut":
        return TemplateOut(
            offering=found.offering.code, own=found.own, content=content_record(found.content)
        )


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


@router.delete("/project-templates/{slug:offering_code}", response={204: None}, auth=may(TEMPLATES))
def drop_project_template(request: ActorRequest, offering_code: str) -> Status[None]:
    """The offering is delivered as its family again."""
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    templates.drop_template(found.offering, by=request.actor)
    return Status(204, None)
