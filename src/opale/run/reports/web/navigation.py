"""Pages of reports that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import DESK, F
from opale.run.reports import rights
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Reports"),
        icon="chart-line",
        url_name="reports",
        right=rights.READ,
        group=Heading.RUN,
        rail={F.SERVICE_MANAGER},
        rail_of_leads=DESK,
        places=("/reports/",),
        words=_("statistics, KPI, charts, volume, backlog, GTI, GTR, SLA, first reply, reopened"),
        order=25,
    ),
    Entry(
        label=_("Tickets of the report"),
        icon="list",
        url_name="reports_tickets",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        order=26,
    ),
)
