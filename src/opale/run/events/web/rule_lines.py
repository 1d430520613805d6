"""Rules and their trials as pages draw them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opale.conditions.words import condition_in_words
from opale.kernel.history import Difference, Revision, revisions
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.durations import format_duration
from opale.run.events.models import EventRule, QualificationRule
from opale.run.events.queries.condition_fields import ALERT_FIELDS
from opale.run.events.queries.rule_trials import Outcome, Trial, TrialExample
from opale.run.events.queries.rules import LastChange
from opale.run.events.states import RuleEffect, Severity
from opale.ui.components.charts import Chart, Series

ICONS: Final = {"suppress": "bell-off", "hold": "hourglass", "route": "users", "qualify": "ticket"}
BROKEN: Final[Mapping[str, str | Promise]] = {
    "slow": gettext_lazy("This rule was too slow on an alert and is disabled until you change it."),
    "unreadable": gettext_lazy(
        "This version of Opale cannot read this rule. Change its condition."
    ),
}
OUTCOMES: Final[Mapping[Outcome, str | Promise]] = {
    "suppressed": gettext_lazy("would have paged nobody"),
    "never": gettext_lazy("would not have paged: cleared in time"),
    "later": gettext_lazy("would have paged later"),
    "routed": gettext_lazy("would have been routed to the team"),
    "opened": gettext_lazy("would have opened an incident"),
    "joined": gettext_lazy("would have been added to an incident"),
    "fits": gettext_lazy("matches, paged nobody"),
}
VARIABLES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("severity", gettext_lazy("a number: info, warning, minor, major, critical")),
    ("name, text", gettext_lazy("title and text")),
    ("labels.host", gettext_lazy("a label, empty where it is absent")),
    ("integration, source", gettext_lazy("name and tool")),
    ("item, service", gettext_lazy("name and reference, empty where not known")),
    ("customer, site", gettext_lazy("their codes")),
    ("plan, stream", gettext_lazy("the support plan in force; corporate or solution")),
    ("hour, weekday", gettext_lazy("0 to 23; 1 (Monday) to 7")),
    ("age", gettext_lazy("time since it started")),
    ("times", gettext_lazy("number of events received")),
)
EXAMPLES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ('severity >= major && customer != ""', gettext_lazy("severe and affecting a customer")),
    ('labels.env == "test"', gettext_lazy("value of a label")),
    ('labels.host.matches("^sw-.*-lab$")', gettext_lazy("a pattern (RE2)")),
    ('name.lower().contains("link down")', gettext_lazy("part of the title, case-insensitive")),
    ("weekday in [6, 7] || hour >= 20 || hour < 8", gettext_lazy("nights and weekends")),
    ("double(labels.load) > 90.0", gettext_lazy("a number in a label")),
    ('labels.exists(k, labels[k] == "prod")', gettext_lazy("any label with this value")),
    ('age < duration("5m") && stream == "solution"', gettext_lazy("recent, and in a stream")),
)


@dataclass(frozen=True, slots=True)
class RuleLine:
    rule: EventRule
    changed: LastChange | None
    place: int
    of: int

    @property
    def icon(self) -> str:
        return ICONS[self.rule.effect]

    @property
    def effect(self) -> str:
        return effect_in_words(self.rule)

    @property
    def words(self) -> str:
        """Return the condition as a sentence, "" where only its code says it."""
        return condition_in_words(self.rule.condition, ALERT_FIELDS)

    @property
    def broken(self) -> str | Promise:
        return BROKEN.get(self.rule.broken, self.rule.broken)

    @property
    def is_first(self) -> bool:
        return self.place == 1

    @property
    def is_last(self) -> bool:
        return self.place == self.of


@dataclass(frozen=True, slots=True)
class IntegrationRuleLine:
    """A rule of an integration, and the address where a copy of it opens in the builder."""

    rule: QualificationRule

    @property
    def copy_url(self) -> str:
        """Return the form of a new rule, filled in alike; it tells of what only this one does."""
        rule = self.rule
        return (
            reverse("events_rule_new")
            + "?"
            + urlencode(
                {
                    "name": rule.name,
                    "condition": f"severity >= {rule.severity_code}",
                    "effect": RuleEffect.QUALIFY.value,
                    "integration": rule.integration_id,
                    "waits": int(rule.open_for.total_seconds()),
                }
            )
        )


COLUMNS: Final[Mapping[str, str | Promise]] = {
    "name": gettext_lazy("Name"),
    "condition": gettext_lazy("Condition"),
    "effect": gettext_lazy("Effect"),
    "hold_for": gettext_lazy("Delay"),
    "team": gettext_lazy("Team"),
    "integration": gettext_lazy("Source"),
    "active": pgettext_lazy("a rule", "Enabled"),
    "broken": gettext_lazy("Error"),
    "moved_at": pgettext_lazy("a rule", "Moved"),
    "removed_at": pgettext_lazy("a rule", "Deleted"),
}
NEWEST: Final = 20


def rule_history(rule: EventRule) -> list[Revision]:
    """Return the newest changes of a rule, its conditions in words."""
    found = revisions(EventRule, limit=NEWEST, id=rule.pk)
    return [replace(one, differences=tuple(map(_in_words, one.differences))) for one in found]


def _in_words(difference: Difference) -> Difference:
    column = difference.column
    return replace(
        difference,
        label=str(COLUMNS.get(column, difference.label)),
        before=_shown(column, difference.before),
        after=_shown(column, difference.after),
    )


def _shown(column: str, value: Any) -> Any:
    if column == "condition":
        return condition_in_words(value, ALERT_FIELDS) or value
    if column == "hold_for" and value is not None:
        return format_duration(value)
    return BROKEN.get(value, value) if column == "broken" else value


def effect_in_words(rule: EventRule) -> str:
    label = RuleEffect(rule.effect).label
    if rule.hold_for is not None:
        return f"{label} · {format_duration(rule.hold_for)}"
    return f"{label} · {rule.team.name}" if rule.team else str(label)


@dataclass(frozen=True, slots=True)
class TrialLines:
    """A trial as a page shows it; `numbers` are those that matter for the effect."""

    trial: Trial
    terms: RuleTerms

    @property
    def headline(self) -> str:
        """Return the outcome of the trial in one sentence."""
        found, effect = self.trial, self.terms.effect
        if not found.fitting:
            return _("No event of the last 7 days matches.")
        if effect == RuleEffect.SUPPRESS:
            return _calls_less(found.spared)
        if effect == RuleEffect.HOLD:
            if not found.later:
                return _calls_less(found.spared)
            later = _calls_later(found.later)
            return f"{_calls_less(found.spared)} {later}" if found.spared else later
        if effect == RuleEffect.ROUTE:
            return ngettext(
                "%(count)s page would have gone to the team.",
                "%(count)s pages would have gone to the team.",
                found.calls,
            ) % {"count": found.calls}
        return _incidents(found.opened, found.joined)

    @property
    def course(self) -> Chart:
        days = self.trial.days
        return Chart(
            title=_("Events by day"),
            steps=[date_format(one.day, "D j") for one in days],
            series=[
                Series(_("matching"), [one.fitting for one in days], "accent", "bar"),
                Series(_("others"), [one.events - one.fitting for one in days], "quiet", "bar"),
            ],
            unit=_("events"),
            stacked=True,
        )

    @property
    def examples(self) -> list[tuple[TrialExample, str, str | Promise]]:
        return [
            (one, Severity(one.severity).name.lower(), OUTCOMES[one.outcome])
            for one in self.trial.examples
        ]


def _calls_less(count: int) -> str:
    return ngettext("%(count)s page fewer.", "%(count)s pages fewer.", count) % {"count": count}


def _calls_later(count: int) -> str:
    return ngettext("%(count)s page later.", "%(count)s pages later.", count) % {"count": count}


def _incidents(opened: int, joined: int) -> str:
    made = ngettext("%(count)s incident opened.", "%(count)s incidents opened.", opened) % {
        "count": opened
    }
    if not joined:
        return made
    further = ngettext(
        "%(count)s alert added to an incident.", "%(count)s alerts added to an incident.", joined
    ) % {"count": joined}
    return f"{made} {further}"
