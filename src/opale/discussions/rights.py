"""Rights of discussions: of everybody of the staff, on records that one may see."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import F, Right

READ = "discussions.read"
WRITE = "discussions.write"
MODERATE = "discussions.moderate"

RIGHTS = {
    READ: Right(_("See comments on records that one may open"), everywhere={F.EMPLOYEE}),
    WRITE: Right(_("Comment on records that one may open"), everywhere={F.EMPLOYEE}),
    MODERATE: Right(
        _("Delete comments and internal notes of others"), everywhere={F.ADMINISTRATOR}
    ),
}
