"""Rights of resource requests and plans."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "resources.read"
ASK = "resources.ask"
ANSWER = "resources.answer"
PLAN = "resources.plan"

RIGHTS = {
    READ: Right(_("View resource requests and candidates"), everywhere=STAFF),
    ASK: Right(
        _("Request experts from teams and reserve candidates"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    ANSWER: Right(
        _("Answer requests to one’s own team"),
        everywhere={F.ADMINISTRATOR},
        own_teams={F.BUILD_ENGINEER, F.PROVISIONER, F.RUN_ENGINEER, F.CORE_ENGINEER},
    ),
    PLAN: Right(
        _("Run the planner and decide on its proposals"),
        everywhere={F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
