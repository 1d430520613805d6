"""Actions on suppliers."""

from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from opale.infrastructure import rights
from opale.infrastructure.models import Supplier
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.organisation.models import Language, WorkingCalendar

SUPPLIERS = "infrastructure.suppliers"
"""The live topic of the list."""


class SupplierFields(TypedDict, total=False):
    name: str
    kind: str
    email: str
    phone: str
    portal: str
    language: str
    accepts_within: timedelta | None
    restores_within: timedelta | None
    calendar: WorkingCalendar | None
    left_on: date | None


def create_supplier(*, by: Actor, **fields: Unpack[SupplierFields]) -> Supplier:
    """Create a supplier. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    supplier = Supplier(**{"language": Language.FRENCH} | _checked(dict(fields)))
    if not (supplier.name and supplier.kind and supplier.language):
        raise Invalid(_("A supplier has a name, a kind and a language."))
    with attributed(by), translate_violations(infrastructure_supplier_name_key=_name_taken()):
        supplier.save(force_insert=True)
        _touch(supplier)
    return supplier


def edit_supplier(supplier: Supplier, *, by: Actor, **fields: Unpack[SupplierFields]) -> None:
    """Change a supplier. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by), translate_violations(infrastructure_supplier_name_key=_name_taken()):
        row = lock_row(Supplier.objects.filter(pk=supplier.pk), by, rights.EDIT)
        if update_changed(row, _checked(dict(fields))):
            _touch(row)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())
        if not fields["name"]:
            wrong["name"] = _("Required.")
    if "kind" in fields and fields["kind"] not in Supplier.Kind.values:
        wrong["kind"] = _("Unknown kind of supplier.")
    if "language" in fields and fields["language"] not in Language.values:
        wrong["language"] = _("Opale does not support this language.")
    if not _passes(validate_email, fields.get("email")):
        wrong["email"] = _("Enter a valid email address.")
    if not _passes(URLValidator(schemes=["http", "https"]), fields.get("portal")):
        wrong["portal"] = _("Enter a valid web address.")
    for name in ("accepts_within", "restores_within"):
        if fields.get(name) is not None and fields[name] <= timedelta():
            wrong[name] = _("The target must be longer than zero.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _passes(check: Any, said: str | None) -> bool:
    try:
        if said:
            check(said)
    except ValidationError:
        return False
    return True


def _touch(supplier: Supplier) -> None:
    live_topics.publish(SUPPLIERS, f"infrastructure.supplier:{supplier.pk}")


def _name_taken() -> Invalid:
    return Invalid(name=_("Another supplier has this name."))
