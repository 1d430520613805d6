"""Acts of pauses and outages, the basis of a ticket's clocks."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, form
from opale.kernel.actor import Actor
from opale.run.desk.actions import outages, pauses
from opale.run.desk.acts.subjects import NOBODY_TOLD, TICKET
from opale.run.desk.forms.clocks import (
    EndedPauseForm,
    OutageForm,
    OutageRecordForm,
    PauseForm,
    PauseRecordForm,
)
from opale.run.desk.models import Pause, ServiceOutage, Ticket
from opale.run.desk.queries import clocks, endings
from opale.run.desk.queries import outages as outage_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.clocks import PauseOut, ServiceOutageOut
from opale.run.desk.states import WAIT


def pauses_of(ticket: Ticket) -> Place:
    return reverse("desk_pauses", args=[ticket.number]), ticket.reference


def get_pause(pause_id: int, *, seen_by: Actor, ticket: Ticket) -> Pause:
    """Return a pause of a ticket that the actor sees. Errors: NotFound."""
    return clocks.get_pause(ticket, pause_id)


def outages_of(ticket: Ticket) -> Place:
    return reverse("desk_outages", args=[ticket.number]), ticket.reference


def get_outage(outage_id: int, *, seen_by: Actor, ticket: Ticket) -> ServiceOutage:
    """Return an outage of a ticket that the actor sees. Errors: NotFound."""
    return outage_queries.get_outage(ticket, outage_id)


def known_outage(ticket: Ticket, _by: Actor) -> dict[str, Any]:
    return {"down": True, "since": endings.outage_start(ticket)}


PAUSE = Subject(
    name="pause", model=Pause, get=get_pause, within=TICKET, shape=PauseOut,
    page="pauses/<int:pause_id>/", endpoint="/tickets/{int:number}/pauses/{int:pause_id}",
    home=lambda pause: pauses_of(pause.ticket),
)  # fmt: skip
OUTAGE = Subject(
    name="service_outage", model=ServiceOutage, get=get_outage, within=TICKET,
    shape=ServiceOutageOut, page="outages/<int:outage_id>/",
    endpoint="/tickets/{int:number}/outages/{int:outage_id}",
    home=lambda outage: outages_of(outage.ticket),
)  # fmt: skip

ACTS = (
    form(
        TICKET, pauses.pause_ticket, "pause_ticket", WORK, PauseForm, noun="pause", page="wait",
        states=WAIT.sources, title=_("Put on hold"), submit=_("Put on hold"), undo="resume_ticket",
        preview_note=NOBODY_TOLD, said=_("Ticket on hold."),
        text="Wait, from now or from `starts` on; at `until` the work resumes by itself.",
    ),
    form(
        TICKET, pauses.record_pause, "record_pause", WORK, EndedPauseForm, noun="pauses",
        page="pauses/new", made=PauseOut, optional={"ends"}, home=pauses_of,
        title=_("Past hold"), submit=_("Save"),
        text="Write down a wait that is over; one that begins is a pause of the ticket.",
    ),
    form(
        PAUSE, pauses.correct_pause, "correct_pause", WORK, PauseRecordForm, noun="correction",
        page="", optional={"ends"}, initial=PauseRecordForm.initial_of,
        title=_("Correct hold"), submit=_("Save"),
        text="Say better what was waited for, and when; what stood there before is kept.",
    ),
    button(
        PAUSE, pauses.withdraw_pause, "withdraw_pause", WORK, noun="withdrawal", status=204,
        said=_("Hold removed; it stays in the history."),
    ),
    form(
        TICKET, outages.set_outage, "state_outage", WORK, OutageForm, noun="outage",
        initial=known_outage, title=_("Set start of outage"), submit=_("Save"),
    ),
    form(
        TICKET, outages.record_outage, "record_outage", WORK, OutageRecordForm, noun="outages",
        page="outages/new", made=ServiceOutageOut, home=outages_of,
        title=_("Past outage"), submit=_("Save"), said=_("Outage recorded."),
    ),
    form(
        OUTAGE, outages.correct_outage, "correct_outage", WORK, OutageRecordForm,
        noun="correction", page="", optional={"ends"}, initial=OutageRecordForm.initial_of,
        title=_("Correct outage"), submit=_("Save"), said=_("Outage corrected."),
    ),
    button(
        OUTAGE, outages.withdraw_outage, "withdraw_outage", WORK, noun="withdrawal", status=204,
        said=_("Outage removed; it stays in the history."),
    ),
)  # fmt: skip
