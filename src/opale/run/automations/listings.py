"""Automations, and their runs, as lists."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Pick, Words
from opale.run.automations.actions import definitions
from opale.run.automations.actions import recurring as actions
from opale.run.automations.domain.recurrences import Rhythm
from opale.run.automations.models import Automation, AutomationRun, RecurringTicket
from opale.run.automations.queries import automations as queries
from opale.run.automations.queries import recurring
from opale.run.automations.queries.wording import recurrence_in_words, trigger_in_words
from opale.run.automations.rights import READ, WRITE
from opale.run.automations.states import SHOWN, RunState, Trigger
from opale.ui.components.badges import state

PEOPLE = "organisation.read"
ENABLED = (
    ("on", pgettext_lazy("a rule", "Enabled")),
    ("off", pgettext_lazy("a rule", "Disabled")),
)


def _state_name(row: Automation | RecurringTicket) -> str:
    if row.stopped:
        return _("Disabled by Opale")
    return pgettext("a rule", "Enabled") if row.active else pgettext("a rule", "Disabled")


def _state(row: Automation | RecurringTicket) -> object:
    tone = "bad" if row.stopped else "active" if row.active else "closed"
    return state(_state_name(row), tone)


def _page(row: Automation) -> str:
    return reverse("automations_show", args=[row.pk])


AUTOMATIONS = Listing(
    name="automations",
    title=gettext_lazy("Ticket automations"),
    right=READ,
    url_name="automations_list",
    model=Automation,
    rows=queries.automations,
    order=Order(("name", "id")),
    new=New(gettext_lazy("New automation"), "automations_new", WRITE),
    row_flags=lambda row: {"stale": not row.active},
    empty=Empty(
        "bolt",
        gettext_lazy("No automation matches your filters"),
        gettext_lazy("No automations yet"),
        gettext_lazy(
            "An automation changes the tickets that match its condition when something happens,"
            " or when time passes. Test it on the last 7 days before you enable it."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=_page,
        ),
        Column(
            "trigger", pgettext_lazy("automation", "When"), trigger_in_words,
            order=("trigger", "moment"),
        ),
        Column(
            "state", gettext_lazy("State"), _state_name, cell=_state, order=("active", "stopped")
        ),
        Column("author", gettext_lazy("Author"), "author__name", order=True, right=PEOPLE),
        Column("times", gettext_lazy("Runs"), "times", order=True, style="end"),
        Column(
            "last", gettext_lazy("Last run"), "last_run_at", order=True, nullable=True, style="end"
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice(
            "trigger", pgettext_lazy("automation", "When"), Trigger, lookup="trigger", menu=True
        ),
        Choice("active", gettext_lazy("State"), ENABLED, lookup="active", turn="on".__eq__),
    ),
    acts=(
        RowAct(
            "enable", pgettext_lazy("a rule", "Enable"), WRITE, definitions.enable_automation,
            "player-play",
        ),
        RowAct(
            "disable", pgettext_lazy("a rule", "Disable"), WRITE, definitions.disable_automation,
            "player-stop",
        ),
    ),
    jump=Jump(
        label=lambda row: row.name,
        url=_page,
        note=trigger_in_words,
        group=gettext_lazy("Ticket automations"),
        icon="bolt",
    ),
)  # fmt: skip

TONES: dict[str, str] = {RunState.DONE: "done", RunState.FAILED: "bad", RunState.UNDONE: "closed"}


def _outcome(run: AutomationRun) -> str | Promise:
    return run.refusal or " · ".join(run.done)


RUNS = Listing(
    name="automation_runs",
    title=gettext_lazy("Automation runs"),
    right=READ,
    url_name="automations_runs",
    model=AutomationRun,
    rows=queries.runs,
    order=Order(("-at", "-id")),
    named=lambda run: str(run.ticket),
    reads=("ticket", "automation"),
    empty=Empty(
        "bolt",
        gettext_lazy("No run matches your filters"),
        gettext_lazy("No runs yet"),
        gettext_lazy("What automations did to tickets, and why they failed, appears here."),
    ),
    columns=(
        Column("at", pgettext_lazy("automation run", "Ran"), "at", order=True, fixed=True),
        Column(
            "automation", gettext_lazy("Automation"), "automation__name", order=True,
            link=lambda run: "" if run.automation.removed_at else _page(run.automation),
        ),
        Column(
            "ticket", gettext_lazy("Ticket"), lambda run: run.ticket.reference,
            order="ticket__number", reads=("ticket",),
            link=lambda run: reverse("desk_ticket", args=[run.ticket.number]),
        ),
        Column("subject", gettext_lazy("Subject"), "ticket__subject"),
        Column(
            "state", pgettext_lazy("automation run", "Result"), "state", order=True,
            cell=lambda run: state(run.get_state_display(), TONES[run.state]),
        ),
        Column(
            "outcome", pgettext_lazy("automation run", "What it did"), _outcome, style="fill"
        ),
        Column(
            "undone", pgettext_lazy("automation run", "Undone by"), "undone_by", shown=False,
            right=PEOPLE,
        ),
    ),
    filters=(
        Choice(
            "state", pgettext_lazy("automation run", "Result"),
            [(one.value, one.label) for one in SHOWN], argument="state",
        ),
        Pick(
            "automation", gettext_lazy("Automation"), argument="automation", api="automation_id",
            rows=lambda actor: queries.automations(seen_by=actor),
            found=lambda key, actor: queries.get_automation(key, seen_by=actor),
        ),
    ),
    line_acts=lambda run, _actor: ("undo_automation_run",) if run.is_undoable else (),
)  # fmt: skip


def _recurring_page(row: RecurringTicket) -> str:
    return reverse("automations_recurring", args=[row.pk])


RECURRING = Listing(
    name="recurring_tickets",
    title=gettext_lazy("Recurring tickets"),
    right=READ,
    url_name="automations_recurring_list",
    model=RecurringTicket,
    rows=recurring.recurring_tickets,
    order=Order(("name", "id")),
    new=New(
        gettext_lazy("New recurring ticket"), "automations_create_recurring_ticket", WRITE
    ),
    row_flags=lambda row: {"stale": not row.active},
    empty=Empty(
        "repeat",
        gettext_lazy("No recurring ticket matches your filters"),
        gettext_lazy("No recurring tickets yet"),
        gettext_lazy(
            "A recurring ticket is opened from a template on every working day, week, month or"
            " year."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=_recurring_page,
        ),
        Column("rhythm", gettext_lazy("Repeats"), recurrence_in_words, order=("rhythm", "at")),
        Column("subject", gettext_lazy("Subject"), "subject", order=True),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", order=True,
            right="customers.read",
        ),
        Column(
            "state", gettext_lazy("State"), _state_name, cell=_state, order=("active", "stopped")
        ),
        Column(
            "next", pgettext_lazy("automation", "Next ticket"), "next_at", order=True,
            nullable=True,
        ),
        Column("author", gettext_lazy("Author"), "author__name", order=True, right=PEOPLE),
    ),
    filters=(
        Words(label=gettext_lazy("Name or subject")),
        Choice("rhythm", gettext_lazy("Repeats"), Rhythm, lookup="rhythm", menu=True),
        Choice("active", gettext_lazy("State"), ENABLED, lookup="active", turn="on".__eq__),
    ),
    acts=(
        RowAct(
            "enable", pgettext_lazy("a rule", "Enable"), WRITE, actions.enable_recurring_ticket,
            "player-play",
        ),
        RowAct(
            "disable", pgettext_lazy("a rule", "Disable"), WRITE,
            actions.disable_recurring_ticket, "player-stop",
        ),
    ),
    jump=Jump(
        label=lambda row: row.name,
        url=_recurring_page,
        note=recurrence_in_words,
        group=gettext_lazy("Recurring tickets"),
        icon="repeat",
    ),
)  # fmt: skip
