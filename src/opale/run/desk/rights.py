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
    READ: Right(_("See tickets"), everywhere=STAFF, own={F.EMPLOYEE, F.CUSTOMER_CONTACT}),
    CONSOLE: Right(_("See the desk: its queues, owners, notes and clocks"), everywhere=STAFF),
    WORK: Right(
        _("Take, qualify, answer, restore, resolve and close tickets"),
        everywhere=DESK | {F.SERVICE_MANAGER},
    ),
    ASSIST: Right(
        _(
            "See the work asked of a team, accept it, return it, finish it, note on it, and say"
            " that it restored the service"
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
        _("Edit how the desk works: its streams and what its levels promise"),
        everywhere={F.SERVICE_MANAGER, F.ADMINISTRATOR},
    ),
    CONFIDENTIAL: Right(_("See every confidential ticket"), everywhere={F.SERVICE_MANAGER}),
    REQUEST: Right(
        _("Open requests of one's own and write on them"), own={F.EMPLOYEE, F.CUSTOMER_CONTACT}
    ),
}
