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


class LetterheadForm(forms.Form):
    company = forms.CharField(
        label=_("Company name"),
        max_length=100,
        help_text=_("Shown above the footer, and in place of the logo where pictures are blocked."),
    )
    footer_fr = forms.CharField(
        label=_("Footer in French"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Postal address, phone number and website, one per line."),
    )
    footer_en = forms.CharField(
        label=_("Footer in English"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("If one language is empty, its mails use the other."),
    )


class LogoForm(forms.Form):
    file = forms.FileField(
        label=_("Logo"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP, up to 256 KiB. Shown at most 200 pixels wide and 60 high, on white."
        ),
    )

    def arguments(self) -> dict[str, Any]:
        return {"chunks": self.cleaned_data["file"].chunks()}


class ForgetForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The mail is kept, but not processed."),
    )


class ChannelForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The destination, such as the chat room of the service desk."),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "An Apprise URL, such as slack://… or workflows://…; it is stored encrypted and never "
            "shown again."
        ),
    )


class ChannelChangeForm(ChannelForm):
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave empty to keep the current one."),
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
        help_text=_("Used for senders who are not a known contact."),
    )
    acknowledges = forms.BooleanField(
        label=_("Send an automatic receipt for a person's first mail"), required=False, initial=True
    )
    trusted_servers = ListField(
        joint=" ",
        body_type=Annotated[
            list[Annotated[str, Field(max_length=255)]],
            Field(max_length=20, description="Names whose Authentication-Results are believed"),
        ],
        label=_("Trusted authentication servers"),
        required=False,
        max_length=2000,
        help_text=_(
            "Names that your own mail server writes in the Authentication-Results header, such as "
            "mx.example.net, separated by spaces. All others are ignored."
        ),
    )
    source = forms.ChoiceField(
        label=_("Source"), choices=MailboxSource.choices, initial=MailboxSource.NONE
    )
    host = forms.CharField(label=_("Server"), required=False, max_length=255)
    port = PortField(label=_("Port"), required=False, initial=993, min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=_("Encryption"), choices=Security.choices, required=False, initial=Security.TLS
    )
    login = forms.CharField(
        label=_("User name"),
        required=False,
        max_length=320,
        help_text=_("Leave empty to use the address."),
    )
    auth = forms.ChoiceField(
        label=_("Login method"), choices=Login.choices, required=False, initial=Login.PASSWORD
    )
    secret = forms.CharField(
        label=_("Password, or client secret"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown; leave empty to keep it."),
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
        label=_("Folder for fetched mail"),
        required=False,
        max_length=255,
        help_text=_("If empty, fetched mail is only marked."),
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
