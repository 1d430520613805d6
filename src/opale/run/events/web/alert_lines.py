"""Lines of the board and of a timeline, as pages draw them."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from opale.infrastructure.queries.dependents import Dependents, dependents_of
from opale.kernel.actor import Actor
from opale.run.events.listings.alerts import TONES
from opale.run.events.models import Alert
from opale.run.events.ports.incidents import AlertIncident, incidents_of
from opale.run.events.queries.timeline import TimelineEntry
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState, Severity

NAMES_SHOWN: Final = 10
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
    "clear": _("Cleared by the source."),
    "reopen": _("Reopened."),
    "acknowledge": _("Acknowledged."),
    "unacknowledge": _("Acknowledgement withdrawn."),
    "close": _("Alert closed."),
    "unshelve": _("Snooze ended."),
    "flapping": _("Flapping: pages nobody unless it gets worse."),
    "steady": _("No longer flapping."),
    "incident": _("Linked to incident:"),
    "mute": _("Muted by a silence."),
    "unmute": _("No longer muted by a silence."),
    "speaks": _("No longer suppressed by a rule."),
    "lasts": _("No longer delayed."),
}
BY_RULE: Mapping[str, str] = {
    "qualified": gettext_noop("Rule “%(rule)s” opened an incident."),
    "suppressed": gettext_noop("Rule “%(rule)s” suppressed the alert."),
    "held": gettext_noop("Rule “%(rule)s” delayed the alert until:"),
}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A line of a list of alerts: the alert, its running incident, and who is hit.

    `markable`: its reader may mark it for an act on several.
    """

    alert: Alert
    incident: AlertIncident | None = None
    dependents: Dependents | None = None
    markable: bool = False

    @property
    def affected(self) -> str:
        """Return who is hit: its customer, else the customers that depend on its item."""
        if self.alert.customer is not None:
            return self.alert.customer.name
        names = self.dependents.customers if self.dependents else ()
        if len(names) == 1:
            return names[0]
        return customers_text(len(names)) if names else ""

    @property
    def affected_whole(self) -> str:
        """Return who is hit, by name, for the tooltip."""
        if self.dependents is None or self.alert.customer is not None:
            return self.affected
        names = list(self.dependents.customers[:NAMES_SHOWN])
        if more := len(self.dependents.customers) - len(names):
            names.append(gettext("%(count)s more") % {"count": more})
        return ", ".join(names)

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
            self.incident,
            self.affected_whole,
            self.markable,
        )


def customers_text(number: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", number) % {"count": number}


def alert_lines(alerts: Sequence[Alert], actor: Actor) -> list[AlertLine]:
    """Return the lines of these alerts, with their incidents and who is hit, in few queries."""
    incidents = incidents_of([one.pk for one in alerts], seen_by=actor)
    shared = {one.item_id for one in alerts if one.customer_id is None and one.item_id is not None}
    dependents = dependents_of(shared, seen_by=actor)
    may_mark = actor.can(WORK)
    return [
        AlertLine(one, incidents.get(one.pk), dependents.get(one.item_id or 0), may_mark)
        for one in alerts
    ]


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
    sentence = _("Fired.") if happening.firing else _("Received as cleared.")
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
        sentence = _("Snoozed until:") if happening.until else _("Snoozed until it clears.")
    elif happening.kind in BY_RULE:
        sentence = gettext(BY_RULE[happening.kind]) % {"rule": target}
    elif happening.kind == "routed":
        words = {"rule": source, "team": target}
        sentence = gettext("Rule “%(rule)s” assigned the alert to %(team)s.") % words
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
        return gettext("Severity raised from %(before)s to %(after)s.") % words
    return gettext("Severity lowered from %(before)s to %(after)s.") % words


def owner_change(source: str, target: str) -> str:
    if target and source:
        return gettext("Reassigned from %(source)s to %(target)s.") % {
            "source": source,
            "target": target,
        }
    if target:
        return gettext("Assigned to %(name)s.") % {"name": target}
    return gettext("No longer assigned to %(name)s.") % {"name": source}


def pretty_json(raw: Any) -> str:
    """Return the JSON as received, one member a line."""
    return json.dumps(raw, indent=2, ensure_ascii=False)
