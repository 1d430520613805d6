"""Queries on suppliers."""

from opale.infrastructure.models import ConfigurationItem, InfrastructureQuerySet, Supplier
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound

CARRIER = "carrier"
"""The attribute of a circuit or a link that names its carrier."""


def suppliers(
    *, seen_by: Actor, text: str = "", kind: str = "", left: bool = False
) -> InfrastructureQuerySet[Supplier]:
    """Return present suppliers, with `left` also former ones, by part of the name."""
    found = Supplier.objects.visible_to(seen_by).select_related("calendar")
    if not left:
        found = found.filter(left_on=None)
    for word in text.split():
        found = found.filter(name__unaccent__icontains=word)
    return found.filter(kind=kind) if kind else found


def get_supplier(supplier_id: int, *, seen_by: Actor) -> Supplier:
    """Return a supplier. Errors: NotFound, hidden and missing alike."""
    found = suppliers(seen_by=seen_by, left=True).filter(pk=supplier_id).first()
    if found is None:
        raise NotFound
    return found


def plain_suppliers(*, seen_by: Actor) -> InfrastructureQuerySet[Supplier]:
    """Return suppliers without their calendar."""
    return Supplier.objects.visible_to(seen_by)


def carriers_of(item: ConfigurationItem) -> list[str]:
    """Return the names of the carriers of an item, or of the circuits that it needs directly."""
    rows = ConfigurationItem.objects.filter(carries_links__upper=item)
    lower = rows.filter(kind=ConfigurationItem.Kind.CIRCUIT).values_list("attributes", flat=True)
    named = [item.attributes, *lower[:10]]
    return [str(found[CARRIER]) for found in named if found.get(CARRIER)]
