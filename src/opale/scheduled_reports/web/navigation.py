"""The page of scheduled reports that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.scheduled_reports import rights
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Scheduled reports"),
        icon="mail",
        url_name="scheduled_reports",
        right=rights.USE,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        places=("/scheduled-reports/",),
        words=_("report by mail, subscription, newsletter, weekly report"),
        order=205,
    ),
)
