"""Lines of the board and of a timeline, as pages draw them."""

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from opale.run.events.listings.alerts import TONES
from opale.run.events.models import Alert
from opale.run.events.queries.timeline import TimelineEntry
from opale.run.events.states import AlertState, Severity

ICONS = {
    "received": "bell",
    "clear": "circle-check",
    "reopen": "refresh",
    "acknowledge": "eye-check",
    "unacknowledge": "eye-off",
    "close": "archive",
    "unshelve": "clock-play",
    "shelved": "clock-pause",
    "owner": "user",
    "note": "note",
    "severity": "arrows-up-down",
    "flapping": "activity",
    "steady": "line-dashed",
    "incident": "ticket",
    "mute": "bell-off",
    "unmute": "bell",
    "qualified": "alert-triangle",
    "suppressed": "bell-off",
    "speaks": "bell",
    "held": "hourglass",
    "lasts": "bell",
    "routed": "users",
}
SEVERITY_ICONS = {True: "trending-up", False: "trending-down"}
SENTENCES: Mapping[str, str | Promise] = {
    "clear": _("The source says that it is over."),
    "reopen": _("It is open again."),
    "acknowledge": _("Acknowledged."),
    "unacknowledge": _("The acknowledgement was withdrawn."),
    "close": _("Alert closed."),
    "unshelve": _("It is off the shelf."),
    "flapping": _("It comes and goes: what follows calls nobody unless it gets worse."),
    "steady": _("It has stopped coming and going."),
    "incident": _("An incident deals with it:"),
    "mute": _("A silence mutes it."),
    "unmute": _("No silence mutes it any more."),
    "speaks": _("No rule suppresses it any more."),
    "lasts": _("It is held no more."),
}
BY_RULE: Mapping[str, str] = {
    "qualified": gettext_noop("The rule “%(rule)s” made an incident of it."),
    "suppressed": gettext_noop("The rule “%(rule)s” suppresses it."),
    "held": gettext_noop("The rule “%(rule)s” holds it until:"),
}


@dataclass(frozen=True, slots=True)
class AlertLine:
    alert: Alert

    @property
    def tone(self) -> str:
        return TONES[AlertState(self.alert.state)]

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """Return all that the line shows, as its cache key (`drawn_once`)."""
        alert = self.alert
        return (
            alert.pk,
            alert.title,
            alert.severity,
            alert.state,
            alert.started_at,
            alert.is_muted,
            alert.flapping_since is not None,
            alert.customer.name if alert.customer else "",
            alert.item.name if alert.item else "",
            alert.integration.name,
            alert.owner.name if alert.owner else "",
        )


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A line of a timeline; repeated deliveries in a row that say the same are one line."""

    at: datetime
    icon: str
    sentence: str | Promise
    actor: str
    severity: str = ""
    times: int = 1
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    link: str = ""
    url: str = ""


def timeline_lines(happenings: Iterable[TimelineEntry]) -> list[TimelineLine]:
    told: list[TimelineLine] = []
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
            told[-1] = replace(last, times=last.times + 1, since=line.at)
        else:
            told.append(line)
    return told


def _told(happening: TimelineEntry) -> TimelineLine:
    icon = ICONS.get(happening.kind, "arrow-right")
    if happening.kind != "received":
        return _changed(happening, icon)
    sentence = _("Received: it fires.") if happening.firing else _("Received: it is over.")
    severity = happening.severity.name.lower() if happening.severity and happening.firing else ""
    return TimelineLine(happening.at, icon, sentence, happening.actor, severity)


def _changed(happening: TimelineEntry, icon: str) -> TimelineLine:
    sentence, severity = SENTENCES.get(happening.kind, happening.kind), ""
    source, target, text, link = happening.source, happening.target, happening.text, ""
    if happening.kind == "severity":
        before, after = Severity[source.upper()], Severity[target.upper()]
        sentence, severity, icon = (
            severity_change(before, after),
            target,
            SEVERITY_ICONS[after > before],
        )
    elif happening.kind == "owner":
        sentence = owner_change(source, target)
    elif happening.kind == "shelved":
        sentence = _("Shelved until:") if happening.until else _("Shelved until it clears.")
    elif happening.kind in BY_RULE:
        sentence = gettext(BY_RULE[happening.kind]) % {"rule": target}
    elif happening.kind == "routed":
        words = {"rule": source, "team": target}
        sentence = gettext("The rule “%(rule)s” gave it to %(team)s.") % words
    elif happening.kind == "note":
        sentence = _("Note")
    elif happening.kind == "incident":
        text, link = "", f"{target} {text}".strip()
    return TimelineLine(
        happening.at,
        icon,
        sentence,
        happening.actor,
        severity,
        until=happening.until,
        text=text,
        link=link,
        url=happening.url,
    )


def severity_change(before: Severity, after: Severity) -> str:
    words = {"before": before.label, "after": after.label}
    if after > before:
        return gettext("It got worse: from %(before)s to %(after)s.") % words
    return gettext("It got better: from %(before)s to %(after)s.") % words


def owner_change(source: str, target: str) -> str:
    if target and source:
        return gettext("It went from %(source)s to %(target)s.") % {
            "source": source,
            "target": target,
        }
    if target:
        return gettext("%(name)s owns it.") % {"name": target}
    return gettext("%(name)s owns it no more.") % {"name": source}


def pretty_json(raw: Any) -> str:
    """Return the JSON as received, one member a line."""
    return json.dumps(raw, indent=2, ensure_ascii=False)
