"""Actions on logins of contacts, who may see what is their customer's."""

from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.actions.customers import publish_customer
from opale.customers.models import Contact
from opale.kernel.action_steps import lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.organisation.actions.access import end_login, open_login
from opale.organisation.models import User


def invite_contact(contact: Contact, *, by: Actor) -> None:
    """Give a contact a login, or open it again, and mail the link; a repetition sends it again.

    Errors: NotFound, NotAllowed, Conflict (has left; has no address; another login has it).
    """
    with attributed(by):
        row = _held(contact, by)
        if row.left_on is not None or row.customer.left_on is not None:
            raise Conflict(_("An inactive contact cannot log in."))
        if not row.email:
            raise Conflict(_("An email address is required to give access."))
        user = open_login(
            row.user_id,
            by=by,
            email=row.email,
            kind=User.Kind.CONTACT,
            language=row.language,
            time_zone=row.customer.time_zone,
        )
        update_changed(row, {"user": user})
        publish_customer(row.customer, row)


def close_contact_access(contact: Contact, *, by: Actor) -> None:
    """Close a contact's login; every session and token ends at once.

    Errors: NotFound, NotAllowed, Conflict (has no login).
    """
    with attributed(by):
        row = _held(contact, by)
        if row.user_id is None:
            raise Conflict(_("This contact has no login."))
        end_login(row.user_id, by=by)
        publish_customer(row.customer, row)


def _held(contact: Contact, by: Actor) -> Contact:
    rows = Contact.objects.select_related("customer").filter(pk=contact.pk)
    return lock_row(rows, by, rights.EDIT_CONTACTS)
