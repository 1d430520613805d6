"""Rights of projects."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "projects.read"
WORK = "projects.work"
CONTRIBUTE = "projects.contribute"
TEMPLATES = "projects.templates"

RIGHTS = {
    READ: Right(_("See projects, their plans and promises"), everywhere=STAFF),
    WORK: Right(
        _("Lead projects: plan, promise, accept, pass gates, begin and finish"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    CONTRIBUTE: Right(
        _("Do work packages, hand deliverables in and give evidences"),
        everywhere={
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.CORE_ENGINEER,
            F.ADMINISTRATOR,
        },
    ),
    TEMPLATES: Right(
        _("Say how offerings are delivered"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
