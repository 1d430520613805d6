"""Forms of mailboxes, channels and mails; the actions validate."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.messaging.states import Login, MailboxSource, Security
from opale.ui.forms import only_when
from opale.ui.list_field import ListField

LANGUAGES = (("fr", "Français"), ("en", "English"))
FETCHED = f"source={MailboxSource.IMAP}"
FETCHED_BY = ("host", "port", "security", "login", "auth", "secret", "folder", "done_folder")
KEPT_WHERE_EMPTY = ("port", "security", "auth", "folder", "is_on")


class AddressForm(forms.Form):
    address = forms.CharField(label=_("Address"), max_length=320)


class ForgetForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The mail is kept, and nobody handles it."),
    )


class ChannelForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Where it leads, such as the room of the service desk."),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "As apprise writes it, such as slack://… or workflows://…; it is kept encrypted and"
            " never shown again."
        ),
    )


class ChannelChangeForm(ChannelForm):
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty to keep the present one."),
    )
    is_on = forms.NullBooleanField(required=False, widget=forms.HiddenInput)


class PortField(forms.IntegerField):
    body_type: ClassVar[Any] = Annotated[int, Field(ge=1, le=65535)]


class MailboxForm(forms.Form):
    address = forms.CharField(label=_("Address"), max_length=320)
    name = forms.CharField(label=_("Name"), max_length=100)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        initial="en",
        help_text=_("In which we write to somebody who is not known."),
    )
    acknowledges = forms.BooleanField(
        label=_("Acknowledge the first mail of a human"), required=False, initial=True
    )
    trusted_servers = ListField(
        joint=" ",
        body_type=Annotated[
            list[Annotated[str, Field(max_length=255)]],
            Field(max_length=20, description="Names whose Authentication-Results are believed"),
        ],
        label=_("Servers whose checks are believed"),
        required=False,
        max_length=2000,
        help_text=_(
            "Names in the header Authentication-Results that your own mail server writes, such as"
            " mx.example.net; several are separated by spaces. Of all others nothing is believed."
        ),
    )
    source = forms.ChoiceField(
        label=_("Source"), choices=MailboxSource.choices, initial=MailboxSource.NONE
    )
    host = forms.CharField(label=_("Server"), required=False, max_length=255)
    port = PortField(label=_("Port"), required=False, initial=993)
    security = forms.ChoiceField(
        label=_("Encryption"), choices=Security.choices, required=False, initial=Security.TLS
    )
    login = forms.CharField(
        label=_("User name"),
        required=False,
        max_length=320,
        help_text=_("The address where it is empty."),
    )
    auth = forms.ChoiceField(
        label=_("Way to log in"), choices=Login.choices, required=False, initial=Login.PASSWORD
    )
    secret = forms.CharField(
        label=_("Password, or secret of the client"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown; left empty, it stays."),
    )
    token_url = forms.CharField(label=_("Token address"), required=False, max_length=500)
    client_id = forms.CharField(label=_("Client ID"), required=False, max_length=255)
    refresh_token = forms.CharField(
        label=_("Refresh token"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    folder = forms.CharField(label=_("Folder"), required=False, max_length=255, initial="INBOX")
    done_folder = forms.CharField(
        label=_("Folder for what was taken"),
        required=False,
        max_length=255,
        help_text=_("Left empty, what was taken is only marked."),
    )
    is_on = forms.NullBooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        only_when(self, FETCHED, *FETCHED_BY)
        only_when(self, f"{FETCHED} auth={Login.OAUTH2}", "token_url", "client_id", "refresh_token")

    def arguments(self) -> Mapping[str, Any]:
        """Return the fields; those hidden where nothing is fetched keep their value or default."""
        said = self.cleaned_data.items()
        return {
            name: value
            for name, value in said
            if name not in KEPT_WHERE_EMPTY or value not in (None, "")
        }
