"""One's own ways to be reached, and the gateways that the provider offers."""

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.paging.models import (
    ContactMethod,
    ContactMethodQuerySet,
    Gateway,
    GatewayQuerySet,
    QuietHours,
)


def own_methods(*, seen_by: Actor) -> ContactMethodQuerySet:
    """Only ever one's own, whatever else one may see."""
    rows = ContactMethod.objects.visible_to(seen_by).filter(person_id=seen_by.person_id or 0)
    return rows.select_related("gateway").order_by("after", "pk")


def get_method(method_id: int, *, seen_by: Actor) -> ContactMethod:
    """Errors: NotFound."""
    found = own_methods(seen_by=seen_by).filter(pk=method_id).first()
    if found is None:
        raise NotFound
    return found


def own_quiet_hours(*, seen_by: Actor) -> QuietHours | None:
    rows = QuietHours.objects.visible_to(seen_by)
    return rows.filter(person_id=seen_by.person_id or 0).first()


def gateways() -> GatewayQuerySet:
    """Those that are on: their names, for whoever chooses one."""
    return Gateway.objects.filter(is_on=True)


def offered_gateway(gateway_id: int) -> Gateway:
    """One that is on. Errors: NotFound."""
    found = gateways().filter(pk=gateway_id).first()
    if found is None:
        raise NotFound
    return found


def all_gateways(*, seen_by: Actor) -> GatewayQuerySet:
    """Those that are off too, for who sets them up."""
    return Gateway.objects.visible_to(seen_by).order_by("name", "pk")


def get_gateway(gateway_id: int, *, seen_by: Actor) -> Gateway:
    """Errors: NotFound."""
    found = all_gateways(seen_by=seen_by).filter(pk=gateway_id).first()
    if found is None:
        raise NotFound
    return found


def get_method_by_id(method_id: int) -> ContactMethod:
    """For the sender. Errors: DoesNotExist."""
    rows = ContactMethod.objects.select_related("person__user", "person__company", "gateway")
    return rows.get(pk=method_id)
