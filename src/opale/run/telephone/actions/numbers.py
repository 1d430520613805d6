"""Saving a caller's number on a contact. Source: docs/rules/telephone.md, "Who calls"."""

from django.utils.translation import gettext as _

from opale.customers.actions.customers import edit_contact
from opale.customers.models import Contact
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.run.telephone.actions.call_locks import change_call, lock_call
from opale.run.telephone.models import Call


def save_number(call: Call, contact: Contact, *, by: Actor) -> str:
    """Save the call's number on the contact, for later calls; return the former number.

    Errors: NotFound, NotAllowed, Conflict (the call hides its number).
    """
    with attributed(by):
        held = lock_call(call, by=by)
        if not held.number_e164:
            raise Conflict(_("The caller’s number is hidden."))
        former = contact.phone
        edit_contact(contact, phone=held.shown_number, by=by)
        if held.contact_id is None:
            change_call(held, contact_id=contact.pk, customer_id=contact.customer_id)
    return former
