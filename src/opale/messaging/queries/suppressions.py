"""Queries on the addresses that get no automatic mail."""

from collections.abc import Collection

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.messaging.models import Suppression, SuppressionQuerySet


def suppressions(*, seen_by: Actor, text: str = "") -> SuppressionQuerySet:
    """Return suppressed addresses, newest first; `text` is a part of the address."""
    rows = Suppression.objects.visible_to(seen_by)
    return rows.filter(address__contains=text.strip().lower()) if text.strip() else rows


def get_suppression(suppression_id: int, *, seen_by: Actor) -> Suppression:
    """Return a suppressed address. Errors: NotFound."""
    row = suppressions(seen_by=seen_by).filter(pk=suppression_id).first()
    if row is None:
        raise NotFound
    return row


def suppressed_among(addresses: Collection[str]) -> set[str]:
    """Return those of the addresses that are suppressed, in lower case."""
    lower = {address.lower() for address in addresses}
    if not lower:
        return set()
    return set(Suppression.objects.filter(address__in=lower).values_list("address", flat=True))
