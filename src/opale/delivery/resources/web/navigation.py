"""Pages of resource requests that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.resources import rights
from opale.delivery.resources.actions import requests
from opale.delivery.resources.queries import requests as request_queries
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Resource requests"),
        icon="user-search",
        url_name="resources_list",
        right=rights.READ,
        group=Heading.BUILD,
        rail={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER},
        rail_of_leads={
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.RUN_ENGINEER,
            F.CORE_ENGINEER,
            F.TOOLS_ENGINEER,
        },
        count=request_queries.waiting_requests,
        topic=requests.LIST,
        places=("/resources/",),
        words=_("experts, staffing"),
        order=46,
    ),
    Entry(
        label=_("Find candidates"),
        icon="user-search",
        url_name="resources_who",
        right=rights.READ,
        group=Heading.BUILD,
        area=Area.PAGE,
        words=_("candidates, availability"),
        order=58,
    ),
    Entry(
        label=_("Planner"),
        icon="sparkles",
        url_name="resources_plans",
        right=rights.PLAN,
        group=Heading.BUILD,
        area=Area.PAGE,
        words=_("optimise schedule, repair plan, replan"),
        order=59,
    ),
)
