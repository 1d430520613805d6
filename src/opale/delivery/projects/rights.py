"""Rights of projects."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.rights import STAFF, F, Right

READ = "projects.read"
WORK = "projects.work"
CONTRIBUTE = "projects.contribute"
TEMPLATES = "projects.templates"

RIGHTS = {
    READ: Right(_("View projects, plans and customer dates"), everywhere=STAFF),
    WORK: Right(
        _("Manage projects: plan, promise dates, accept deliverables, pass gates, start, finish"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
    CONTRIBUTE: Right(
        _("Work on tasks, submit deliverables and attach evidence"),
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
        _("Manage project templates"),
        everywhere={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER, F.ADMINISTRATOR},
    ),
}
