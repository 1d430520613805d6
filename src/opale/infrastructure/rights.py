"""The rights of this app."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "infrastructure.read"
EDIT = "infrastructure.edit"

RIGHTS = {
    READ: Right(
        _("View sites, items and dependencies"), everywhere=STAFF, shared={F.GROUP_COLLEAGUE}
    ),
    EDIT: Right(
        _("Edit sites, items and dependencies"),
        everywhere={
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.RUN_ENGINEER,
            F.CORE_ENGINEER,
            F.TOOLS_ENGINEER,
            F.ADMINISTRATOR,
        },
    ),
}
