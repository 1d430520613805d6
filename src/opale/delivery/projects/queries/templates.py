"""Queries of delivery templates."""

from collections.abc import Collection, Iterable, Mapping
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


def templates_of(rows: Collection[Offering]) -> list[OfferingTemplate]:
    """Return these offerings with their templates, in their order, in one query."""
    kept = _kept(rows)
    return [_delivered(offering, kept) for offering in rows]


def template_of(code: str, *, seen_by: Actor) -> OfferingTemplate:
    """Errors: NotFound."""
    offering = offerings(seen_by=seen_by, retired=True).filter(code=code).first()
    if offering is None or not seen_by.can(READ):
        raise NotFound
    return templates_of([offering])[0]


def contents_of(rows: Iterable[Offering]) -> dict[int, Content]:
    """Return the content for each of these offerings in one query, without a check of rights."""
    known = {row.pk: row for row in rows}
    found = templates_of(list(known.values()))
    return {one.offering.pk: one.content for one in found}


def _kept(rows: Collection[Offering]) -> Mapping[int, object]:
    """Return the templates of their own of these offerings, by offering."""
    own = ProjectTemplate.objects.filter(offering__in=[row.pk for row in rows])
    return dict(own.values_list("offering_id", "content"))


def _delivered(offering: Offering, own: Mapping[int, object]) -> OfferingTemplate:
    kept = own.get(offering.pk)
    if isinstance(kept, dict):
        return OfferingTemplate(offering, parse_content(kept), own=True)
    return OfferingTemplate(
        offering,
        default_templates.BY_FAMILY.get(offering.family, default_templates.OTHER),
        own=False,
    )
