"""The form of a silence, and its terms."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers.forms.fields import ServiceField
from opale.customers.models import Customer, Service
from opale.customers.queries.services import visible_rows
from opale.infrastructure.models import ConfigurationItem, Site
from opale.infrastructure.queries.items import plain_items, plain_sites
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.silences import (
    InvalidMatcher,
    Matcher,
    SilenceMatcher,
    invalid_matchers,
    parse_matchers,
)
from opale.run.events.models import Alert, Integration, Silence
from opale.run.events.queries import alerts
from opale.run.events.states import SilenceKind
from opale.ui.forms import ActorForm, choose_among, only_when
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField

OWN: Final = "own"
SUBJECT_FIELDS: Final = ("item", "service", "site", "customer")
_USUAL: Final = timedelta(hours=2)
RECURRENCE_RULES: Final = {
    "daily": "FREQ=DAILY",
    "working": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
}
RECURRENCES: Final = (
    ("", gettext_lazy("once")),
    ("daily", gettext_lazy("every day")),
    ("working", gettext_lazy("every working day")),
    ("weekly", gettext_lazy("every week")),
    ("monthly", gettext_lazy("every month, on the same day")),
    (OWN, gettext_lazy("custom (iCalendar rule)")),
)


class MatchersField(forms.CharField):
    """Matchers as Alertmanager writes them, one a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> tuple[Matcher, ...]:
        text = super().clean(value)
        try:
            return parse_matchers(text)
        except InvalidMatcher as error:
            raise forms.ValidationError(
                _(
                    "“%(line)s” is not valid. Write a label, an operator (=, !=, =~ or !~) and a"
                    " value."
                ),
                params={"line": str(error)[:100]},
            ) from None


class SilenceForm(ActorForm, forms.Form):
    kind = forms.TypedChoiceField(
        label=gettext_lazy("Kind"), choices=SilenceKind.choices, coerce=SilenceKind
    )
    matchers = MatchersField(
        label=gettext_lazy("Matching labels"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "One per line; an alert must match all of them: host=web01,"
            " severity=~major|critical. Also available: integration, severity, item, service,"
            " customer, site."
        ),
    )
    integration: "forms.ModelChoiceField[Integration]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Source"),
        required=False,
        empty_label=gettext_lazy("Any source"),
    )
    item: "forms.ModelChoiceField[ConfigurationItem]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Item"),
        required=False,
        widget=Picker("infrastructure_pick_item", within=("customer", "service")),
    )
    service: "forms.ModelChoiceField[Service]" = ServiceField(
        label=gettext_lazy("Service"), required=False
    )
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Site"),
        required=False,
        widget=Picker("infrastructure_pick_site", within=("customer", "service")),
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Customer"),
        required=False,
        widget=Picker("customers_pick"),
        help_text=gettext_lazy(
            "An alert that matches one of item, service, site or customer is enough."
        ),
    )
    starts_at = WhenField(label=gettext_lazy("Starts"))
    ends_at = WhenField(label=gettext_lazy("Ends"))
    again = forms.ChoiceField(label=gettext_lazy("Recurrence"), choices=RECURRENCES, required=False)
    rule = forms.CharField(
        label=gettext_lazy("Rule"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("FREQ=MONTHLY;BYDAY=1SU is the first Sunday of each month."),
    )
    until = WhenField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("When the recurrence stops."),
    )
    ends_on_clear = forms.BooleanField(
        label=gettext_lazy("End when the alerts clear"), required=False
    )
    comment = forms.CharField(label=gettext_lazy("Reason"), max_length=2_000)

    def __init__(self, *args: Any, zone: str, of: Silence | None = None, **kwargs: Any) -> None:
        """Build the form; `of` is the silence to change: in its zone, with all that it names."""
        if of is not None:
            kwargs["initial"] = initial_of_silence(of)
        super().__init__(*args, **kwargs)
        self.zone = of.zone if of and of.recurrence else zone
        self.kept = {
            name: ids for name in SUBJECT_FIELDS if of and len(ids := ids_named(of, name)) > 1
        }
        fields: dict[str, Any] = self.fields
        choose_among(self, "integration", alerts.integrations(seen_by=self.by))
        choose_among(self, "item", plain_items(seen_by=self.by))
        choose_among(self, "site", plain_sites(seen_by=self.by))
        choose_among(self, "service", visible_rows(Service, seen_by=self.by))
        choose_among(self, "customer", visible_rows(Customer, seen_by=self.by))
        only_when(self, f"again={OWN}", "rule")
        for name in self.kept:
            del fields[name]

    @property
    def named(self) -> list[forms.BoundField]:
        return [self[name] for name in (*SUBJECT_FIELDS, "integration") if name in self.fields]

    @property
    def names_something(self) -> bool:
        return any(field.value() for field in self.named)

    def terms(self) -> SilenceTerms:
        """Return the terms for the action."""
        given = self.cleaned_data
        starts_at, ends_at = given["starts_at"], given["ends_at"]
        rule = given["rule"] if given["again"] == OWN else RECURRENCE_RULES.get(given["again"], "")
        named: dict[str, tuple[int, ...]] = {
            name: (given[name].pk,) if given.get(name) else () for name in SUBJECT_FIELDS
        }
        named |= self.kept
        return SilenceTerms(
            kind=given["kind"],
            matchers=given["matchers"],
            starts_at=starts_at,
            ends_at=given["until"] if rule else ends_at,
            recurrence=rule,
            duration=ends_at - starts_at if rule else None,
            zone=self.zone,
            ends_on_clear=given["ends_on_clear"],
            comment=given["comment"],
            integration_id=given["integration"].pk if given["integration"] else None,
            **{f"{name}_ids": ids for name, ids in named.items()},
        )

    def silencer(self, at: datetime) -> SilenceMatcher | None:
        """Return what it would match, as far as it can be read; None while that is everything."""
        given = self.cleaned_data
        matchers: tuple[Matcher, ...] | None = given.get("matchers")
        if matchers is None or invalid_matchers(matchers):
            return None
        integration = given.get("integration")
        found = SilenceMatcher(
            id=0,
            matchers=matchers,
            ends_at=at,
            integration_id=integration.pk if integration else None,
            items=ids_of(given.get("item")),
            services=ids_of(given.get("service")),
            sites=ids_of(given.get("site")),
            customers=ids_of(given.get("customer")),
        )
        return found if found.is_narrow else None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("again") == OWN and not given.get("rule"):
            self.add_error("rule", _("Enter the recurrence rule."))
        return given


def ids_of(thing: Model | None) -> frozenset[int]:
    return frozenset({thing.pk}) if thing else frozenset()


def ids_named(silence: Silence, name: str) -> tuple[int, ...]:
    return tuple(getattr(silence, f"{name}_ids"))


def initial_of_silence(silence: Silence) -> dict[str, Any]:
    """Return the initial values for an existing silence."""
    rule, starts_at = silence.recurrence, silence.starts_at
    usual = next((name for name, known in RECURRENCE_RULES.items() if known == rule), OWN)
    said: dict[str, Any] = {
        "kind": silence.kind,
        "matchers": "\n".join(str(Matcher.of(row)) for row in silence.matchers),
        "integration": silence.integration_id,
        "starts_at": starts_at,
        "ends_at": starts_at + silence.duration if silence.duration else silence.ends_at,
        "again": usual if rule else "",
        "rule": rule if rule and usual == OWN else "",
        "until": silence.ends_at if rule else None,
        "ends_on_clear": silence.ends_on_clear,
        "comment": silence.comment,
    }
    return said | {name: next(iter(ids_named(silence, name)), None) for name in SUBJECT_FIELDS}


def initial_of_new_silence(alert: Alert | None, at: datetime) -> dict[str, Any]:
    """Return the initial values for a new silence: an alert's labels, for two hours."""
    said: dict[str, Any] = {"kind": SilenceKind.SILENCE, "starts_at": at}
    said["ends_at"] = at.replace(microsecond=0) + _USUAL
    if alert is None:
        return said
    lines = [str(Matcher(name, value)) for name, value in sorted(alert.labels.items()) if value]
    said["matchers"] = "\n".join(lines)
    if not lines:
        said |= {"item": alert.item_id, "integration": alert.integration_id}
    return said
