"""Tabs of the portfolio: its list, its timeline, and who leads."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.endpoints.http import ActorRequest
from opale.listings.selection import COLUMNS, GROUP, SORT
from opale.ui.components.lists import Tab

OF_THE_LIST: Final = ("after", "before", COLUMNS, GROUP, SORT)
"""Parameters of an address that are the list's alone; its filters are the timeline's too."""


def portfolio_tabs(request: ActorRequest, here: str) -> list[Tab]:
    """Return the tabs, with that of the page `here` (a name of a route) chosen."""
    kept = request.GET.copy()
    for name in OF_THE_LIST:
        kept.pop(name, None)
    narrowed = f"?{kept.urlencode()}" if kept and here != "projects_managers" else ""
    pages = (
        (pgettext("projects", "List"), "projects_list", narrowed),
        (_("Timeline"), "projects_timeline", narrowed),
        (_("Managers"), "projects_managers", ""),
    )
    return [Tab(label, reverse(name) + tail, name == here) for label, name, tail in pages]
