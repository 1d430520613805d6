"""Forms of heartbeats."""

from typing import Annotated, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.run.events.forms.fields import SeverityField, TimeSpanField
from opale.run.events.models import Integration
from opale.run.events.ports.tools import all_tools
from opale.run.events.queries.alerts import integrations
from opale.ui.forms import ActorForm

LONGEST = 400 * 86_400
USUAL_GRACE = 300
Seconds = Annotated[int, Field(ge=10, le=LONGEST)]
Grace = Annotated[int, Field(ge=0, le=LONGEST)]


class HeartbeatForm(forms.Form):
    every = TimeSpanField(
        label=_("Expected every"),
        max_length=12,
        help_text=_("90s, 5m, 2h or 1d."),
        body_type=Seconds,
    )
    grace = TimeSpanField(
        label=_("Grace"),
        max_length=12,
        initial=USUAL_GRACE,
        help_text=_("Extra time allowed before an alert is raised."),
        body_type=Grace,
    )
    severity = SeverityField(label=_("Severity of the alert"), initial="major")


class HeartbeatChangesForm(forms.Form):
    """Form of programs: null changes nothing."""

    every = TimeSpanField(required=False, body_type=Seconds | None)
    grace = TimeSpanField(required=False, body_type=Grace | None)
    severity = SeverityField(required=False)
    active = forms.NullBooleanField()


class PostedHeartbeatForm(HeartbeatForm):
    """Form of programs: the integration is named by its id."""

    integration_id = forms.IntegerField()
    name = forms.CharField(max_length=200)


class NewHeartbeatForm(ActorForm, HeartbeatForm):
    integration: "forms.ModelChoiceField[Integration]" = forms.ModelChoiceField(
        None, label=_("Integration"), empty_label=None
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Used at the end of the URL."),
    )
    field_order = ("integration", "name", "every", "grace", "severity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = [slug for slug, tool in all_tools().items() if tool.brings_events]
        found = integrations(seen_by=self.by).filter(format__in=taken)
        field: Any = self.fields["integration"]
        field.queryset, field.choices = found, [(one.pk, one.name) for one in found]
