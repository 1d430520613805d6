"""Rights of reservations."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "reservations.read"
RESERVE = "reservations.reserve"
OVERBOOK = "reservations.overbook"

RIGHTS = {
    READ: Right(_("See what is reserved and how loaded people are"), everywhere=STAFF),
    RESERVE: Right(
        _("Reserve people's hours and technical stock, and release them"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    OVERBOOK: Right(
        _("Reserve more than there is, with a reason"),
        everywhere={F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
