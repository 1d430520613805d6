"""The rights of this room."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, F, Right

READ = "telephone.read"
WORK = "telephone.work"

RIGHTS = {
    READ: Right(_("See calls"), everywhere=DESK | {F.SERVICE_MANAGER, F.ADMINISTRATOR}),
    WORK: Right(
        _("Answer calls, call back and open tickets for callers"),
        everywhere=DESK | {F.SERVICE_MANAGER},
    ),
}
