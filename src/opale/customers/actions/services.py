"""Actions on services and the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.actions.customers import publish_customer
from opale.customers.actions.offering_options import kept_option, refused_options
from opale.customers.facts import ServiceMoved
from opale.customers.models import Customer, Family, Offering, Service
from opale.customers.states import ACTIVATE, TERMINATE
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import (
    discard,
    lock_row,
    require_everywhere,
    require_on,
    update_changed,
)
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform

DEEPEST = 5


class ServiceFields(TypedDict, total=False):
    reference: str
    name: str
    offering: Offering
    parent: Service | None
    started_on: date | None


class OfferingFields(TypedDict, total=False):
    code: str
    family: str
    name_en: str
    name_fr: str
    options: Sequence[Mapping[str, Any]]
    retired_on: date | None


def create_service(
    customer: Customer,
    *,
    by: Actor,
    state: str = Service.State.DESIGNED,
    **fields: Unpack[ServiceFields],
) -> Service:
    """Create a service. Errors: NotAllowed, Invalid."""
    require_on(customer, by, rights.EDIT)
    service = Service(customer=customer, state=state, **_checked(dict(fields)))
    if not service.reference or not service.name or service.offering_id is None:
        raise Invalid(_("Enter a reference, a name and an offering."))
    if state not in Service.State.values:
        raise Invalid(state=_("Unknown service state."))
    with attributed(by), translate_violations(customers_service_reference_key=_reference_taken()):
        _refuse_parent(service, service.parent)
        service.save(force_insert=True)
        _touch(service)
    return service


def edit_service(service: Service, *, by: Actor, **fields: Unpack[ServiceFields]) -> None:
    """Change a service. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by), translate_violations(customers_service_reference_key=_reference_taken()):
        row = lock_row(Service.objects.filter(pk=service.pk), by, rights.EDIT)
        if "parent" in fields:
            _refuse_parent(row, fields["parent"])
        if update_changed(row, _checked(dict(fields))):
            _touch(row)


def move_service(service: Service, move: Move, *, by: Actor, at: datetime | None = None) -> None:
    """Move a service along its life (`customers.states`), by default now.

    Units: `at` is the trade time of the move; activation and termination are dated by it.
    Errors: NotFound, NotAllowed, IllegalMove.
    """
    at = at or clock.now()
    dated: dict[str, Any] = {}
    if move is ACTIVATE and service.started_on is None:
        dated["started_on"] = at.date()
    if move is TERMINATE:
        dated["ended_on"] = at.date()
    with attributed(by):
        rows = Service.objects.visible_to(by).filter(pk=service.pk)
        perform(move, rows, by=by, at=at, **dated)
        announce(
            ServiceMoved(service_id=service.pk, customer_id=service.customer_id, state=move.target),
            by=by,
        )
        _touch(service)


def discard_service(service: Service, *, by: Actor) -> None:
    """Delete a service that was entered by mistake, while nothing refers to it.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        row = lock_row(Service.objects.filter(pk=service.pk), by, rights.EDIT)
        _touch(row)
        discard(row)


def create_offering(*, by: Actor, **fields: Unpack[OfferingFields]) -> Offering:
    """Create an offering. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    offering = Offering(**_checked_offering(dict(fields)))
    if not (offering.code and offering.name_en and offering.name_fr and offering.family):
        raise Invalid(_("Enter a code, a family and a name in both languages."))
    with attributed(by), translate_violations(customers_offering_code_key=_offering_taken()):
        offering.save(force_insert=True)
        live_topics.publish("customers.offerings")
    return offering


def edit_offering(offering: Offering, *, by: Actor, **fields: Unpack[OfferingFields]) -> None:
    """Change or retire an offering; services that were bought keep it.

    Errors: NotFound, NotAllowed, Invalid.
    """
    require_everywhere(by, rights.EDIT)
    with attributed(by), translate_violations(customers_offering_code_key=_offering_taken()):
        row = lock_row(Offering.objects.filter(pk=offering.pk), by, rights.EDIT)
        if update_changed(row, _checked_offering(dict(fields))):
            live_topics.publish("customers.offerings", f"customers.offering:{row.pk}")


def _touch(service: Service) -> None:
    live_topics.publish(f"customers.service:{service.pk}", customer_id=service.customer_id)
    publish_customer(service.customer)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    for name in ("reference", "name"):
        if name in fields:
            fields[name] = " ".join(fields[name].split())
            if not fields[name]:
                wrong[name] = _("Required.")
    if "reference" in fields and "/" in fields["reference"]:
        wrong["reference"] = _("The reference cannot contain a slash.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _refuse_parent(service: Service, parent: Service | None) -> None:
    """Check that the whole is of the same customer, without a circle and not too deep."""
    above, steps = parent, 0
    while above is not None:
        if above.customer_id != service.customer_id:
            raise Invalid(parent=_("This service belongs to another customer."))
        steps += 1
        if above.pk == service.pk or steps > DEEPEST:
            raise Invalid(parent=_("A service cannot be part of itself, or be nested this deep."))
        above = above.parent


def _checked_offering(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    for name in ("code", "name_en", "name_fr"):
        if name in fields:
            fields[name] = " ".join(fields[name].split())
            if not fields[name]:
                wrong[name] = _("Required.")
    if "family" in fields and fields["family"] not in Family.values:
        wrong["family"] = _("Unknown product family.")
    if "options" in fields:
        fields["options"] = [kept_option(one) for one in fields["options"]]
        if refused := refused_options(fields["options"]):
            wrong["options"] = refused
    if wrong:
        raise Invalid(**wrong)
    return fields


def _reference_taken() -> Invalid:
    return Invalid(reference=_("Another service has this reference."))


def _offering_taken() -> Invalid:
    return Invalid(code=_("Another offering has this code."))
