"""Silences as a list, and a silence as pages draw it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Words
from opale.run.events.actions.silences import end_silence
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Silence
from opale.run.events.queries import silences as silence_queries
from opale.run.events.queries.silences import Phase, SilenceSubjectNames, phase_of
from opale.run.events.rights import READ, WORK
from opale.run.events.states import SilenceKind
from opale.ui.components.badges import tag
from opale.ui.components.times import moment

PHASES: Final[Mapping[Phase, str | Promise]] = {
    "active": pgettext_lazy("silences", "Active"),
    "coming": pgettext_lazy("silences", "Scheduled"),
    "past": pgettext_lazy("silences", "Ended"),
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
        return ", ".join([*self.named, *source, *self.matchers]) or _("no visible object")

    @property
    def again(self) -> str | Promise:
        rule = self.silence.recurrence
        return RECURRENCE_LABELS.get(rule, rule)

    @property
    def ended_at(self) -> datetime | None:
        return self.silence.ended_at or self.silence.window_ends_at or self.silence.ends_at


def _rows(
    *, seen_by: Actor, phase: Phase | None = None, text: str = "", kind: str = ""
) -> QuerySet[Silence]:
    rows = silence_queries.silences(seen_by=seen_by, phase=phase, text=text, at=now())
    return rows.filter(kind=kind) if kind else rows


def _lines(rows: Sequence[Silence], actor: Actor) -> list[SilenceLine]:
    at, names = now(), silence_queries.subject_names(rows, seen_by=actor)
    return [SilenceLine(silence, at, names) for silence in rows]


def _about(line: SilenceLine) -> object:
    url = reverse("events_silence", args=[line.silence.pk])
    about = format_html('<a href="{}">{}</a>', url, Truncator(line.about).chars(120))
    if line.is_maintenance:
        about = format_html("{} {}", about, tag(_("Maintenance")))
    again = format_html(' <span class="o-quiet">{}</span>', line.again) if line.again else ""
    return format_html("{}{}", about, again)


def _end(line: SilenceLine) -> object:
    if line.silence.ends_on_clear and not line.is_over:
        return format_html("{} · {}", _("when the alerts clear"), moment(line.ended_at))
    return moment(line.ended_at)


SILENCES = Listing(
    name="silences",
    title=gettext_lazy("Silences"),
    right=READ,
    url_name="events_silences",
    model=Silence,
    rows=_rows,
    lines=_lines,
    reads=("integration",),  # a line says whose alerts it mutes
    order=Order(("turn", "id")),
    topic="events.silences",
    template="events/list.html",
    new=New(gettext_lazy("New silence"), "events_silence_new", WORK),
    empty=Empty(
        "bell",
        gettext_lazy("No silence matches your filters"),
        gettext_lazy("No active silences"),
        gettext_lazy("Alerts matched by a silence are recorded but page nobody."),
    ),
    columns=(
        Column(
            "about", gettext_lazy("Silenced"), lambda line: line.about, cell=_about,
            fixed=True, style="fill",
        ),
        Column(
            "comment", gettext_lazy("Reason"), "comment",
            cell=lambda line: Truncator(line.silence.comment).chars(60),
        ),
        Column("author", pgettext_lazy("author", "Created by"), "author_name", order=True),
        Column(
            "begins", gettext_lazy("Starts"),
            lambda line: line.silence.window_starts_at or line.silence.starts_at, order="starts_at",
        ),
        Column(
            "ends", gettext_lazy("Ends"), lambda line: line.ended_at, cell=_end,
            order="window_ends_at",
        ),
        Column("muted", gettext_lazy("Muted now"), "muted", style="end"),
        Column("kind", gettext_lazy("Kind"), "kind", order=True, shown=False),
        Column(
            "phase", gettext_lazy("State"), lambda line: str(line.phase_label), shown=False,
        ),
        Column("created", gettext_lazy("Created"), "created_at", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Reason or author")),
        Choice(
            "phase", gettext_lazy("State"),
            (*PHASES.items(), ("all", pgettext_lazy("silences", "All"))),
            argument="phase", default="active", every="all", api_type=Phase | None,
        ),
        Choice("kind", gettext_lazy("Kind"), SilenceKind, argument="kind", menu=True),
    ),
    acts=(
        RowAct(
            "end", gettext_lazy("End silence"), WORK, end_silence,
            icon="player-stop",
        ),
    ),
    jump=Jump(
        label=lambda row: row.comment,
        url=lambda row: reverse("events_silence", args=[row.pk]),
        group=gettext_lazy("Silences"),
        icon="bell-off",
    ),
)  # fmt: skip
