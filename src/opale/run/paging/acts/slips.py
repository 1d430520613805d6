"""Acts of stand-by slips, and of the fixes of needless call-outs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, form, place
from opale.kernel.actor import Actor
from opale.run.paging.actions import slips
from opale.run.paging.forms.slips import FixForm, SlipForm, WorthForm
from opale.run.paging.models import RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.rights import READ, SLIPS
from opale.run.paging.shapes import FixOut, WholeSlip


def kept_fix(slip: Slip, _by: Actor) -> dict[str, Any]:
    found = slip_queries.fix_of(slip)
    return {"owner": found.owner_id, "due_on": found.due_on, "what": found.what}


def after_rest(slip: Slip, _made: object) -> str:
    """Confirm the slip; where the rest requires it, propose to change the next duty."""
    rest = slip_queries.rest_of(slip)
    if rest and rest.duty:
        return gettext("Saved. The next shift starts before the rest period ends: have it moved.")
    return gettext("Call-out saved.")


def after_judgement(slip: Slip, fix: RuleFix | None) -> str:
    """Return where a needless call-out is put right, else one's own page."""
    if fix is None:
        return reverse("paging_mine")
    return reverse("paging_edit_fix_of_slip", args=[slip.pk])


SLIP = Subject(
    name="slip", model=Slip, get=slip_queries.get_slip, rows=slip_queries.slips, shape=WholeSlip,
    page="paging/slips/<int:slip_id>/", endpoint="/paging/slips/{int:slip_id}",
    home=place("paging_slips", _("Call-outs")),
)  # fmt: skip
FIX = Subject(
    name="fix", model=RuleFix, get=slip_queries.get_fix, rows=slip_queries.fixes, shape=FixOut,
    page="paging/fixes/<int:fix_id>/", endpoint="/paging/fixes/{int:fix_id}", home=SLIP.home,
)  # fmt: skip

ACTS = (
    change(
        SLIP, slips.fill_in_slip, "fill_in_slip", SLIPS, SlipForm, page="",
        optional={"ended_at", "travel", "note"}, names={"travel": "travel_minutes"},
        initial=lambda slip, _by: {"travel": int(slip.travel.total_seconds() // 60)},
        title="%(name)s", submit=_("Save"), said=after_rest,
        text="When it ended, with the way there and back: the rest counts from then.",
    ),
    button(
        SLIP, slips.judge_slip, "judge_slip", SLIPS, noun="worth", of=WorthForm,
        said=lambda _slip, fix: "" if fix else gettext("Answer saved."),
        success_url=after_judgement, text="One's own: a no becomes something to put right.",
    ),
    button(
        SLIP, slips.apply_rest, "let_rest", SLIPS, noun="rest",
        label=_("Start shift after rest"), icon="moon",
        said=lambda _slip, moved: gettext("Shift moved to the end of the rest period.")
        if moved
        else gettext("Shift removed: it falls within the rest period."),
        text="Let the shift that begins too early begin when the rest is over, or take it away.",
    ),
    form(
        SLIP, slips.edit_fix_of_slip, "edit_fix_of_slip", SLIPS, FixForm, noun=None, page="fix",
        initial=kept_fix, home=place("paging_mine"),
        title=_("Unnecessary call-out"), submit=_("Save"),
        said=_("Fix assigned."),
    ),
    change(
        FIX, slips.edit_fix, "edit_fix", READ, FixForm, page=None,
        optional={"owner", "due_on", "what"},
        text="By whoever was woken, by its owner, or by who edits policies.",
    ),
    button(
        FIX, slips.finish_fix, "finish_fix", READ, noun="completion", label=_("Mark as fixed"),
        said=_("Marked as fixed."), text="It calls for nothing any more.",
    ),
)  # fmt: skip
