"""The link of reports and lists to the form that sends them on schedule."""

from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.listings.menu_links import MenuLink
from opale.scheduled_reports.rights import USE


def schedule_url(report: str, name: str, query: str) -> str:
    """Return the address of the form for a report or list, filtered and grouped as in `query`."""
    said = {"report": report, "name": name, "query": query}
    return f"{reverse('scheduled_reports_schedule_report')}?{urlencode(said)}"


SEND_ON_SCHEDULE: Final = MenuLink(_("Send on schedule"), "mail", USE, schedule_url)
