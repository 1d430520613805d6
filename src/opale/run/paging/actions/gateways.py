"""SMS and voice gateways of the provider: set up by who edits policies.

Source: docs/rules/paging.md, "Contact methods".
"""

from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.messaging.domain.channel_delivery import channel_scheme
from opale.run.paging.actions.address_encryption import encrypt_address
from opale.run.paging.models import Gateway
from opale.run.paging.rights import EDIT

GATEWAYS = "paging.gateways"
"""The live topic of the list."""
NUMBER, EXAMPLE = "{to}", "33123456789"


def create_gateway(*, name: str, template: str, by: Actor) -> Gateway:
    """Set up a gateway.

    Errors: NotAllowed, Invalid (name, template), Conflict (the name is taken).
    """
    _refuse(by)
    if not template.strip():
        raise Invalid(template=_("Enter the address, with {to} in place of the number."))
    fields = _checked(name, template)
    with attributed(by):
        with translate_violations(**_taken()):
            made = Gateway.objects.create(**fields)
        live_topics.publish(GATEWAYS)
    return made


def edit_gateway(
    gateway: Gateway,
    *,
    by: Actor,
    name: str | None = None,
    template: str = "",
    is_on: bool | None = None,
) -> None:
    """Change the fields that are given; an address of "" keeps the present one.

    Errors: NotFound, NotAllowed, Invalid, Conflict.
    """
    _refuse(by)
    fields = _checked(gateway.name if name is None else name, template)
    if is_on is not None:
        fields["is_on"] = is_on
    with attributed(by):
        held = _held(gateway, by)
        for column, value in fields.items():
            setattr(held, column, value)
        with translate_violations(**_taken()):
            held.save(update_fields=list(fields))
        live_topics.publish(GATEWAYS)


def switch_gateway(gateway: Gateway, *, by: Actor) -> bool:
    """Switch a gateway off, or on again; return whether it is on. Errors: NotFound, NotAllowed."""
    is_on = not gateway.is_on
    edit_gateway(gateway, is_on=is_on, by=by)
    return is_on


def delete_gateway(gateway: Gateway, *, by: Actor) -> None:
    """Delete a gateway.

    Errors: NotFound, NotAllowed, Conflict (somebody is reached by it: switch it off).
    """
    _refuse(by)
    with attributed(by):
        try:
            _held(gateway, by).delete()
        except ProtectedError:
            raise Conflict(_("Somebody uses this provider. Disable it instead.")) from None
        live_topics.publish(GATEWAYS)


def _refuse(by: Actor) -> None:
    if not by.can(EDIT):
        raise NotAllowed


def _held(gateway: Gateway, by: Actor) -> Gateway:
    rows = Gateway.objects.visible_to(by).filter(pk=gateway.pk)
    held = rows.select_for_update(of=("self",)).first()
    if held is None:
        raise NotFound
    return held


def _checked(name: str, template: str) -> dict[str, Any]:
    """Return the columns to write. Errors: Invalid."""
    name, template = " ".join(name.split()), template.strip()
    wrong: dict[str, str] = {}
    if not 0 < len(name) <= 60:
        wrong["name"] = _("Enter a name.")
    if template and NUMBER not in template:
        wrong["template"] = _("Use {to} where the number goes.")
    elif template and not channel_scheme(template.replace(NUMBER, EXAMPLE)):
        wrong["template"] = _("Opale cannot send to this kind of address.")
    if wrong:
        raise Invalid(**wrong)
    return {"name": name} | ({"template": encrypt_address(template)} if template else {})


def _taken() -> dict[str, Conflict]:
    taken = Conflict(_("Another provider has this name."))
    return {"paging_gateway_name_key": taken}
