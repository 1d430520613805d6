"""Queries of delivery templates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opale.customers.models import Offering
from opale.customers.queries.services import offerings
from opale.delivery.projects.domain.template_content import Content, parse_content
from opale.delivery.projects.models import ProjectTemplate
from opale.delivery.projects.queries import default_templates
from opale.delivery.projects.rights import READ
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class OfferingTemplate:
    """An offering, with its own template or its family's."""

    offering: Offering
    content: Content
    own: bool


def templates(*, seen_by: Actor) -> list[OfferingTemplate]:
    """Return every offering on sale with its template, by family and code."""
    if not seen_by.can(READ):
        return []
    own = {row.offering_id: row.content for row in ProjectTemplate.objects.all()}
    rows = offerings(seen_by=seen_by).order_by("family", "code")
    return [_delivered(offering, own) for offering in rows]


def template_of(code: str, *, seen_by: Actor) -> OfferingTemplate:
    """Errors: NotFound."""
    offering = offerings(seen_by=seen_by, retired=True).filter(code=code).first()
    if offering is None or not seen_by.can(READ):
        raise NotFound
    own = {
        row.offering_id: row.content for row in ProjectTemplate.objects.filter(offering=offering)
    }
    return _delivered(offering, own)


def contents_of(rows: Iterable[Offering]) -> dict[int, Content]:
    """Return the content for each of these offerings in one query, without a check of rights."""
    known = {row.pk: row for row in rows}
    own = ProjectTemplate.objects.filter(offering__in=known).values_list("offering_id", "content")
    kept = dict(own)
    return {key: _delivered(offering, kept).content for key, offering in known.items()}


def _delivered(offering: Offering, own: Mapping[int, object]) -> OfferingTemplate:
    kept = own.get(offering.pk)
    if isinstance(kept, dict):
        return OfferingTemplate(offering, parse_content(kept), own=True)
    return OfferingTemplate(
        offering,
        default_templates.BY_FAMILY.get(offering.family, default_templates.OTHER),
        own=False,
    )
