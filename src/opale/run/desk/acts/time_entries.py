"""Acts of time spent on tickets: the timer, and entries written by hand."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, remove
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.actions import time_entries
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.time_entries import TimeForm
from opale.run.desk.models import Ticket, TimeEntry
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.time_entries import TimeEntryOut


def get_entry(entry_id: int, *, seen_by: Actor, ticket: Ticket) -> TimeEntry:
    """Return an entry of a ticket that the actor sees. Errors: NotFound."""
    return time_entry_queries.get_time_entry(ticket, entry_id)


def region_of_time(ticket: Ticket) -> str:
    return reverse("desk_time", args=[ticket.number])


ENTRY = Subject(
    name="entry", model=TimeEntry, get=get_entry, shape=TimeEntryOut, within=TICKET,
    page="time/<int:entry_id>/", endpoint="/tickets/{int:number}/time/{int:entry_id}",
    home=lambda entry: place_of(entry.ticket),
)  # fmt: skip
TIMER: Subject[TimeEntry] = Subject(
    name="timer", page="", endpoint="/timer", home=lambda _none: ("", "")
)


def stop_timer(_ticket: Ticket, *, by: Actor) -> TimeEntry:
    """Stop the actor's running timer, from the page of a ticket."""
    return time_entries.stop_timer(by=by)


ACTS = (
    form(
        TICKET, time_entries.log_time, "log_time", WORK, TimeForm, noun="time", page="time/new",
        made=TimeEntryOut, initial=lambda _row, _by: {"ends": clock.now()}, title=_("Time spent"),
        submit=_("Save"), label=_("Log time"), previews=False, said=_("Time logged."),
    ),
    form(
        ENTRY, time_entries.correct_time, "correct_time", WORK, TimeForm, noun="", page="",
        verb="PUT", previews=False, title=_("Correct time entry"),
        submit=_("Save"), label=_("Correct"),
        initial=lambda row, _by: {"starts": row.starts, "ends": row.ends, "note": row.note},
        said=_("Corrected; the previous version is kept."),
    ),
    remove(
        ENTRY, time_entries.remove_time, "remove_time", WORK, page="removal", label=_("Remove"),
        tone="ghost", region=lambda entry: region_of_time(entry.ticket),
        said=_("Removed; it stays in the history."),
    ),
    button(
        TICKET, time_entries.start_timer, "start_timer", WORK, noun="timer", made=TimeEntryOut,
        label=_("Start timer"), icon="player-play", region=region_of_time,
        said=_("Timer started."),
    ),
    button(
        TICKET, stop_timer, "stop_ticket_timer", WORK, noun=None, page="timer/stop",
        label=_("Stop timer"), icon="player-stop", region=region_of_time,
        said=_("Timer stopped."),
    ),
    button(
        TIMER, time_entries.stop_timer, "stop_timer", WORK, noun="stop", page=None,
        gives=TimeEntryOut,
    ),
)  # fmt: skip
