"""Forms of webhooks; the actions validate and check rights."""

from datetime import timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.kernel import clock
from opale.ui.forms import ActorForm
from opale.ui.typed_dates import WhenField
from opale.webhooks import queries
from opale.webhooks.models import Webhook


class EventsField(forms.MultipleChoiceField):
    """Names of events; the action says which of them its owner cannot have."""

    body_type: ClassVar[Any] = list[str]

    def valid_value(self, _value: object) -> bool:
        return True


class WebhookForm(ActorForm, forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The receiver, such as your ticket tool.")
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/opale"}),
    )
    events = EventsField(
        label=_("Events"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what its owner can see is sent."),
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        holder = queries.rights_holder_of(webhook, seen_by=self.by) if webhook else self.by
        field = cast(forms.MultipleChoiceField, self.fields["events"])
        field.choices = [(event.name, event.label) for event in queries.events_for(holder)]


class NewWebhookForm(WebhookForm):
    customer_id = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )


class WebhookChangeForm(WebhookForm):
    paused = forms.NullBooleanField(required=False, widget=forms.HiddenInput)


def _yesterday() -> object:
    return clock.now() - timedelta(days=1)


class ReplayForm(forms.Form):
    since = WhenField(
        label=_("Events since"),
        past=True,
        initial=_yesterday,
        help_text=_("Deliveries that failed since then are sent again, with the same IDs."),
    )
