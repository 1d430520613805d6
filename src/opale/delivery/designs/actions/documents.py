"""Actions for the documents of a design, and for the customer's acceptance of a quoted version."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from opale.customers.models import Contact
from opale.delivery.designs.actions.designs import lock_design, present_version, publish_design
from opale.delivery.designs.models import Acceptance, Design, DesignDocument
from opale.delivery.designs.states import ACCEPT, DesignState
from opale.delivery.projects.queries.workdays import today
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.stored_files import stored_columns

MOST: Final = 100


def attach_document(
    design: Design, name: str, chunks: Iterable[bytes], *, by: Actor
) -> DesignDocument:
    """Attach a file to a design in any state.

    The bytes are stored before the transaction, so that no slow work happens under the lock.
    Errors: NotFound, NotAllowed, Invalid (too large, empty, or a program), TooMany.
    """
    if not Design.objects.visible_to(by).filter(pk=design.pk).exists():
        raise NotFound
    columns = stored_columns(name, chunks, by=by)
    with attributed(by):
        held = lock_design(design, by=by)
        if DesignDocument.objects.filter(design=held).count() >= MOST:
            limit = {"limit": MOST}
            raise Invalid(file=_("A design has %(limit)s documents at most.") % limit)
        made = DesignDocument.objects.create(
            design=held,
            **columns,
            said_by=by.signature,
        )
        publish_design(held)
    return made


def remove_document(document: DesignDocument, *, by: Actor) -> None:
    """Remove a document.

    Errors: NotFound, NotAllowed, Conflict (it is the proof of an acceptance).
    """
    with attributed(by):
        held = lock_design(document.design, by=by)
        row = DesignDocument.objects.filter(pk=document.pk, design=held).first()
        if row is None:
            raise NotFound
        if Acceptance.objects.filter(document=row).exists():
            raise Conflict(
                _("This document proves the customer's acceptance and cannot be removed.")
            )
        row.delete()
        publish_design(held)


def attach_acceptance(
    design: Design,
    *,
    by: Actor,
    contact: Contact,
    accepted_on: date,
    document: DesignDocument | None = None,
    mail: str = "",
    their_number: str = "",
) -> Acceptance:
    """Record who accepted the quoted version, when, and the document or mail that proves it. A
    second call replaces the first.

    Errors: NotFound, NotAllowed, IllegalMove (it is not quoted), Invalid.
    """
    with attributed(by):
        held = lock_design(design, by=by)
        if held.state not in ACCEPT.sources:
            raise IllegalMove(ACCEPT.name, {held.pk: held.state}, _not_quoted(held))
        version = present_version(held)
        shown = " ".join(mail.split())
        _check(held, contact, accepted_on, document, shown)
        made, _new = Acceptance.objects.update_or_create(
            version=version,
            defaults={
                "contact": contact,
                "accepted_on": accepted_on,
                "document": document,
                "mail": shown[:300],
                "their_number": " ".join(their_number.split())[:100],
                "said_by": by.signature,
                "said_at": clock.now(),
            },
        )
        publish_design(held)
    return made


def _check(
    design: Design,
    contact: Contact,
    accepted_on: date,
    document: DesignDocument | None,
    mail: str,
) -> None:
    """Errors: Invalid."""
    if contact.customer_id != design.customer_id or contact.left_on is not None:
        raise Invalid(contact=_("This contact belongs to another customer."))
    if not contact.may_order:
        raise Invalid(contact=_("This contact is not authorised to order. Choose one who is."))
    if accepted_on > today():
        raise Invalid(accepted_on=_("The acceptance date cannot be in the future."))
    if document is not None and document.design_id != design.pk:
        raise Invalid(document=_("This document does not belong to this design."))
    if document is None and not mail:
        raise Invalid(document=_("Attach a document or name the mail that proves it."))


def _not_quoted(design: Design) -> str:
    if design.state == DesignState.ACCEPTED:
        return _("The design is already accepted and ordered.")
    return _("Quote the design first: the customer accepts a quoted version.")
