"""Rights of reservations."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "reservations.read"
RESERVE = "reservations.reserve"
OVERBOOK = "reservations.overbook"

RIGHTS = {
    READ: Right(_("View reservations and workload"), everywhere=STAFF),
    RESERVE: Right(
        _("Reserve and release hours and stock"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    OVERBOOK: Right(
        _("Overbook, with a reason"),
        everywhere={F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
