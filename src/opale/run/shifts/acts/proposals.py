"""Acts of roster proposals and their lines: end the search, accept and refuse."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opale.acts.declarations import button, form
from opale.kernel.proposals import DecidedLines, on_line
from opale.run.shifts.actions import proposal_lines, proposals
from opale.run.shifts.acts.subjects import PROPOSAL, PROPOSAL_LINE, TEAM
from opale.run.shifts.acts.wrappers import only_with
from opale.run.shifts.forms.proposals import LinesForm, SearchForm
from opale.run.shifts.models import ProposalLine
from opale.run.shifts.rights import EDIT
from opale.run.shifts.shapes.proposals import RosterProposalOut

STAYS = _("Refused. The roster is unchanged.")


def accepted(_row: object, decided: DecidedLines | None) -> str:
    """Return how many changes are in the roster, and how many are not; "" of what goes on."""
    if decided is None:
        return ""
    if decided.left:
        sentence = ngettext(
            "%(n)s change applied. Not applied, see the reasons below: %(left)s.",
            "%(n)s changes applied. Not applied, see the reasons below: %(left)s.",
            decided.done,
        )
    else:
        sentence = ngettext(
            "%(n)s change applied to the roster.",
            "%(n)s changes applied to the roster.",
            decided.done,
        )
    return sentence % {"n": decided.done, "left": decided.left}


def line_accepted(line: ProposalLine, decided: DecidedLines) -> str:
    """Return that the line is in the roster, or why it is not."""
    if decided.done:
        return accepted(line, decided)
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
        PROPOSAL, proposals.stop_search, "end_roster_search", EDIT, noun="end",
        label=_("Stop search"), icon="player-stop", key="s",
        said=_("Search stopped. The changes found so far are kept."),
        text="The best that was found is kept.",
    ),
    button(
        PROPOSAL, proposals.accept_proposal, "accept_roster_lines", EDIT, body=LinesForm,
        noun="acceptance", icon="check", tone="primary", key="c", said=accepted,
        text="What cannot be accepted says why in its line. Many lines are accepted by the"
        " planner.",
    ),
    button(
        PROPOSAL, proposal_lines.refuse_lines, "refuse_roster_lines", EDIT, body=LinesForm,
        noun="refusal", label=_("Refuse all"), icon="x", said=STAYS,
    ),
    button(
        PROPOSAL_LINE, on_line(proposal_lines.accept_lines), "accept_roster_line", EDIT, noun=None,
        page="acceptance", label=_("Accept"), tone="primary", said=line_accepted,
    ),
    button(
        PROPOSAL_LINE, on_line(proposal_lines.refuse_lines), "refuse_roster_line", EDIT, noun=None,
        page="refusal", label=_("Refuse"), said=STAYS,
    ),
)  # fmt: skip
