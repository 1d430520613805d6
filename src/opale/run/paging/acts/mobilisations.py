"""Acts of mobilisations, and of the escalation policies by which people are paged."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, place, remove
from opale.run.paging.actions import answers, policies
from opale.run.paging.forms.policies import PlaceForm
from opale.run.paging.models import EscalationPolicy, Mobilisation
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries import policies as policy_queries
from opale.run.paging.rights import EDIT, OWN, WORK
from opale.run.paging.shapes import MobilisationOut, PolicyOut
from opale.run.paging.states import RESOLVE, UNANSWERED, MobilisationState

MOBILISATION = Subject(
    name="mobilisation", model=Mobilisation, get=mobilisations.get_mobilisation,
    shape=MobilisationOut, page="paging/<int:mobilisation_id>/",
    endpoint="/paging/mobilisations/{int:mobilisation_id}",
    home=lambda row: (reverse("paging_mobilisation", args=[row.pk]), row.title),
)  # fmt: skip
POLICY = Subject(
    name="policy", model=EscalationPolicy, get=policy_queries.get_policy, shape=PolicyOut,
    page="paging/policies/<int:policy_id>/", endpoint="/paging/policies/{int:policy_id}",
    home=place("paging_policies", _("Escalation policies")),
)  # fmt: skip

ACTS = (
    button(
        MOBILISATION, answers.answer_mobilisation, "answer_mobilisation", OWN, noun="answer",
        states=UNANSWERED, label=_("Acknowledge"), icon="check", key="a", tone="primary",
        said=_("Acknowledged. Nobody else is paged."), undo="give_back_mobilisation",
        text="Say that one is on it: nobody else is called.",
    ),
    button(
        MOBILISATION, answers.give_back, "give_back_mobilisation", OWN, noun="return",
        states={MobilisationState.ACKNOWLEDGED}, label=_("Unacknowledge"), icon="arrow-back-up",
        said=_("Paging resumed."),
        text="Whoever answered gives it back: people are called anew.",
    ),
    button(
        MOBILISATION, answers.end_mobilisation, "end_mobilisation", WORK, move=RESOLVE, noun="end",
        label=_("End"), tone="ghost", said=_("Page ended. Nobody else is paged."),
        text="It is over, whatever it was about.",
    ),
    button(
        POLICY, policies.move_policy, "move_policy", EDIT, noun="move", page="place", of=PlaceForm,
        tone="ghost", text="One place up or down in the order of asking.",
    ),
    button(
        POLICY, policies.switch_policy, "switch_policy", EDIT, noun=None, page="switch",
        tone="ghost", undo="switch_policy",
        said=lambda _row, is_on: gettext("Policy enabled.")
        if is_on
        else gettext("Policy disabled."),
    ),
    remove(
        POLICY, policies.delete_policy, "delete_policy", EDIT, page="removal", label=_("Delete"),
        icon="trash", tone="ghost", said=_("Policy deleted."),
        text="One that has never paged anybody.",
    ),
)  # fmt: skip
