"""A silence as pages draw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Silence
from opale.run.events.queries.silences import Phase, SilenceSubjectNames, phase_of
from opale.run.events.states import SilenceKind

PHASES: Final[Mapping[Phase, str | Promise]] = {
    "active": pgettext_lazy("silences", "In force"),
    "coming": pgettext_lazy("silences", "Coming"),
    "past": pgettext_lazy("silences", "Over"),
}
TONES: Final[Mapping[Phase, str]] = {"active": "active", "coming": "waiting", "past": "closed"}
RECURRENCE_LABELS: Final = {
    "FREQ=DAILY": gettext_lazy("every day"),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": gettext_lazy("every working day"),
    "FREQ=WEEKLY": gettext_lazy("every week"),
    "FREQ=MONTHLY": gettext_lazy("every month, on the same day"),
}


@dataclass(frozen=True, slots=True)
class SilenceLine:
    silence: Silence
    at: datetime
    names: SilenceSubjectNames

    @property
    def phase(self) -> Phase:
        return phase_of(self.silence, self.at)

    @property
    def phase_label(self) -> str | Promise:
        return PHASES[self.phase]

    @property
    def tone(self) -> str:
        return TONES[self.phase]

    @property
    def is_over(self) -> bool:
        return self.phase == "past"

    @property
    def is_maintenance(self) -> bool:
        return self.silence.kind == SilenceKind.MAINTENANCE

    @property
    def prolongs(self) -> bool:
        return self.phase == "active" or (self.phase == "coming" and not self.silence.recurrence)

    @property
    def resumes(self) -> bool:
        """Return whether its early end can be undone."""
        ends_at = self.silence.ends_at
        ended = self.silence.ended_at is not None
        return self.is_over and ended and (ends_at is None or ends_at > self.at)

    @property
    def matchers(self) -> list[str]:
        return [str(Matcher.of(row)) for row in self.silence.matchers]

    @property
    def named(self) -> list[str]:
        return self.names.of(self.silence)

    @property
    def about(self) -> str:
        """Return what it is about, in one line."""
        source = [self.silence.integration.name] if self.silence.integration else []
        return ", ".join([*self.named, *source, *self.matchers]) or _("nothing that you may see")

    @property
    def again(self) -> str | Promise:
        rule = self.silence.recurrence
        return RECURRENCE_LABELS.get(rule, rule)

    @property
    def ended_at(self) -> datetime | None:
        return self.silence.ended_at or self.silence.window_ends_at or self.silence.ends_at
