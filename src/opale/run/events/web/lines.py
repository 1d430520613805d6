"""Lines of the board and of a timeline, as pages draw them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.run.events.models import Alert
from opale.run.events.queries import Happening
from opale.run.events.states import AlertState

TONES = {
    AlertState.OPEN: "bad",
    AlertState.ACKNOWLEDGED: "active",
    AlertState.CLEARED: "done",
    AlertState.CLOSED: "closed",
}
ICONS = {
    "received": "bell",
    "clear": "circle-check",
    "reopen": "refresh",
    "acknowledge": "eye-check",
    "unacknowledge": "eye-off",
    "close": "archive",
    "qualified": "alert-triangle",
}
SENTENCES: Mapping[str, str | Promise] = {
    "clear": _("The source says that it is over."),
    "reopen": _("It is open again."),
    "acknowledge": _("Acknowledged."),
    "unacknowledge": _("The acknowledgement was withdrawn."),
    "close": _("Alert closed."),
    "qualified": _("A rule made an incident of it."),
}


@dataclass(frozen=True, slots=True)
class Line:
    alert: Alert

    @property
    def tone(self) -> str:
        return TONES[AlertState(self.alert.state)]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a timeline; deliveries that say the same in a row are one line."""

    at: datetime
    icon: str
    sentence: str | Promise
    actor: str
    severity: str = ""
    times: int = 1
    until: datetime | None = None


def grouped(happenings: Iterable[Happening]) -> list[Told]:
    told: list[Told] = []
    for happening in happenings:
        line = _told(happening)
        last = told[-1] if told else None
        same = last and (last.sentence, last.severity, last.icon, last.actor) == (
            line.sentence,
            line.severity,
            line.icon,
            line.actor,
        )
        if last and same and happening.kind == "received":
            told[-1] = replace(last, times=last.times + 1, until=line.at)
        else:
            told.append(line)
    return told


def _told(happening: Happening) -> Told:
    icon = ICONS.get(happening.kind, "arrow-right")
    if happening.kind != "received":
        sentence = SENTENCES.get(happening.kind, happening.kind)
        return Told(happening.at, icon, sentence, happening.actor)
    sentence = _("Received: it fires.") if happening.firing else _("Received: it is over.")
    severity = happening.severity.name.lower() if happening.severity and happening.firing else ""
    return Told(happening.at, icon, sentence, happening.actor, severity)


def pretty(raw: Any) -> str:
    """As received, one member a line."""
    return json.dumps(raw, indent=2, ensure_ascii=False)
