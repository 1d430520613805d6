"""The rights of handovers."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "handover.read"
WORK = "handover.work"

RIGHTS = {
    READ: Right(_("See handovers and the watch list"), everywhere=STAFF),
    WORK: Right(
        _("Accept, propose and refuse work at a handover, and sign it"),
        everywhere=DESK | {F.SERVICE_MANAGER},
    ),
}
