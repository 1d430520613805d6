"""Acts of roster proposals and their lines: end the search, accept and refuse."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opale.acts.declarations import button, form
from opale.kernel.actor import Actor
from opale.kernel.proposals import DecidedLines
from opale.run.shifts.actions import proposal_lines, proposals
from opale.run.shifts.acts.subjects import PROPOSAL, PROPOSAL_LINE, TEAM
from opale.run.shifts.acts.wrappers import only_with
from opale.run.shifts.forms.proposals import LinesForm, SearchForm
from opale.run.shifts.models import ProposalLine, RosterProposal
from opale.run.shifts.rights import EDIT
from opale.run.shifts.shapes.proposals import RosterProposalOut

STAYS = _("Refused; the roster stays as it is there.")


def accept_lines(
    proposal: RosterProposal, *, by: Actor, credential: str, lines: list[int] | None = None
) -> DecidedLines | None:
    """Accept these lines of a proposal, or all that are open."""
    if lines is None:
        return proposals.accept_proposal(proposal, by=by, credential=credential)
    return proposal_lines.accept_lines(proposal, lines, by=by)


def accept_line(line: ProposalLine, *, by: Actor) -> DecidedLines:
    """Accept a line of a proposal into the roster."""
    return proposal_lines.accept_lines(line.proposal, [line.pk], by=by)


def refuse_line(line: ProposalLine, *, by: Actor) -> None:
    """Refuse a line of a proposal."""
    proposal_lines.refuse_lines(line.proposal, [line.pk], by=by)


def decision_text(decided: DecidedLines) -> str:
    if decided.left:
        sentence = ngettext(
            "%(n)s change is in the roster. See below why others are not: %(left)s.",
            "%(n)s changes are in the roster. See below why others are not: %(left)s.",
            decided.done,
        )
    else:
        sentence = ngettext(
            "%(n)s change is in the roster.", "%(n)s changes are in the roster.", decided.done
        )
    return sentence % {"n": decided.done, "left": decided.left}


def accepted(_proposal: RosterProposal, decided: DecidedLines | None) -> str:
    return decision_text(decided) if decided is not None else ""


def decided_line(line: ProposalLine, decided: DecidedLines) -> str:
    """Return that the line is in the roster, or why it is not."""
    if decided.done:
        return decision_text(decided)
    line.refresh_from_db()
    return line.sentence


ACTS = (
    form(
        TEAM, only_with(EDIT, proposals.request_proposal), "ask_for_roster", EDIT, SearchForm,
        noun="roster/proposals", page=None, gives=RosterProposalOut, status=202,
        text="Let the planner search; its proposal is read, followed and decided by its own"
        " address. `gentle`: only what is wrong moves; else anything, for wishes and shared"
        " burdens.",
    ),
    button(
        PROPOSAL, only_with(EDIT, proposals.stop_search), "end_search", EDIT, noun="end",
        label=_("End the search"), icon="player-stop", key="s",
        said=_("The search ends; what it has found stays proposed."),
        text="The best that was found is kept.",
    ),
    button(
        PROPOSAL, only_with(EDIT, accept_lines), "accept_lines", EDIT, body=LinesForm,
        noun="acceptance", icon="check", tone="primary", key="c", said=accepted,
        text="What cannot be accepted says why in its line. Many lines are accepted by the"
        " planner.",
    ),
    button(
        PROPOSAL, only_with(EDIT, proposal_lines.refuse_lines), "refuse_lines", EDIT,
        body=LinesForm, noun="refusal", label=_("Refuse all of them"), icon="x", said=STAYS,
    ),
    button(
        PROPOSAL_LINE, only_with(EDIT, accept_line), "accept_proposal_line", EDIT, noun=None,
        page="acceptance", label=_("Accept"), tone="primary", said=decided_line,
    ),
    button(
        PROPOSAL_LINE, only_with(EDIT, refuse_line), "refuse_proposal_line", EDIT, noun=None,
        page="refusal", label=_("Refuse"), said=STAYS,
    ),
)  # fmt: skip
