"""Pages of shifts that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import DESK, F
from opale.run.shifts import rights
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Shifts"),
        icon="calendar-time",
        url_name="shifts_roster",
        right=rights.READ,
        group=Heading.RUN,
        rail=DESK | {F.CORE_ENGINEER},
        places=("/shifts/",),
        key="g r",
        words=_("roster, schedule, planning, duty"),
        order=26,
    ),
    Entry(
        label=_("Staffing vs demand"),
        icon="chart-bar",
        url_name="shifts_heat",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("heat map, need"),
        order=39,
    ),
    Entry(
        label=_("Rule violations"),
        icon="alert-triangle",
        url_name="shifts_troubles",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("rest, gaps, roster check"),
        order=39,
    ),
    Entry(
        label=_("Roster proposals"),
        icon="sparkles",
        url_name="shifts_all_proposals",
        right=rights.EDIT,
        group=Heading.RUN,
        area=Area.PAGE,
        words=_("solver, better roster"),
        order=39,
    ),
    Entry(
        label=_("Working-time rules"),
        icon="ruler-2",
        url_name="shifts_rules",
        right=rights.READ,
        group=Heading.SHIFTS,
        area=Area.SETTINGS,
        about=_("Hours, rest and nights that a roster must respect"),
        words=_("roster rules"),
        order=120,
    ),
    Entry(
        label=_("Shift cycles"),
        icon="repeat",
        url_name="shifts_patterns",
        right=rights.EDIT,
        group=Heading.SHIFTS,
        area=Area.SETTINGS,
        about=_("Recurring weeks from which rosters are made"),
        words=_("patterns, rotations"),
        order=121,
    ),
    Entry(
        label=_("My shifts"),
        icon="calendar",
        url_name="shifts_mine",
        right=rights.READ,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("swap, leave, vacation, time off"),
        order=202,
    ),
    Entry(
        label=_("My absence calendars"),
        icon="calendar",
        url_name="shifts_calendars",
        right=rights.SWAP,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("iCal, holidays, leave"),
        order=203,
    ),
)
