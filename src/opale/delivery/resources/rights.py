"""Rights of resource requests and plans."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "resources.read"
ASK = "resources.ask"
ANSWER = "resources.answer"
PLAN = "resources.plan"

RIGHTS = {
    READ: Right(_("See who is asked for, and who can take what"), everywhere=STAFF),
    ASK: Right(
        _("Ask teams for people, and reserve whom they offer"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    ANSWER: Right(
        _("Answer for the people of a team that one leads"),
        everywhere={F.ADMINISTRATOR},
        own_teams={F.BUILD_ENGINEER, F.PROVISIONER, F.RUN_ENGINEER, F.CORE_ENGINEER},
    ),
    PLAN: Right(
        _("Let the planner search, and decide what it proposes"),
        everywhere={F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
