"""Acts of calendars: the feed of one's duties, and the calendar of absences that is read."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, form, remove
from opale.run.shifts.actions import absence_calendars, feeds
from opale.run.shifts.acts.subjects import CALENDARS
from opale.run.shifts.forms.calendars import CalendarAddressForm, FeedForm
from opale.run.shifts.rights import SWAP
from opale.run.shifts.shapes.calendars import AbsenceCalendarOut

ACTS = (
    button(
        CALENDARS, feeds.delete_feed, "delete_feed", SWAP, noun=None, page="closure", of=FeedForm,
        label=_("Revoke"), tone="ghost", said=_("Calendar address revoked."),
    ),
    form(
        CALENDARS, absence_calendars.subscribe_calendar, "follow_calendar", SWAP,
        CalendarAddressForm, noun="", page=None, verb="PUT", gives=AbsenceCalendarOut,
        text="In place of another one; it is read soon after, and then every hour.",
    ),
    button(
        CALENDARS, absence_calendars.read_calendar_now, "read_absences_now", SWAP, noun=None,
        page="followed/reading", label=_("Refresh now"), tone="ghost",
        said=_("Reading the calendar."),
    ),
    remove(
        CALENDARS, absence_calendars.unsubscribe_calendar, "unfollow_calendar", SWAP,
        page="followed/end", label=_("Stop following"), tone="ghost",
        said=_("Calendar removed. Absences already read are kept."),
        text="What it told stays written down.",
    ),
)  # fmt: skip
