"""Labels of the codes of a handover, in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.run.desk.models import Commitment
from opale.run.handover.states import RefusalReason

Words = str | Promise

HOT_REASONS: Final[dict[str, Words]] = {
    "major": _("major incident"),
    "priority": _("urgent"),
    "due": _("due before the owner is back"),
    "customer": _("the customer replied"),
    "supplier": _("the supplier replied"),
}
PROPOSAL_REASONS: Final[dict[str, Words]] = {
    "owned": _("owned it before"),
    "wrote": _("wrote on it"),
    "language": _("speaks the language"),
    "skill": _("has the skill"),
    "least": _("lowest workload"),
    "given": _("chosen by a colleague"),
}
NEXT_ACTIONS: Final[dict[str, Words]] = {
    "answer": _("Answer the customer"),
    "look": _("Read the supplier’s reply"),
    "accept": _("Get the escalation accepted"),
    "follow": _("Follow up on the escalation"),
    "wait": pgettext_lazy("next action", "On hold"),
    "triage": _("Triage the ticket"),
    "work": _("Continue working on it"),
}
REFUSAL_REASONS: Final[dict[str, Words]] = {str(one.value): one.label for one in RefusalReason}
UPCOMING_KINDS: Final[dict[str, Words]] = {
    "window": _("Maintenance window"),
    "agreed": _("Agreed date"),
    "outside": pgettext_lazy("what comes", "Work outside plan hours"),
}


def measure_label(code: str) -> Words:
    return Commitment.SHORT_NAMES.get(code, code)
