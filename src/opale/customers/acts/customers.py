"""Acts of customers and their contacts: create, change, leave, come back and log in."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, button, change, create, form, remove
from opale.customers.actions import customers, logins
from opale.customers.acts.subjects import (
    CONTACT,
    CONTACTS,
    CUSTOMER,
    CUSTOMERS,
)
from opale.customers.forms.customers import (
    ContactForm,
    CustomerForm,
    DepartureForm,
    NewContactForm,
)
from opale.customers.models import Contact
from opale.customers.rights import EDIT, EDIT_CONTACTS


def place_of_contact(contact: Contact) -> Place:
    return reverse("customers_contact", args=[contact.pk]), contact.name


ACTS = (
    create(
        CUSTOMERS, customers.create_customer, "create_customer", EDIT, CustomerForm, noun="",
        made=CUSTOMER, optional={"language"}, title=_("New customer"), submit=_("Create"),
    ),
    change(
        CUSTOMER, customers.edit_customer, "edit_customer", EDIT, CustomerForm,
        title=_("Edit customer"), submit=_("Save"), label=_("Edit"), icon="edit", key="e",
    ),
    button(
        CUSTOMER, customers.end_customer, "end_customer", EDIT, noun="departure", page="leaving",
        of=DepartureForm, label=_("Deactivate"), icon="logout", tone="danger",
        said=_("%(name)s deactivated."), undo="take_back_customer",
        text="The customer leaves on a day: nobody writes in its name and its contacts log in no"
        " more.",
    ),
    button(
        CUSTOMER, customers.reinstate_customer, "take_back_customer", EDIT, noun="return",
        label=_("Reactivate"), icon="arrow-back-up",
        said=_("%(name)s reactivated."),
    ),
    create(
        CUSTOMER, customers.create_contact, "add_customer_contact", EDIT_CONTACTS, ContactForm,
        noun=None, url="add_contact", page="contacts/new", made=CONTACT, title=_("New contact"),
        submit=_("Create"), icon="plus", key="c",
        initial=lambda customer, _by: {"language": customer.language},
    ),
    form(
        CONTACTS, customers.create_contact, "create_contact", EDIT_CONTACTS, NewContactForm,
        noun="", page=None, made=CONTACT, optional={"language"},
    ),
    change(
        CONTACT, customers.edit_contact, "edit_contact", EDIT_CONTACTS, ContactForm, page=None,
    ),
    button(
        CONTACT, customers.end_contact, "end_contact", EDIT_CONTACTS, noun="departure",
        page="leaving", of=DepartureForm, label=_("Deactivate"),
        said=_("Contact %(name)s deactivated."), undo="take_back_contact",
        text="The contact is none any more: what is written from that address is nobody's.",
    ),
    button(
        CONTACT, customers.reinstate_contact, "take_back_contact", EDIT_CONTACTS, noun="return",
        label=_("Reactivate"), said=_("Contact %(name)s reactivated."),
    ),
    button(
        CONTACT, logins.invite_contact, "invite_contact", EDIT_CONTACTS, noun="invitation",
        url="send_invitation", status=202, label=_("Grant access"), icon="mail",
        home=place_of_contact,
        said=_("Invitation sent to %(email)s."),
        text="Give a login, or open it again, and mail the way in.",
    ),
    remove(
        CONTACT, logins.close_contact_access, "close_contact_access", EDIT_CONTACTS, noun="access",
        page="access", label=_("Revoke access"), icon="lock", home=place_of_contact,
        said=_("Access of %(name)s revoked."), undo="send_invitation",
        text="End the login with its sessions and tokens.",
    ),
)  # fmt: skip
