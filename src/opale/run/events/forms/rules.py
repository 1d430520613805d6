"""The form of a rule, and its terms."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.conditions.forms import ConditionField
from opale.conditions.tokens import MAX_LENGTH
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.forms.fields import SaidField, TimeSpanField
from opale.run.events.models import EventRule, Integration
from opale.run.events.queries import alerts
from opale.run.events.queries.condition_fields import ALERT_FIELDS
from opale.run.events.states import RuleEffect
from opale.ui.forms import ActorForm, choose_among, only_when

EFFECTS: Final[Mapping[RuleEffect, str | Promise]] = {
    RuleEffect.SUPPRESS: _("Suppress: record the alert, page nobody"),
    RuleEffect.HOLD: _("Delay: wait until the alert persists"),
    RuleEffect.ROUTE: _("Route: assign the alert to a team"),
    RuleEffect.QUALIFY: _("Open incident: open one, or add the alert to the open one"),
}
DEFAULT_HOLD: Final = timedelta(minutes=5)


class RuleForm(ActorForm, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Shown on each alert."))
    condition = ConditionField(
        ALERT_FIELDS, compile_with=parse_condition, label=_("Condition"), max_length=MAX_LENGTH
    )
    effect = forms.TypedChoiceField(
        label=_("Effect"), choices=list(EFFECTS.items()), coerce=RuleEffect
    )
    hold_for = TimeSpanField(
        label=_("Delay"),
        max_length=12,
        required=False,
        help_text=_("90s, 5m or 2h."),
        body_type=Annotated[float, Field(gt=0, le=86_400)],
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=_("Team"), required=False, empty_label=_("Choose a team")
    )
    integration: "forms.ModelChoiceField[Integration]" = forms.ModelChoiceField(
        None, label=_("Source"), required=False, empty_label=_("Any source")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["hold_for"].initial = DEFAULT_HOLD
        choose_among(self, "team", teams(seen_by=self.by))
        choose_among(self, "integration", alerts.integrations(seen_by=self.by))
        only_when(self, f"effect={RuleEffect.HOLD}", "hold_for")
        only_when(self, f"effect={RuleEffect.ROUTE}", "team")

    def arguments(self) -> dict[str, RuleTerms]:
        return {"terms": self.terms()}

    def terms(self) -> RuleTerms:
        """Return the terms for the action; with errors in the form, as far as they can be read."""
        given = self.cleaned_data
        team, integration = given.get("team"), given.get("integration")
        return RuleTerms(
            name=given.get("name", ""),
            condition=given.get("condition", ""),
            effect=given.get("effect") or RuleEffect.SUPPRESS,
            hold_for=given.get("hold_for") or None,
            team_id=team.pk if team else None,
            integration_id=integration.pk if integration else None,
        )


class ActivityForm(forms.Form):
    active = SaidField()

    def arguments(self) -> dict[str, bool]:
        return {"on": self.cleaned_data["active"]}


class PlaceForm(forms.Form):
    way = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


def initial_of_rule(rule: EventRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "condition": rule.condition,
        "effect": rule.effect,
        "hold_for": rule.hold_for or DEFAULT_HOLD,
        "team": rule.team_id,
        "integration": rule.integration_id,
    }
