"""Pages of automations that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.run.automations.rights import READ
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Ticket automations"),
        icon="bolt",
        url_name="automations_list",
        right=READ,
        group=Heading.RUN,
        rail={F.SERVICE_MANAGER},
        places=("/automations/",),
        words=_("triggers, timed rules, workflows"),
        order=26,
    ),
    Entry(
        label=_("Automation runs"),
        icon="history",
        url_name="automations_runs",
        right=READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("what automations did"),
        order=38,
    ),
    Entry(
        label=_("Recurring tickets"),
        icon="repeat",
        url_name="automations_recurring_list",
        right=READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("scheduled tickets, every week, every month"),
        order=39,
    ),
)
