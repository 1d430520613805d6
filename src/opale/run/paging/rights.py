"""The rights of paging."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "paging.read"
OWN = "paging.own"
WORK = "paging.work"
EDIT = "paging.edit"
SLIPS = "paging.slips"

RIGHTS = {
    READ: Right(_("See who is called about what, and the escalation policies"), everywhere=STAFF),
    OWN: Right(_("Say how one is reached, see one's pages and answer them"), own={F.EMPLOYEE}),
    WORK: Right(
        _("Answer for whoever is called, call again, end what calls"),
        everywhere=DESK | {F.SERVICE_MANAGER, F.CORE_ENGINEER},
    ),
    EDIT: Right(_("Edit escalation policies"), everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR}),
    SLIPS: Right(
        _("See and fill in stand-by slips"),
        everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR},
        own={F.EMPLOYEE},
    ),
}
