"""Proposals for a roster."""

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.shifts.models import (
    ProposalLine,
    ProposalLineQuerySet,
    RosterProposal,
    RosterProposalQuerySet,
)


def proposals(*, seen_by: Actor, team_id: int | None = None) -> RosterProposalQuerySet:
    """Return the proposals, of a team where one is given, newest first."""
    rows = RosterProposal.objects.visible_to(seen_by).order_by("-id")
    return rows if team_id is None else rows.filter(team=team_id)


def get_proposal(proposal_id: int, *, seen_by: Actor) -> RosterProposal:
    """Errors: NotFound."""
    rows = RosterProposal.objects.visible_to(seen_by).select_related("team")
    proposal = rows.filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound
    return proposal


def title_of(proposal: RosterProposal) -> str:
    """Return the name of a proposal among those of other teams, in the language in force."""
    return _("Roster proposal for %(name)s") % {"name": proposal.team.name}


def proposal_lines(proposal: RosterProposal, *, seen_by: Actor) -> ProposalLineQuerySet:
    """Return the lines, by day."""
    rows = ProposalLine.objects.visible_to(seen_by).filter(proposal=proposal)
    return rows.select_related("was", "to").order_by("id")


def get_proposal_line(line_id: int, *, seen_by: Actor) -> ProposalLine:
    """Errors: NotFound."""
    rows = ProposalLine.objects.visible_to(seen_by).select_related("proposal__team")
    line = rows.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line
