"""What the parameters of designs' routes name: a draft, one checked, one quoted and accepted."""

from collections.abc import Mapping
from datetime import date, timedelta

from tests.personas import MAKER, Personas

from opale.customers.models import Contact, Family
from opale.customers.tests.builders import make_offering
from opale.delivery.designs.actions import designs as design_actions
from opale.delivery.designs.actions import documents, lifecycle, orders, reservations
from opale.delivery.designs.models import Design
from opale.delivery.projects.queries.workdays import today
from opale.kernel.attribution import attributed


def _design(house: Personas) -> Design:
    """It needs nobody with a skill, so that a house of one login a function can deliver it."""
    other = make_offering("design-other", family=Family.OTHER, name_en="Other", name_fr="Autre")
    design = design_actions.create_design(house.customer, "Two sites", by=MAKER)
    site = design_actions.add_site(design, "Paris", by=MAKER)
    design_actions.add_line(design, other, by=MAKER, site=site)
    return design


def subjects(house: Personas) -> Mapping[str, object]:
    with attributed(MAKER):
        Contact.objects.filter(pk=house.contact.pk).update(may_order=True)
    house.contact.refresh_from_db()
    draft, checked, quoted, ordered = (_design(house) for _state in range(4))
    for design in (checked, quoted, ordered):
        lifecycle.check_design(design, by=MAKER)
    for design in (quoted, ordered):
        # Made one after the other, each is in the way of the next: it is looked at again.
        lifecycle.check_design(design, by=MAKER)
        reservations.reserve_design(design, by=MAKER)
        lifecycle.quote_design(design, by=MAKER)
        documents.attach_acceptance(
            design,
            by=MAKER,
            contact=house.contact,
            accepted_on=date(2026, 1, 5),
            mail="From Zoë",
        )
    order = orders.order_design(ordered, by=MAKER).order
    lifecycle.check_design(checked, by=MAKER)
    paper = documents.attach_document(draft, "offer.txt", [b"Two sites."], by=MAKER)
    version = draft.versions.get()
    line = version.lines.get()
    colo = make_offering("design-colo", family=Family.COLOCATION, name_en="Rack", name_fr="Baie")
    placed = design_actions.add_line(draft, colo, by=MAKER)
    return {
        "design_number": draft.number,
        "checked_design_number": checked.number,
        "quoted_design_number": quoted.number,
        "design_order_number": order.number,
        "design_site_id": version.sites.get().pk,
        "design_line_id": line.pk,
        "design_placed_line_id": placed.pk,
        "unit": "U",
        "design_offering_id": line.offering_id,
        "design_document_id": paper.pk,
        "design_contact_id": house.contact.pk,
        "design_until": (today() + timedelta(days=7)).isoformat(),
    }
