"""Labels of the codes of a handover, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.run.desk.models import Commitment, Kind, Pause
from opale.run.desk.states import AssignmentState
from opale.run.handover.states import RefusalReason
from opale.ui.components.times import weekday_moment

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
NEXT_STEPS: Final[dict[str, Words]] = {
    "answer": _("Answer the customer"),
    "look": _("Read the supplier’s reply"),
    "triage": _("Triage the ticket"),
}
WORK_BY_MEASURE: Final[dict[str, Words]] = {
    Commitment.Measure.TRIAGE: _("Triage the ticket"),
    Commitment.Measure.ACKNOWLEDGE: _("Start working on it"),
    Commitment.Measure.FIRST_RESPONSE: _("Send the first response"),
    Commitment.Measure.UPDATE: _("Send the promised update"),
    Commitment.Measure.RESTORE: _("Restore the service"),
}
WAITS: Final[dict[str, Words]] = {
    Pause.Kind.CUSTOMER: _("Wait for the customer"),
    Pause.Kind.SUPPLIER: _("Wait for the supplier"),
    Pause.Kind.CHANGE: _("Wait for the change"),
    Pause.Kind.AGREED_DATE: _("Wait for the agreed date"),
}
WAITS_UNTIL: Final[dict[str, Words]] = {
    Pause.Kind.CUSTOMER: _("Wait for the customer until %(at)s"),
    Pause.Kind.SUPPLIER: _("Wait for the supplier until %(at)s"),
    Pause.Kind.CHANGE: _("Wait for the change until %(at)s"),
    Pause.Kind.AGREED_DATE: _("Wait for the agreed date, %(at)s"),
}
REFUSAL_REASONS: Final[dict[str, Words]] = {str(one.value): one.label for one in RefusalReason}
UPCOMING_KINDS: Final[dict[str, Words]] = {
    "window": _("Maintenance window"),
    "agreed": _("Agreed date"),
    "outside": pgettext_lazy("what comes", "Work outside plan hours"),
}


def measure_label(code: str) -> Words:
    return Commitment.SHORT_NAMES.get(code, code)


def parse_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def next_step(told: Mapping[str, Any]) -> Words:
    """Return what is to be done next on a ticket, and for whom or until when one waits."""
    code, asked = told.get("next", ""), told.get("asked", ())
    if code == "accept":
        whom = next(one["whom"] for one in asked if one["state"] == AssignmentState.REQUESTED)
        return gettext("Get the escalation accepted by %(whom)s") % {"whom": whom}
    if code == "follow":
        whom, promised = asked[0]["whom"], parse_moment(asked[0]["promised"])
        if promised is None:
            return gettext("Follow up with %(whom)s") % {"whom": whom}
        words = {"whom": whom, "at": weekday_moment(promised)}
        return gettext("Follow up with %(whom)s, promised for %(at)s") % words
    if code == "wait":
        return _wait(told)
    if code == "work":
        return _work(told)
    return NEXT_STEPS.get(code, "")


def _wait(told: Mapping[str, Any]) -> Words:
    until = parse_moment(told.get("until"))
    if until is None:
        return WAITS[told["pause"]]
    return str(WAITS_UNTIL[told["pause"]]) % {"at": weekday_moment(until)}


def _work(told: Mapping[str, Any]) -> Words:
    named = WORK_BY_MEASURE.get(told.get("measure", ""))
    if named:
        return named
    return (
        _("Resolve the incident") if told.get("kind") == Kind.INCIDENT else _("Fulfil the request")
    )


def due_reason(told: Mapping[str, Any], due_at: datetime | None, now: datetime) -> Words:
    """Return what falls due before the owner is back, and when."""
    if due_at is None:
        return HOT_REASONS["due"]
    at = weekday_moment(due_at)
    if parse_moment(told.get("clock")) == due_at:
        words = {"measure": measure_label(told.get("measure", "")), "at": at}
        if due_at <= now:
            return gettext("%(measure)s late since %(at)s") % words
        return gettext("%(measure)s due %(at)s") % words
    if parse_moment(told.get("until")) == due_at:
        return gettext("on hold until %(at)s") % {"at": at}
    for one in told.get("asked", ()):
        if parse_moment(one["promised"]) == due_at:
            return gettext("%(whom)s promised it for %(at)s") % {"whom": one["whom"], "at": at}
    return HOT_REASONS["due"]
