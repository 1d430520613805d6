"""Forms of contact methods, of quiet hours, and of SMS and voice gateways."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.endpoints.fields import TimeOfDay
from opale.kernel.whole_numbers import parse_number
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts
from opale.ui.forms import only_when

Kind = ContactMethod.Kind
AFTER = [(minutes, minutes) for minutes in (0, 1, 2, 3, 5, 10, 15, 30)]
LONGEST = 60


class DelayField(forms.TypedChoiceField):
    """Minutes after a page: people choose some, programs send any up to an hour."""

    body_type: ClassVar[Any] = Annotated[int, Field(ge=0, le=LONGEST)]

    def valid_value(self, value: Any) -> bool:
        delay = parse_number(value)
        return delay is not None and delay <= LONGEST


class DelayForm(forms.Form):
    after = DelayField(label=_("Delay (minutes)"), coerce=int, choices=AFTER, initial=0)

    def arguments(self) -> dict[str, Any]:
        return {name: timedelta(minutes=value) for name, value in self.cleaned_data.items()}


class MethodForm(DelayForm):
    kind = forms.ChoiceField(
        label=_("Contact method"), choices=[one for one in Kind.choices if one[0] != Kind.PUSH]
    )
    gateway: "forms.ModelChoiceField[Gateway]" = forms.ModelChoiceField(
        None, label=_("By"), required=False, empty_label=None
    )
    address = forms.CharField(
        label=_("Address or number"),
        max_length=1000,
        help_text=_("For a chat or an app: an Apprise URL, such as ntfys://…"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("kind", "gateway", "address", "after")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["gateway"].queryset = contacts.gateways()
        only_when(self, f"kind={Kind.GATEWAY}", "gateway")

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        gateway = given["gateway"] if given["kind"] == Kind.GATEWAY else None
        return {**given, "after": timedelta(minutes=given["after"]), "gateway": gateway}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class TimeOfDayField(forms.TimeField):
    body_type: ClassVar[Any] = TimeOfDay


class QuietForm(forms.Form):
    since = TimeOfDayField(label=_("From"), required=False)
    until = TimeOfDayField(
        label=_("Until"),
        required=False,
        help_text=_("Urgent alerts still page you. Leave both empty for no quiet hours."),
    )


class GatewayForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("Shown to users, for example “SMS” or “Voice call”."),
    )
    template = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Apprise URL, with {to} in place of the number, such as"
            " twilio://account:token@33123456789/{to}. Stored encrypted and never shown again."
        ),
    )


class KnownGatewayForm(GatewayForm):
    template = forms.CharField(
        label=_("Address"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave empty to keep the current one."),
    )


class GatewayChangeForm(KnownGatewayForm):
    """What programs may change of a gateway: people switch it by a button."""

    is_on = forms.BooleanField(required=False)
