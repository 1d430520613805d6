"""Rights of orders."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "orders.read"
WORK = "orders.work"

RIGHTS = {
    READ: Right(_("View orders"), everywhere=STAFF, own={F.CUSTOMER_CONTACT}),
    WORK: Right(
        _("Create, edit, process and cancel orders"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
