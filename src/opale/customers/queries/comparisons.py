"""Comparison of two versions of a support plan, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from opale.customers.domain.grades import GRADES, grade_name
from opale.customers.models import (
    ClocksShown,
    Coverage,
    Measure,
    PlanTarget,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel.errors import NotFound

PRIORITIES = range(1, 6)
ComparedValue = str | int | bool | timedelta | None


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of a comparison. `subject` is stable: `targets.restore.1.premium`."""

    subject: str
    label: str
    before: ComparedValue
    after: ComparedValue

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    before: SupportPlanVersion
    after: SupportPlanVersion
    lines: tuple[ComparedLine, ...]

    @property
    def differences(self) -> list[ComparedLine]:
        return [line for line in self.lines if line.differs]


def version_of(plan: SupportPlan, version_id: int) -> SupportPlanVersion:
    """Return a version of a plan from `queries.plans`. Errors: NotFound."""
    found = next((v for v in plan.versions.all() if v.pk == version_id), None)
    if found is None:
        raise NotFound
    return found


def compare(before: SupportPlanVersion, after: SupportPlanVersion) -> Comparison:
    """Return all lines of two versions, in the order in which a version is read."""
    return Comparison(before, after, tuple(_lines(before, after)))


def choice_label(subject: str, value: ComparedValue) -> str:
    """Return the label of a value that is one of a list; "" for another."""
    choices = {"stream": Stream, "coverage": Coverage, "clocks_shown": ClocksShown}
    kind = choices.get("coverage" if subject.endswith(".coverage") else subject)
    return str(kind(value).label) if kind and isinstance(value, str) else ""


def _lines(before: SupportPlanVersion, after: SupportPlanVersion) -> Iterator[ComparedLine]:
    labels = {
        "stream": _("Stream"),
        "coverage": _("Coverage"),
        "clocks_shown": _("What customers see of their SLA"),
        "exceptional_interventions": _("Interventions outside hours"),
    }
    for name, label in labels.items():
        yield ComparedLine(name, label, getattr(before, name), getattr(after, name))
    for name in ("matrix", "premium_matrix"):
        for impact in GRADES:
            for urgency in GRADES:
                words = {"impact": grade_name(impact), "urgency": grade_name(urgency)}
                label = (
                    _("Impact: %(impact)s, urgency: %(urgency)s, under Premium")
                    if name == "premium_matrix"
                    else _("Impact: %(impact)s, urgency: %(urgency)s")
                ) % words
                cells = [getattr(v, name)[impact][urgency] for v in (before, after)]
                yield ComparedLine(f"{name}.{impact}.{urgency}", label, *cells)
    yield from _targets(before, after)


def _targets(before: SupportPlanVersion, after: SupportPlanVersion) -> Iterator[ComparedLine]:
    olds, news = _by_place(before), _by_place(after)
    for premium in (False, True):
        for measure in Measure:
            for priority in PRIORITIES:
                place = (premium, str(measure), priority)
                old, new = olds.get(place), news.get(place)
                if old is None and new is None:
                    continue
                subject = f"targets.{measure}.{priority}" + (".premium" if premium else "")
                label = _target_label(measure, priority, premium=premium)
                times = (old.target if old else None, new.target if new else None)
                yield ComparedLine(subject, label, *times)
                if old and new:
                    hours = _("%(target)s: coverage") % {"target": label}
                    yield ComparedLine(f"{subject}.coverage", hours, old.coverage, new.coverage)


def _by_place(version: SupportPlanVersion) -> dict[tuple[bool, str, int], PlanTarget]:
    return {(t.premium, t.measure, t.priority): t for t in version.targets.all()}


def _target_label(measure: Measure, priority: int, *, premium: bool) -> str:
    words = {"measure": measure.label, "priority": priority}
    if premium:
        return _("%(measure)s under Premium, P%(priority)s") % words
    return _("%(measure)s, P%(priority)s") % words
