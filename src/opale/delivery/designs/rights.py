"""Rights of designs."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "designs.read"
WORK = "designs.work"

RIGHTS = {
    READ: Right(_("View designs, their needs and possible go-live dates"), everywhere=STAFF),
    WORK: Right(
        _("Create, check, reserve for, quote and order designs"),
        everywhere={F.SOLUTION_ARCHITECT, F.ADMINISTRATOR},
    ),
}
