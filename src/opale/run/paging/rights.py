"""The rights of paging."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "paging.read"
OWN = "paging.own"
WORK = "paging.work"
EDIT = "paging.edit"
SLIPS = "paging.slips"

RIGHTS = {
    READ: Right(_("See pages and escalation policies"), everywhere=STAFF),
    OWN: Right(_("Edit one’s contact methods, see and acknowledge one’s pages"), own={F.EMPLOYEE}),
    WORK: Right(
        _("Acknowledge, resume and end anybody’s pages"),
        everywhere=DESK | {F.SERVICE_MANAGER, F.CORE_ENGINEER},
    ),
    EDIT: Right(_("Edit escalation policies"), everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR}),
    SLIPS: Right(
        _("See and edit call-outs"),
        everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR},
        own={F.EMPLOYEE},
    ),
}
