"""Rights of the desk."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import DESK, STAFF, F, Right

READ = "desk.read"
CONSOLE = "desk.console"
WORK = "desk.work"
CONFIDENTIAL = "desk.confidential"
ASSIST = "desk.assist"
ADMINISTER = "desk.administer"
REQUEST = "desk.request"

RIGHTS = {
    READ: Right(_("View tickets"), everywhere=STAFF, own={F.EMPLOYEE, F.CUSTOMER_CONTACT}),
    CONSOLE: Right(_("View the desk: queues, owners, notes and clocks"), everywhere=STAFF),
    WORK: Right(
        _("Take, classify, answer, restore, resolve and close tickets"),
        everywhere=DESK | {F.SERVICE_MANAGER},
    ),
    ASSIST: Right(
        _(
            "View the escalations of a team; accept, return, complete and comment on them, and"
            " mark the service restored"
        ),
        everywhere=DESK | {F.SERVICE_MANAGER},
        own_teams={
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.CORE_ENGINEER,
            F.TOOLS_ENGINEER,
            F.GROUP_COLLEAGUE,
            F.ADMINISTRATOR,
        },
    ),
    ADMINISTER: Right(
        _("Edit desk settings: streams and internal SLAs"),
        everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    CONFIDENTIAL: Right(_("View all confidential tickets"), everywhere={F.SERVICE_MANAGER}),
    REQUEST: Right(_("Open and follow own requests"), own={F.EMPLOYEE, F.CUSTOMER_CONTACT}),
}
