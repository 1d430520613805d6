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
    "owned": _("had it before"),
    "wrote": _("has written on it"),
    "language": _("speaks the language"),
    "skill": _("has the skill"),
    "least": _("has least in hand"),
    "given": _("named by a colleague"),
}
NEXT_ACTIONS: Final[dict[str, Words]] = {
    "answer": _("Answer the customer"),
    "look": _("Look at what the supplier says"),
    "accept": _("Have the work accepted"),
    "follow": _("Follow the work that is asked"),
    "wait": pgettext_lazy("next action", "Wait"),
    "triage": _("Say what it is"),
    "work": _("Work on it"),
}
REFUSAL_REASONS: Final[dict[str, Words]] = {str(one.value): one.label for one in RefusalReason}
UPCOMING_KINDS: Final[dict[str, Words]] = {
    "window": _("Maintenance window"),
    "agreed": _("Agreed date"),
    "outside": pgettext_lazy("what comes", "Work outside the hours of the plan"),
}


def measure_label(code: str) -> Words:
    return Commitment.SHORT_NAMES.get(code, code)
