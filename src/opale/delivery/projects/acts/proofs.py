"""Acts of deliverables, evidences and gates."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.acts.declarations import button, create, form
from opale.delivery.projects.actions import deliverables
from opale.delivery.projects.acts.subjects import (
    DELIVERABLE,
    EVIDENCE,
    GATE,
    PROJECT,
    place_of_proofs,
)
from opale.delivery.projects.forms import DeliverableForm, PlaceForm, RefusalForm, VersionForm
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.shapes import VersionOut
from opale.delivery.projects.states import ACCEPT, PASS, REFUSE, SUBMIT

ACTS = (
    create(
        PROJECT, deliverables.add_deliverable, "create_deliverable", WORK, DeliverableForm,
        made=DELIVERABLE, noun="deliverables", home=place_of_proofs,
        names={"package": "work_package_id"}, title=_("Add deliverable"), submit=_("Add"),
        icon="plus", previews=False, said=_("Deliverable added."),
    ),
    form(
        DELIVERABLE, deliverables.submit_deliverable, "hand_in_deliverable", CONTRIBUTE,
        VersionForm, move=SUBMIT,
        noun="versions", made=VersionOut, title=_("Submit: %(name)s"), submit=_("Submit"),
        said=_("Version submitted for acceptance."),
    ),
    button(
        DELIVERABLE, deliverables.accept_deliverable, "accept_deliverable", WORK, move=ACCEPT,
        noun="acceptance", label=_("Accept"), tone="primary",
        said=_("Deliverable accepted."),
    ),
    form(
        DELIVERABLE, deliverables.refuse_deliverable, "refuse_deliverable", WORK, RefusalForm,
        move=REFUSE, noun="refusal", title=_("Refuse: %(name)s"), submit=_("Refuse"),
        said=_("Deliverable refused."),
        text="The third refusal is a risk of the whole project, until it is accepted.",
    ),
    form(
        EVIDENCE, deliverables.attach_evidence, "give_evidence", CONTRIBUTE, PlaceForm,
        noun="place",
        page="", initial=lambda row, _by: {"place": row.place},
        title=_("Attach evidence: %(name)s"), submit=_("Attach evidence"),
        label=pgettext_lazy("an evidence", "Attach evidence"), said=_("Evidence attached."),
        text="Say where the proof is; an automatic gate may pass by it.",
    ),
    button(
        GATE, deliverables.pass_gate, "pass_gate", WORK, move=PASS, noun="passing",
        label=_("Pass gate"), tone="primary", said=_("Gate passed."),
        text="409 while an evidence is missing.",
    ),
)  # fmt: skip
