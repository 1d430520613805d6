"""The rights of handovers."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "handover.read"
WORK = "handover.work"

RIGHTS = {
    READ: Right(_("See handovers and what is watched"), everywhere=STAFF),
    WORK: Right(
        _("Take work over at a change of shift, propose it, refuse it, and sign"),
        everywhere=DESK | {F.SERVICE_MANAGER},
    ),
}
