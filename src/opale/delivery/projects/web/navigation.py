"""Pages of projects that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.projects import rights
from opale.delivery.projects.actions import plans
from opale.delivery.projects.queries import projects
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Projects"),
        icon="timeline",
        url_name="projects_list",
        right=rights.READ,
        group=Heading.BUILD,
        rail={
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.SERVICE_MANAGER,
            F.ADMINISTRATOR,
        },
        count=projects.stormy_projects,
        topic=plans.LIST,
        places=("/projects/",),
        key="g p",
        words=_("Gantt, milestones, risks"),
        order=44,
    ),
    Entry(
        label=_("Timeline of projects"),
        icon="timeline",
        url_name="projects_timeline",
        right=rights.READ,
        group=Heading.BUILD,
        area=Area.PAGE,
        words=_("Gantt, late projects"),
        order=60,
    ),
    Entry(
        label=_("Project managers"),
        icon="users",
        url_name="projects_managers",
        right=rights.READ,
        group=Heading.BUILD,
        area=Area.PAGE,
        words=_("who leads, load"),
        order=61,
    ),
    Entry(
        label=_("Project templates"),
        icon="template",
        url_name="projects_templates",
        right=rights.READ,
        group=Heading.CATALOGUE,
        area=Area.SETTINGS,
        places=("/project-templates/",),
        about=_("Tasks, gates and deliverables of each offering"),
        words=_("work packages"),
        order=131,
    ),
)
