"""The rights of this app."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "customers.read"
EDIT = "customers.edit"
EDIT_CONTACTS = "customers.edit_contacts"
PORTFOLIO = "customers.portfolio"

RIGHTS = {
    READ: Right(
        _("View customers, contacts, contracts and services"),
        everywhere=STAFF,
        own={F.CUSTOMER_CONTACT},
    ),
    PORTFOLIO: Right(
        _("View portfolios: renewals and open work by customer"),
        everywhere={F.SOLUTION_ARCHITECT, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    EDIT: Right(
        _("Edit customers, contracts and services"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    EDIT_CONTACTS: Right(
        _("Edit contacts, their authority and access"),
        everywhere=DESK
        | {F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
}
