"""One's own contact methods, and the gateways of the provider."""

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
    """Return the actor's own methods only, whatever other rights are held."""
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
    """Return the enabled gateways, by name, to choose from."""
    return Gateway.objects.filter(is_on=True)


def all_gateways(*, seen_by: Actor) -> GatewayQuerySet:
    """Return all gateways, disabled ones too, for who sets them up."""
    return Gateway.objects.visible_to(seen_by).order_by("name", "pk")


def get_gateway(gateway_id: int, *, seen_by: Actor) -> Gateway:
    """Errors: NotFound."""
    found = all_gateways(seen_by=seen_by).filter(pk=gateway_id).first()
    if found is None:
        raise NotFound
    return found


def get_method_by_id(method_id: int) -> ContactMethod:
    """Return a method for the sender. Errors: DoesNotExist."""
    rows = ContactMethod.objects.select_related("person__user", "person__company", "gateway")
    return rows.get(pk=method_id)
