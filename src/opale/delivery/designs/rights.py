"""Rights of designs."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "designs.read"
WORK = "designs.work"

RIGHTS = {
    READ: Right(_("See designs, what they need and when they could go live"), everywhere=STAFF),
    WORK: Right(
        _("Draw up, check, hold for, quote and order designs"),
        everywhere={F.SOLUTION_ARCHITECT, F.ADMINISTRATOR},
    ),
}
