"""The form of a new plan version: two matrices and the times promised."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers.actions.plans import PlanContent, Target
from opale.customers.domain.grades import GRADES, grade_name
from opale.customers.forms.customers import LengthField
from opale.customers.models import (
    ClocksShown,
    Coverage,
    Measure,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.customers.ports import Proposal
from opale.ui.typed_dates import DayField

PRIORITIES = range(1, 6)
MEASURES = tuple(measure for measure in Measure if measure != Measure.AVAILABILITY)


class VersionForm(forms.Form):
    """A form for a new version, prefilled with the present one."""

    starts = DayField(label=gettext_lazy("Sold from"))
    stream = forms.ChoiceField(label=gettext_lazy("Stream"), choices=Stream.choices)
    coverage = forms.ChoiceField(label=gettext_lazy("Coverage"), choices=Coverage.choices)
    clocks_shown = forms.ChoiceField(
        label=gettext_lazy("What customers see of their SLA"), choices=ClocksShown.choices
    )
    exceptional_interventions = forms.BooleanField(
        label=gettext_lazy("Interventions outside hours"), required=False
    )

    def __init__(self, *args: Any, before: SupportPlanVersion | None, **kwargs: Any) -> None:
        known = _values(before) if before else {}
        kwargs["initial"] = known | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in matrix_names():
            self.fields[name] = forms.TypedChoiceField(
                label=_cell_label(name), choices=[(n, f"P{n}") for n in PRIORITIES], coerce=int
            )
        for premium, measure in _kinds():
            self.fields[f"coverage_{premium}_{measure}"] = forms.ChoiceField(
                label=gettext_lazy("Coverage"), choices=Coverage.choices
            )
            for priority in PRIORITIES:
                self.fields[f"target_{premium}_{measure}_{priority}"] = LengthField(
                    label=_("%(measure)s, P%(priority)s")
                    % {"measure": measure.label, "priority": priority},
                    required=False,
                )

    def content(self) -> PlanContent:
        said = self.cleaned_data
        return PlanContent(
            Stream(said["stream"]),
            Coverage(said["coverage"]),
            self._matrix("matrix"),
            self._matrix("premium"),
            tuple(self._targets()),
            ClocksShown(said["clocks_shown"]),
            said["exceptional_interventions"],
        )

    def proposal(self, plan: SupportPlan) -> Proposal:
        """Return the version as a proposal, to preview its effect on running tickets."""
        content = self.content()
        return Proposal.of(plan, self.cleaned_data["starts"], content, content.targets)

    def _matrix(self, which: str) -> dict[str, dict[str, int]]:
        said = self.cleaned_data
        return {i: {u: said[f"{which}_{i}_{u}"] for u in GRADES} for i in GRADES}

    def _targets(self) -> Iterator[Target]:
        for premium, measure in _kinds():
            coverage = Coverage(self.cleaned_data[f"coverage_{premium}_{measure}"])
            for priority in PRIORITIES:
                length: timedelta | None = self.cleaned_data[
                    f"target_{premium}_{measure}_{priority}"
                ]
                if length is not None:
                    yield Target(measure, priority, length, coverage, premium == "premium")

    def matrices(self) -> list[tuple[str, list[tuple[str, list[BoundField]]]]]:
        """Return title and rows by impact, with a field for each urgency, of each matrix."""
        titles = (("matrix", _("Priorities")), ("premium", _("Priorities under Premium")))
        return [
            (title, [(grade_name(i), [self[f"{which}_{i}_{u}"] for u in GRADES]) for i in GRADES])
            for which, title in titles
        ]

    def promises(self) -> list[tuple[str, BoundField, list[BoundField]]]:
        """Return title, coverage field, and a field for each priority, of each measure."""
        found = []
        for premium, measure in _kinds():
            title = str(measure.label)
            if premium == "premium":
                title = _("%(measure)s under Premium") % {"measure": title}
            fields = [self[f"target_{premium}_{measure}_{n}"] for n in PRIORITIES]
            found.append((title, self[f"coverage_{premium}_{measure}"], fields))
        return found


def matrix_names() -> list[str]:
    return [f"{which}_{i}_{u}" for which in ("matrix", "premium") for i in GRADES for u in GRADES]


def _kinds() -> list[tuple[str, Measure]]:
    return [(premium, measure) for premium in ("plain", "premium") for measure in MEASURES]


def _cell_label(name: str) -> str:
    which, impact, urgency = name.split("_")
    words = {"impact": grade_name(impact), "urgency": grade_name(urgency)}
    if which == "premium":
        return _("Impact: %(impact)s, urgency: %(urgency)s, under Premium") % words
    return _("Impact: %(impact)s, urgency: %(urgency)s") % words


def _values(version: SupportPlanVersion) -> dict[str, Any]:
    names = ("stream", "coverage", "clocks_shown", "exceptional_interventions")
    values: dict[str, Any] = {name: getattr(version, name) for name in names}
    for which, matrix in (("matrix", version.matrix), ("premium", version.premium_matrix)):
        for impact, row in matrix.items():
            values |= {f"{which}_{impact}_{urgency}": p for urgency, p in row.items()}
    for target in version.targets.all():
        kind = f"{'premium' if target.premium else 'plain'}_{target.measure}"
        values[f"target_{kind}_{target.priority}"] = target.target
        values[f"coverage_{kind}"] = target.coverage
    for premium, measure in _kinds():
        values.setdefault(f"coverage_{premium}_{measure}", version.coverage)
    return values
