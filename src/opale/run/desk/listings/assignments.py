"""All work asked of others as a table, running and ended, beside the lists of the running work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.endpoints.http import ActorRequest
from opale.infrastructure.queries.suppliers import suppliers
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice
from opale.organisation.listings import team_filter
from opale.run.desk.actions.assignments import WORK_LISTS
from opale.run.desk.models import Assignment, Level, Ticket
from opale.run.desk.models.escalation import AskReason, Outcome, ReturnReason
from opale.run.desk.queries import assignments as assignment_queries
from opale.run.desk.rights import ASSIST, CONSOLE
from opale.run.desk.states import RUNNING_ASSIGNMENTS, AssignmentState
from opale.ui.components.badges import priority, state

TONES = {
    "requested": "new",
    "accepted": "active",
    "returned": "bad",
    "done": "done",
    "withdrawn": "closed",
}
OUTCOMES = {**dict(ReturnReason.choices), **dict(Outcome.choices)}
RUNNING = ("running", pgettext_lazy("work", "Running"))
ALL = ("all", gettext_lazy("All"))
StateName = Literal["requested", "accepted", "returned", "done", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Line:
    """Work with its ticket: of that, what whoever does the work needs."""

    asked: Assignment
    ticket: Ticket


def _lines(rows: Sequence[Assignment], _actor: Actor) -> list[Line]:
    found = assignment_queries.tickets_of_work(rows)
    return [Line(one, found[one.ticket_id]) for one in rows]


def topics_of_work(request: ActorRequest) -> str:
    """Return the topics that refresh the list: all work with the desk, else that of one's teams."""
    if request.actor.can(CONSOLE):
        return WORK_LISTS
    scope = request.actor.scope(ASSIST)
    return " ".join(f"assist.team:{team}" for team in sorted(scope.teams if scope else ()))


def _suppliers(actor: Actor) -> Iterable[tuple[Any, str | Promise]]:
    return suppliers(seen_by=actor).order_by("name").values_list("pk", "name")


def _states(value: str) -> Sequence[str]:
    return sorted(RUNNING_ASSIGNMENTS) if value == RUNNING[0] else [value]


def _page(line: Line) -> str:
    return reverse("desk_assignment", args=[line.asked.pk])


# Only what an index of all work sorts can be sorted by: when it was asked, which its key follows.
ASSIGNMENTS = Listing(
    name="assignments",
    title=gettext_lazy("Escalations"),
    right=ASSIST,
    url_name="desk_assignments",
    model=Assignment,
    rows=assignment_queries.assignments,
    lines=_lines,
    order=Order(("-id",)),
    topic=topics_of_work,
    buttons="desk/assignments/_table_buttons.html",
    empty=Empty(
        "circle-check",
        gettext_lazy("No escalation matches your filters"),
        gettext_lazy("No escalations"),
    ),
    columns=(
        Column(
            "ticket", gettext_lazy("Ticket"), lambda line: line.ticket.reference, fixed=True,
            style="number", link=_page,
        ),
        Column(
            "priority", gettext_lazy("Priority"), lambda line: line.ticket.priority,
            cell=lambda line: priority(line.ticket.priority),
        ),
        Column(
            "subject", gettext_lazy("Subject"), lambda line: line.ticket.subject, style="fill",
            link=_page,
        ),
        Column(
            "whom", gettext_lazy("Escalated to"), lambda line: line.asked.whom,
            reads=("team", "supplier"),
        ),
        Column("person", gettext_lazy("Person"), "person__name"),
        Column("level", gettext_lazy("Level"), "level", shown=False),
        Column(
            "state", gettext_lazy("State"), "state",
            cell=lambda line: state(line.asked.get_state_display(), TONES[line.asked.state]),
        ),
        Column(
            "reason", gettext_lazy("Reason"),
            lambda line: str(AskReason(line.asked.reason).label), shown=False,
        ),
        Column("reference", gettext_lazy("External reference"), "reference"),
        Column("asked", gettext_lazy("Requested at"), "asked_at", order="id"),
        Column(
            "accepted", pgettext_lazy("work", "Accepted"), "accepted_at", shown=False
        ),
        Column("promised", gettext_lazy("Promised for"), "promised_at", shown=False),
        Column("ended", pgettext_lazy("work", "Ended"), "ended_at"),
        Column(
            "outcome", gettext_lazy("Outcome"),
            lambda line: str(OUTCOMES.get(line.asked.outcome, "")), shown=False,
        ),
    ),
    filters=(
        Choice(
            "state", gettext_lazy("State"), (RUNNING, *AssignmentState.choices, ALL),
            lookup="state__in", turn=_states, default=RUNNING[0], every=ALL[0],
            api_type=StateName | None,
        ),
        Choice("level", gettext_lazy("Level"), Level, lookup="level", menu=True),
        team_filter(lookup="team_id"),
        Choice(
            "supplier", gettext_lazy("Supplier"), _suppliers, lookup="supplier_id", turn=int,
            menu=True, api_type=int | None,
        ),
    ),
)  # fmt: skip
