"""The list of proposals for rosters."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Span
from opale.organisation.listings import team_filter
from opale.run.shifts.models import RosterProposal
from opale.run.shifts.queries import proposals
from opale.run.shifts.rights import EDIT
from opale.ui.components.badges import state


def _days(proposal: RosterProposal) -> str:
    return " – ".join(
        date_format(day, "SHORT_DATE_FORMAT") for day in (proposal.first, proposal.last)
    )


PROPOSALS = Listing(
    name="roster-proposals",
    title=_("Roster proposals"),
    right=EDIT,
    url_name="shifts_all_proposals",
    model=RosterProposal,
    rows=proposals.proposals,
    order=Order(("-id",)),
    template="shifts/all_proposals.html",
    empty=Empty("list-check", _("No proposal matches your filters"), _("No proposals yet")),
    columns=(
        Column(
            "days", _("Days"), _days, order=("first", "days"), fixed=True,
            link=lambda proposal: reverse("shifts_proposal", args=[proposal.pk]),
        ),
        Column("team", _("Team"), "team__name", order=True, style="fill"),
        Column("asked", _("Requested"), "asked_at", order=True),
        Column("by", _("By"), "actor_name", order=True),
        Column("finished", _("Search ended"), "finished_at", shown=False),
        Column(
            "state", _("State"), "state", order=True,
            cell=lambda proposal: state(proposal.get_state_display(), proposal.tone),
        ),
    ),
    filters=(
        team_filter(argument="team_id", closed=True),
        Choice("state", _("State"), RosterProposal.State, lookup="state", menu=True),
        Span("first", _("First day"), lookup="first"),
    ),
)  # fmt: skip
