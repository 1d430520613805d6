"""Actions on configuration items and their dependencies."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Any, TypedDict, Unpack

from django.db import connection
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Service
from opale.infrastructure import rights
from opale.infrastructure.actions.pools import follow_rack
from opale.infrastructure.models import (
    CapacityPool,
    ConfigurationItem,
    Dependency,
    ServiceItem,
    Site,
)
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import discard, lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.kernel.states import Move, perform

LIST = "infrastructure.items"


class ItemFields(TypedDict, total=False):
    name: str
    kind: str
    site: Site | None
    customer: Customer | None
    address: str | None
    serial: str
    attributes: Mapping[str, Any]


def create_item(
    *,
    by: Actor,
    state: str = ConfigurationItem.State.IN_SERVICE,
    **fields: Unpack[ItemFields],
) -> ConfigurationItem:
    """Create an item. Errors: NotAllowed, Invalid."""
    if not by.can(rights.EDIT):
        raise NotAllowed
    item = ConfigurationItem(state=state, **_checked(dict(fields)))
    if not item.name or not item.kind:
        raise Invalid(_("An item has a name and a kind."))
    if state not in ConfigurationItem.State.values:
        raise Invalid(state=_("Unknown item state."))
    with (
        attributed(by),
        translate_violations(infrastructure_configurationitem_name_key=_name_taken()),
    ):
        item.save(force_insert=True)
        _refuse_out_of_reach(item, by)
        follow_rack(item, by=by)
        _touch(item)
    return item


def edit_item(item: ConfigurationItem, *, by: Actor, **fields: Unpack[ItemFields]) -> None:
    """Change an item. Errors: NotFound, NotAllowed, Invalid."""
    with (
        attributed(by),
        translate_violations(infrastructure_configurationitem_name_key=_name_taken()),
    ):
        row = lock_row(ConfigurationItem.objects.filter(pk=item.pk), by, rights.EDIT)
        if update_changed(row, _checked(dict(fields))):
            _refuse_out_of_reach(row, by)
            follow_rack(row, by=by)
            _touch(row)


def discard_item(item: ConfigurationItem, *, by: Actor) -> None:
    """Delete an item that was entered by mistake, while nothing refers to it.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        row = lock_row(ConfigurationItem.objects.filter(pk=item.pk), by, rights.EDIT)
        _touch(row)
        for pool in CapacityPool.objects.filter(item=row, derived=True):
            discard(pool)
        discard(row)


def move_item(
    item: ConfigurationItem, move: Move, *, by: Actor, at: datetime | None = None
) -> None:
    """Move an item along its life (`infrastructure.states`), by default now.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        rows = ConfigurationItem.objects.visible_to(by).filter(pk=item.pk)
        perform(move, rows, by=by, at=at or clock.now())
        _touch(item)


def connect_items(
    upper: ConfigurationItem, lower: ConfigurationItem, *, by: Actor, redundancy: str = ""
) -> Dependency:
    """Record that `upper` needs `lower`; a repetition changes the redundancy group.

    Errors: NotFound, NotAllowed, Invalid (in a circle).
    """
    with attributed(by):
        held = lock_row(ConfigurationItem.objects.filter(pk=upper.pk), by, rights.EDIT)
        if not ConfigurationItem.objects.visible_to(by).filter(pk=lower.pk).exists():
            raise NotFound
        if held.pk == lower.pk or _needs(lower.pk, held.pk):
            raise Invalid(
                lower=_("%(lower)s already depends on %(upper)s: dependencies cannot be circular.")
                % {"lower": lower.name, "upper": held.name}
            )
        link = Dependency.objects.filter(upper=held, lower=lower).first()
        group = redundancy.strip()
        if link is None:
            link = Dependency.objects.create(upper=held, lower=lower, redundancy=group)
        else:
            update_changed(link, {"redundancy": group})
        _touch(held, lower)
    return link


def disconnect_items(upper: ConfigurationItem, lower: ConfigurationItem, *, by: Actor) -> None:
    """Remove the dependency of `upper` on `lower`. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = lock_row(ConfigurationItem.objects.filter(pk=upper.pk), by, rights.EDIT)
        if not Dependency.objects.filter(upper=held, lower=lower).delete()[0]:
            raise NotFound
        _touch(held, lower)


def link_service(
    service: Service, item: ConfigurationItem, *, by: Actor, redundancy: str = ""
) -> ServiceItem:
    """Record that a service needs an item; a repetition changes the redundancy group.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        held = lock_row(ConfigurationItem.objects.filter(pk=item.pk), by, rights.EDIT)
        if not Service.objects.visible_to(by).filter(pk=service.pk).exists():
            raise NotFound
        if held.customer_id not in (None, service.customer_id):
            raise Invalid(service=_("This item belongs to another customer."))
        link = ServiceItem.objects.filter(service=service, item=held).first()
        group = redundancy.strip()
        if link is None:
            link = ServiceItem.objects.create(
                customer_id=service.customer_id, service=service, item=held, redundancy=group
            )
        else:
            update_changed(link, {"redundancy": group})
        _touch(held)
    return link


def unlink_service(service: Service, item: ConfigurationItem, *, by: Actor) -> None:
    """Remove a service's link to an item. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = lock_row(ConfigurationItem.objects.filter(pk=item.pk), by, rights.EDIT)
        if not ServiceItem.objects.filter(service=service, item=held).delete()[0]:
            raise NotFound
        _touch(held)


_NEEDS = """
    WITH RECURSIVE below(id) AS (
        SELECT lower_id FROM infrastructure_dependency WHERE upper_id = %s
        UNION
        SELECT link.lower_id FROM below
        JOIN infrastructure_dependency AS link ON link.upper_id = below.id
    )
    SELECT EXISTS (SELECT FROM below WHERE id = %s)
"""


def _needs(upper_id: int, lower_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_NEEDS, [upper_id, lower_id])
        (found,) = cursor.fetchone()
    return bool(found)


def _refuse_out_of_reach(item: ConfigurationItem, by: Actor) -> None:
    """Check that the item, made or changed, is among those that the actor may edit."""
    if not ConfigurationItem.objects.filter(pk=item.pk).within(by, rights.EDIT).exists():
        raise NotAllowed


def _touch(*items: ConfigurationItem) -> None:
    for item in items:
        live_topics.publish(
            f"infrastructure.configurationitem:{item.pk}", customer_id=item.customer_id
        )
    live_topics.publish(LIST)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())
        if not fields["name"]:
            wrong["name"] = _("Enter a name.")
    if "kind" in fields and fields["kind"] not in ConfigurationItem.Kind.values:
        wrong["kind"] = _("Unknown kind of item.")
    if "address" in fields:
        try:
            fields["address"] = str(ip_address(fields["address"])) if fields["address"] else None
        except ValueError:
            wrong["address"] = _("Enter a valid IP address.")
    if "serial" in fields:
        fields["serial"] = fields["serial"].strip()
    if wrong:
        raise Invalid(**wrong)
    return fields


def _name_taken() -> Invalid:
    return Invalid(name=_("Another item has this name."))
