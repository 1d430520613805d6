"""What is done to automations and their runs."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import (
    Place,
    Subject,
    button,
    change,
    create,
    form,
    place,
    remove,
)
from opale.kernel.actor import Actor
from opale.run.automations.actions import definitions, recurring, runs
from opale.run.automations.domain.recurrences import Rhythm
from opale.run.automations.forms import AutomationForm, RecurringTicketForm
from opale.run.automations.models import Automation, AutomationRun, RecurringTicket
from opale.run.automations.queries.automations import get_automation, get_run
from opale.run.automations.queries.recurring import (
    get_recurring_ticket,
    home_calendar,
    recurring_tickets,
)
from opale.run.automations.rights import WRITE
from opale.run.automations.shapes import AutomationOut, AutomationRunOut, RecurringTicketOut

place_of_automations = place("automations_list", _("Ticket automations"))


def place_of(automation: Automation) -> Place:
    return reverse("automations_show", args=[automation.pk]), automation.name


def place_of_run(run: AutomationRun) -> Place:
    """Return the page of its automation; the runs, where that is deleted."""
    if run.automation.removed_at is None:
        return place_of(run.automation)
    return reverse("automations_runs"), gettext("Automation runs")


def usual_recurring_ticket(_none: object, _by: Actor) -> dict[str, Any]:
    """Return what a recurring ticket usually is: on working days at eight."""
    return {"rhythm": Rhythm.WORKING_DAYS, "at": "08:00", "calendar": home_calendar()}


OPTIONAL = {
    "weekday", "day", "month", "closed_day", "kind", "body", "customer", "service", "stream",
    "impact", "urgency",
}  # fmt: skip
AUTOMATIONS: Subject[Automation] = Subject(
    name="automations", page="automations/", endpoint="/automations", home=place_of_automations
)
AUTOMATION = Subject(
    name="automation", model=Automation, get=get_automation, shape=AutomationOut,
    page="automations/<int:automation_id>/", endpoint="/automations/{int:automation_id}",
    home=place_of,
)  # fmt: skip
REMOVED_AUTOMATION = Subject(
    name="removed_automation", model=Automation, get=partial(get_automation, removed=True),
    page=AUTOMATION.page, home=place_of_automations, column="automation_id",
)  # fmt: skip
RUN = Subject(
    name="automation_run", model=AutomationRun, get=get_run, shape=AutomationRunOut,
    page="automations/runs/<int:run_id>/", endpoint="/automations/runs/{int:run_id}",
    home=place_of_run,
)  # fmt: skip
RECURRING_TICKETS: Subject[RecurringTicket] = Subject(
    name="recurring_tickets", page="automations/recurring/", endpoint="/recurring-tickets",
    home=place("automations_recurring_list", _("Recurring tickets")),
)  # fmt: skip
RECURRING_TICKET = Subject(
    name="recurring_ticket", model=RecurringTicket, get=get_recurring_ticket,
    rows=recurring_tickets, shape=RecurringTicketOut,
    page="automations/recurring/<int:recurring_id>/",
    endpoint="/recurring-tickets/{int:recurring_id}",
    home=lambda row: (reverse("automations_recurring", args=[row.pk]), row.name),
)  # fmt: skip
REMOVED_RECURRING_TICKET = Subject(
    name="removed_recurring_ticket", model=RecurringTicket,
    get=partial(get_recurring_ticket, removed=True), page=RECURRING_TICKET.page,
    home=RECURRING_TICKETS.home,
)  # fmt: skip

ACTS = (
    form(
        AUTOMATIONS, definitions.create_automation, "create_automation", WRITE, AutomationForm,
        noun="", page=None, made=AUTOMATION,
        text="It is disabled: try it, then enable it. It acts with the rights of its author.",
    ),
    form(
        AUTOMATION, definitions.edit_automation, "edit_automation", WRITE, AutomationForm,
        noun="", page=None, verb="PUT",
        text="From then on it acts with the rights of the caller.",
    ),
    button(
        AUTOMATION, definitions.enable_automation, "enable_automation", WRITE, noun="activity",
        label=pgettext_lazy("a rule", "Enable"), icon="player-play", tone="primary",
        said=lambda row, _made: gettext("Automation “%(name)s” enabled.") % {"name": row.name},
        undo="disable_automation",
        text="For what happens or falls due from then on.",
    ),
    button(
        AUTOMATION, definitions.disable_automation, "disable_automation", WRITE,
        noun="inactivity", label=pgettext_lazy("a rule", "Disable"), icon="player-stop",
        said=lambda row, _made: gettext("Automation “%(name)s” disabled.") % {"name": row.name},
        undo="enable_automation",
    ),
    remove(
        AUTOMATION, definitions.remove_automation, "remove_automation", WRITE, page="removal",
        label=_("Delete"), tone="ghost", icon="trash", said=_("Automation deleted."),
        undo="restore_automation", home=place_of_automations,
    ),
    button(
        REMOVED_AUTOMATION, definitions.restore_automation, "restore_automation", WRITE,
        noun=None, page="removal/withdrawal", said=_("Automation restored."),
    ),
    button(
        RUN, runs.undo_run, "undo_automation_run", WRITE, noun="undoing", label=_("Undo"),
        icon="arrow-back-up", said=_("Undone."),
        text="Undo all that the run did, while the ticket is as the run left it.",
    ),
    create(
        RECURRING_TICKETS, recurring.create_recurring_ticket, "create_recurring_ticket", WRITE,
        RecurringTicketForm, made=RECURRING_TICKET, noun="", title=_("New recurring ticket"),
        submit=_("Save"), initial=usual_recurring_ticket, optional=OPTIONAL,
        said=_("Saved, disabled. Enable it to open tickets."),
        text="It is disabled: enable it. Its tickets are opened in the name of its author.",
    ),
    change(
        RECURRING_TICKET, recurring.edit_recurring_ticket, "edit_recurring_ticket", WRITE,
        RecurringTicketForm, title=_("Edit recurring ticket"), submit=_("Save"),
        label=_("Edit"), icon="pencil", key="e", said=_("Saved."), optional=OPTIONAL,
    ),
    button(
        RECURRING_TICKET, recurring.enable_recurring_ticket, "enable_recurring_ticket", WRITE,
        noun="activity", label=pgettext_lazy("a rule", "Enable"), icon="player-play",
        tone="primary", undo="disable_recurring_ticket",
        said=lambda row, _made: gettext("Recurring ticket “%(name)s” enabled.")
        % {"name": row.name},
    ),
    button(
        RECURRING_TICKET, recurring.disable_recurring_ticket, "disable_recurring_ticket", WRITE,
        noun="inactivity", label=pgettext_lazy("a rule", "Disable"), icon="player-stop",
        undo="enable_recurring_ticket",
        said=lambda row, _made: gettext("Recurring ticket “%(name)s” disabled.")
        % {"name": row.name},
    ),
    remove(
        RECURRING_TICKET, recurring.remove_recurring_ticket, "remove_recurring_ticket", WRITE,
        page="removal", label=_("Delete"), tone="ghost", icon="trash",
        said=_("Recurring ticket deleted."), undo="restore_recurring_ticket",
        home=RECURRING_TICKETS.home,
    ),
    button(
        REMOVED_RECURRING_TICKET, recurring.restore_recurring_ticket, "restore_recurring_ticket",
        WRITE, noun=None, page="removal/withdrawal", said=_("Recurring ticket restored."),
    ),
)  # fmt: skip
