"""Queries of plan proposals."""

from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.delivery.resources.models.plans import PlanLineQuerySet, PlanProposalQuerySet
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound


def plans(*, seen_by: Actor, team_id: int | None = None) -> PlanProposalQuerySet:
    """Return the proposals, of a team where one is given."""
    rows = PlanProposal.objects.visible_to(seen_by).select_related("team")
    return rows if team_id is None else rows.filter(team=team_id)


def get_plan(plan_id: int, *, seen_by: Actor) -> PlanProposal:
    """Return a proposal. Errors: NotFound, whether hidden or missing."""
    found = plans(seen_by=seen_by).filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    return found


def plan_lines(plan: PlanProposal, *, seen_by: Actor) -> PlanLineQuerySet:
    rows = PlanLine.objects.visible_to(seen_by).filter(proposal=plan)
    return rows.select_related("was", "to")


def get_plan_line(line_id: int, *, seen_by: Actor) -> PlanLine:
    """Return a line of a proposal. Errors: NotFound, whether hidden or missing."""
    rows = PlanLine.objects.visible_to(seen_by).select_related("proposal", "was", "to")
    found = rows.filter(pk=line_id).first()
    if found is None:
        raise NotFound
    return found
