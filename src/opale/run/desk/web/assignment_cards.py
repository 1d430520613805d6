"""What the pages say of one assignment, and what its reader may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from opale.infrastructure.models import Site
from opale.infrastructure.queries.items import visible_site
from opale.kernel.actor import Actor
from opale.run.desk.listings.assignments import OUTCOMES, TONES
from opale.run.desk.models import Assignment, Ticket
from opale.run.desk.models.escalation import AskReason, describe_checks
from opale.run.desk.queries import assignments
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import RUNNING_ASSIGNMENTS, AssignmentState


@dataclass(frozen=True, slots=True)
class AssignmentCard:
    """One assignment with what its work needs, and no customer data."""

    asked: Assignment
    site: Site | None
    tone: Any
    tried: Sequence[tuple[str, Any]]
    reason: str | Promise
    outcome: str | Promise
    running: bool
    may_assist: bool
    may_restore: bool
    may_accept: bool
    may_work: bool
    may_answer: bool
    sees_desk: bool

    @classmethod
    def of(cls, asked: Assignment, actor: Actor) -> "AssignmentCard":
        running = asked.state in RUNNING_ASSIGNMENTS
        item = asked.ticket.item
        may = running and assignments.may_assist(asked, actor)
        return cls(
            asked=asked,
            site=visible_site(item.site if item else None, seen_by=actor),
            tone=TONES[AssignmentState(asked.state)],
            tried=describe_checks(asked.tried),
            reason=AskReason(asked.reason).label,
            outcome=OUTCOMES.get(asked.outcome, ""),
            running=running,
            may_assist=may,
            may_restore=may and assignments.may_restore_by(asked),
            may_accept=may and assignments.is_in_asked_team(asked, actor),
            may_work=running and actor.can(WORK),
            may_answer=running and assignments.may_write_for(asked, actor),
            sees_desk=actor.can(CONSOLE),
        )


def cards_of(ticket: Ticket, actor: Actor) -> list[AssignmentCard]:
    """Return the running work of a ticket that teams of the actor were asked for."""
    if not has(ticket, Assignment):
        return []
    return [AssignmentCard.of(one, actor) for one in assignments.asked_of_actor(ticket, actor)]
