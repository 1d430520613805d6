"""Actions of deliverables, evidences and gates.

Source: docs/rules/projects.md, "Deliverables" and "Gates".
"""

from datetime import datetime
from typing import Final

from django.db.models import Max
from django.utils.translation import gettext as _

from opale.delivery.projects.actions.packages import pass_automatic_gates
from opale.delivery.projects.actions.plans import lock_project, replan
from opale.delivery.projects.actions.project_notifications import (
    notify_ready_gate,
    notify_submitted,
    settle_gate,
    settle_submitted,
)
from opale.delivery.projects.domain.health import REFUSALS
from opale.delivery.projects.models import (
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
    Project,
    Risk,
    WorkPackage,
)
from opale.delivery.projects.queries.deliverables import is_own_submission
from opale.delivery.projects.rights import CONTRIBUTE
from opale.delivery.projects.states import ACCEPT, PASS, REFUSE, SUBMIT, GateState
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.states import perform

LONGEST: Final = 500


def add_deliverable(
    project: Project, *, by: Actor, name_en: str, name_fr: str, package: WorkPackage | None = None
) -> Deliverable:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(project, by=by)
        for name, text in (("name_en", name_en), ("name_fr", name_fr)):
            if not 0 < len(text.strip()) <= 200:
                raise Invalid(**{name: _("Enter a name of at most 200 characters.")})
        if package is not None and package.project_id != held.pk:
            raise Invalid(package=_("This task belongs to another project."))
        made = Deliverable.objects.create(
            project=held, name_en=name_en.strip(), name_fr=name_fr.strip(), package=package
        )
        replan(held, by=by)
    return made


def submit_deliverable(
    deliverable: Deliverable, *, by: Actor, place: str, note: str = "", at: datetime | None = None
) -> DeliverableVersion:
    """Submit a further version; after three refusals it must say what changed.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    moment = at or clock.now()
    with attributed(by):
        held, row = _hold(deliverable, by=by, right=CONTRIBUTE)
        where, said = _text(place, "place"), _text(note, "note")
        if not where:
            raise Invalid(place=_("Enter where it can be read."))
        if row.refusals >= REFUSALS and not said:
            raise Invalid(note=_("Refused three times: describe what has changed."))
        perform(SUBMIT, Deliverable.objects.filter(pk=row.pk), by=by, at=moment)
        last = DeliverableVersion.objects.filter(deliverable=row).aggregate(last=Max("number"))
        made = DeliverableVersion.objects.create(
            deliverable=row,
            number=(last["last"] or 0) + 1,
            place=where,
            note=said,
            given_by=by.signature,
            given_at=moment,
        )
        replan(held, by=by)
        notify_submitted(held, row, by=by)
    return made


def accept_deliverable(deliverable: Deliverable, *, by: Actor, at: datetime | None = None) -> None:
    """Accept the submitted version, which somebody else submitted.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict (the actor submitted it).
    """
    moment = at or clock.now()
    with attributed(by):
        held, row = _hold(deliverable, by=by)
        _require_second_person(row, by)
        perform(ACCEPT, Deliverable.objects.filter(pk=row.pk), by=by, at=moment)
        _decide(row, accepted=True, reason="", by=by, at=moment)
        _close_risk(row, at=moment)
        replan(held, by=by)


def _require_second_person(row: Deliverable, by: Actor) -> None:
    last = DeliverableVersion.objects.filter(deliverable=row).first()
    if is_own_submission(last, by):
        raise Conflict(_("You submitted this version yourself: somebody else accepts it."))


def refuse_deliverable(
    deliverable: Deliverable, *, by: Actor, reason: str, at: datetime | None = None
) -> None:
    """Refuse a deliverable with a reason. The third refusal raises a risk of the project, until it
    is accepted.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    moment = at or clock.now()
    with attributed(by):
        held, row = _hold(deliverable, by=by)
        said = _text(reason, "reason")
        if not said:
            raise Invalid(reason=_("Enter a reason: somebody has to correct it."))
        refusals = row.refusals + 1
        rows = Deliverable.objects.filter(pk=row.pk)
        perform(REFUSE, rows, by=by, at=moment, refusals=refusals)
        _decide(row, accepted=False, reason=said, by=by, at=moment)
        if refusals >= REFUSALS:
            _raise_risk(held, row, said, at=moment)
        replan(held, by=by)


def attach_evidence(
    evidence: Evidence, *, by: Actor, place: str, at: datetime | None = None
) -> None:
    """Record where an evidence is. Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(evidence.gate.project, by=by, right=CONTRIBUTE)
        row = (
            Evidence.objects.select_related("gate")
            .filter(pk=evidence.pk, gate__project=held)
            .first()
        )
        if row is None:
            raise NotFound
        if row.gate.state == GateState.PASSED:
            raise IllegalMove("give", {row.pk: row.gate.state})
        where = _text(place, "place")
        if not where:
            raise Invalid(place=_("Enter where the evidence can be found."))
        row.place, row.given_by, row.given_at = where, by.signature, at or clock.now()
        row.save(update_fields=["place", "given_by", "given_at"])
        pass_automatic_gates(held, by=by)
        replan(held, by=by)
        notify_ready_gate(held, row.gate, by=by)


def pass_gate(gate: Gate, *, by: Actor, at: datetime | None = None) -> None:
    """Pass a gate. Errors: NotFound, NotAllowed, IllegalMove, Conflict (an evidence is missing)."""
    moment = at or clock.now()
    with attributed(by):
        held = lock_project(gate.project, by=by)
        missing = Evidence.objects.filter(gate=gate, gate__project=held, given_at=None)
        names = ", ".join(one.name for one in missing)
        if names:
            raise Conflict(_("Missing evidence: %(names)s.") % {"names": names})
        rows = Gate.objects.filter(pk=gate.pk, project=held)
        perform(PASS, rows, by=by, at=moment, passed_at=moment, passed_by=by.signature)
        settle_gate(gate, by=by)
        replan(held, by=by)


def _hold(
    deliverable: Deliverable, *, by: Actor, right: str = ACCEPT.right
) -> tuple[Project, Deliverable]:
    held = lock_project(deliverable.project, by=by, right=right)
    row = Deliverable.objects.filter(pk=deliverable.pk, project=held).first()
    if row is None:
        raise NotFound
    return held, row


def _decide(row: Deliverable, *, accepted: bool, reason: str, by: Actor, at: datetime) -> None:
    version = DeliverableVersion.objects.filter(deliverable=row, accepted=None).first()
    if version is None:
        raise NotFound
    version.accepted, version.reason = accepted, reason
    version.decided_by, version.decided_at = by.signature, at
    version.save(update_fields=["accepted", "reason", "decided_by", "decided_at"])
    settle_submitted(row, by=by)


def _source(row: Deliverable) -> str:
    return f"projects.deliverable:{row.pk}"


def _raise_risk(project: Project, row: Deliverable, reason: str, *, at: datetime) -> None:
    title = _("“%(name)s” was refused three times: %(reason)s") % {
        "name": row.title,
        "reason": reason,
    }
    if not Risk.objects.filter(project=project, source=_source(row), closed_at=None).exists():
        Risk.objects.create(
            project=project,
            title=title[:300],
            likelihood=5,
            harm=4,
            owner=project.manager,
            source=_source(row),
            raised_at=at,
        )


def _close_risk(row: Deliverable, *, at: datetime) -> None:
    for risk in Risk.objects.filter(project_id=row.project_id, source=_source(row), closed_at=None):
        risk.closed_at = at
        risk.save(update_fields=["closed_at"])


def _text(said: str, field: str) -> str:
    found = " ".join(said.split())
    if len(found) > LONGEST:
        raise Invalid(**{field: _("Give at most %(limit)s characters.") % {"limit": LONGEST}})
    return found
