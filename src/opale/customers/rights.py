"""The rights of this app."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "customers.read"
EDIT = "customers.edit"
EDIT_CONTACTS = "customers.edit_contacts"
PORTFOLIO = "customers.portfolio"

RIGHTS = {
    READ: Right(
        _("See customers, contacts, contracts and services"),
        everywhere=STAFF,
        own={F.CUSTOMER_CONTACT},
    ),
    PORTFOLIO: Right(
        _("See portfolios: what must be renewed, what is open for whom"),
        everywhere={F.SOLUTION_ARCHITECT, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    EDIT: Right(
        _("Edit customers, contracts and services"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    EDIT_CONTACTS: Right(
        _("Edit the contacts of customers: what each may do, who logs in"),
        everywhere=DESK
        | {F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
}
