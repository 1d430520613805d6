"""The form of a duty, with the working-time rules that it would break."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from opale.run.shifts.actions.duties import changes_of, check_plan
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.forms.duties import DutyForm
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.breach_texts import breach_text, hours_text
from opale.run.shifts.queries.breaches import PersonBreach, breaches_caused_by
from opale.run.shifts.queries.frame_parts import entry_of
from opale.run.shifts.queries.roster_frames import unmet_needs_with
from opale.ui.forms import submit_form


@dataclass(slots=True)
class DutyEditor:
    """A duty in its form; one that breaks a rule needs a confirmation to be saved."""

    form: DutyForm
    duty: Duty | None
    found: tuple[PersonBreach, ...] = ()

    def saved(self, write: Callable[[], object]) -> bool:
        form = self.form
        if not form.is_bound or not submit_form(form, lambda: check_plan(form.plan(), self.duty)):
            return False
        self.found = tuple(self._found())
        if self.found and not form.cleaned_data.get("knowing"):
            form.add_error(None, _("This breaks working-time rules: see below."))
            return False
        return submit_form(form, write)

    def broken(self) -> list[str]:
        self.found = tuple(self._found())
        return [breach_text(one) for one in self.found]

    def lacking(self) -> list[str]:
        """Return the skills and languages missing for some of the duty, with how long."""
        if not self.form.is_valid() or not self.form.plan().starts < self.form.plan().ends:
            return []
        plan = self.form.plan()
        entry = entry_of(
            plan.team.pk,
            plan.role,
            Span(plan.starts, plan.ends),
            plan.person.pk,
            plan.kind,
        )
        found = unmet_needs_with(
            plan.team,
            entry,
            in_place_of=self.duty.pk if self.duty else None,
            seen_by=self.form.by,
        )
        return [
            _("%(need)s: not met for %(length)s of this shift.")
            % {"need": need.label, "length": hours_text(missing)}
            for need, missing in found
        ]

    def context(self) -> dict[str, object]:
        return {
            "form": self.form,
            "duty": self.duty,
            "broken": [breach_text(one) for one in self.found],
            "lacking": self.lacking() if self.form.is_bound else [],
        }

    @property
    def status(self) -> int:
        return 422 if self.form.is_bound and self.form.errors else 200

    def _found(self) -> list[PersonBreach]:
        if not self.form.is_valid():
            return []
        return breaches_caused_by(changes_of(self.form.plan(), self.duty))


def middle_of(duty: Duty) -> datetime:
    """Return the whole hour nearest to the middle: the proposed moment of a split."""
    middle = duty.starts + (duty.ends - duty.starts) / 2
    return timezone.localtime(middle).replace(minute=0, second=0, microsecond=0)
