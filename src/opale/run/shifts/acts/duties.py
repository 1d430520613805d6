"""Acts of duties and of their offers: plan, remove, offer, accept, refuse, take over."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, change, create, form, remove
from opale.run.shifts.actions import duties, swaps
from opale.run.shifts.acts.subjects import DUTIES, DUTY, OFFER, place_of_week
from opale.run.shifts.acts.wrappers import only_with
from opale.run.shifts.forms.duties import DutyChangesForm, DutyTermsForm, query_of
from opale.run.shifts.forms.swaps import AcceptanceForm, OfferForm
from opale.run.shifts.rights import EDIT, SWAP
from opale.run.shifts.shapes.planning import OfferOut
from opale.run.shifts.states import ACCEPT, REFUSE, WITHDRAW

ACTS = (
    create(
        DUTIES, duties.create_duty, "create_duty", EDIT, DutyTermsForm, made=DUTY, noun="",
        page=None,
    ),
    change(
        DUTY, duties.edit_duty, "edit_duty", EDIT, DutyChangesForm, page=None,
    ),
    remove(
        DUTY, duties.remove_duty, "remove_duty", EDIT, page="removal",
        label=_("Remove shift"), icon="trash", tone="danger", home=place_of_week,
        said=_("Shift removed."),
        undo=lambda duty, _made: f"{reverse('shifts_restore')}?{query_of(duty)}",
    ),
    form(
        DUTY, only_with(SWAP, swaps.offer_duty), "offer", SWAP, OfferForm, noun="offers",
        page="offer", made=OfferOut, title=_("Offer shift"), submit=_("Offer"),
        said=_("Shift offered."),
    ),
    button(
        DUTY, only_with(SWAP, swaps.take_over), "take_over_duty", SWAP, noun=None, page="takeover",
        label=_("Take over"), tone="ghost", said=_("You have taken over the rest of the shift."),
    ),
    button(
        OFFER, only_with(SWAP, swaps.accept_offer), "accept", SWAP, body=AcceptanceForm,
        noun="acceptance", move=ACCEPT, tone="primary", said=_("The shift is now yours."),
        text="Take it oneself, or as who plans the team for somebody, `knowing` the rules it"
        " breaks.",
    ),
    button(
        OFFER, only_with(SWAP, swaps.refuse_offer), "refuse_offer", SWAP, noun=None, page="refusal",
        move=REFUSE, said=_("Offer refused."),
    ),
    button(
        OFFER, only_with(SWAP, swaps.withdraw_offer), "withdraw_offer", SWAP, noun=None,
        page="withdrawal", move=WITHDRAW, said=_("Offer withdrawn."),
    ),
)  # fmt: skip
