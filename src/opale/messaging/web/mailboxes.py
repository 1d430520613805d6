"""Pages of mailboxes: list, set-up and health."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.messaging import rights
from opale.messaging.actions import mailboxes
from opale.messaging.domain.mailbox_errors import explain_error
from opale.messaging.models import Mailbox
from opale.messaging.queries import health as health_queries
from opale.messaging.queries import incoming
from opale.messaging.states import Login, MailboxSource, Outcome, Security
from opale.messaging.web.incoming import tabs
from opale.ui.forms import form_page, only_when
from opale.ui.toasts import toast_next

LANGUAGES = (("fr", "Français"), ("en", "English"))
FETCHED = f"source={MailboxSource.IMAP}"
FETCHED_BY = ("host", "port", "security", "login", "auth", "secret", "folder", "done_folder")


class MailboxForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("Address"), max_length=320)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=LANGUAGES,
        help_text=gettext_lazy("In which we write to somebody who is not known."),
    )
    acknowledges = forms.BooleanField(
        label=gettext_lazy("Acknowledge the first mail of a human"), required=False
    )
    trusted_servers = forms.CharField(
        label=gettext_lazy("Servers whose checks are believed"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "Names in the header Authentication-Results that your own mail server writes, such as"
            " mx.example.net; several are separated by spaces. Of all others nothing is believed."
        ),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=MailboxSource.choices)
    host = forms.CharField(label=gettext_lazy("Server"), required=False, max_length=255)
    port = forms.IntegerField(label=gettext_lazy("Port"), required=False, initial=993)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"), choices=Security.choices, required=False
    )
    login = forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        max_length=320,
        help_text=gettext_lazy("The address where it is empty."),
    )
    auth = forms.ChoiceField(
        label=gettext_lazy("Way to log in"), choices=Login.choices, required=False
    )
    secret = forms.CharField(
        label=gettext_lazy("Password, or secret of the client"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted and never shown; left empty, it stays."),
    )
    token_url = forms.CharField(label=gettext_lazy("Token address"), required=False, max_length=500)
    client_id = forms.CharField(label=gettext_lazy("Client ID"), required=False, max_length=255)
    refresh_token = forms.CharField(
        label=gettext_lazy("Refresh token"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"), required=False, max_length=255, initial="INBOX"
    )
    done_folder = forms.CharField(
        label=gettext_lazy("Folder for what was taken"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("Left empty, what was taken is only marked."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        only_when(self, FETCHED, *FETCHED_BY)
        only_when(self, f"{FETCHED} auth={Login.OAUTH2}", "token_url", "client_id", "refresh_token")

    def clean_trusted_servers(self) -> list[str]:
        return str(self.cleaned_data["trusted_servers"]).replace(",", " ").split()

    def given(self) -> dict[str, Any]:
        """Return the fields; those hidden where nothing is fetched keep their value or default."""
        told = dict(self.cleaned_data)
        for name in ("port", "security", "auth", "folder"):
            if not told[name]:
                del told[name]
        return told


@require_GET
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    context = {
        "tabs": tabs("mail_in_mailboxes", request.actor),
        "boxes": health_queries.mailbox_health(seen_by=request.actor),
        "may_edit": request.actor.can(rights.MAILBOXES),
    }
    template = "messaging/in/_mailboxes.html" if request.htmx else "messaging/in/mailboxes.html"
    return render(request, template, context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(rights.MAILBOXES)
def new(request: ActorRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None, initial={"acknowledges": True})
    return form_page(
        request,
        form,
        lambda: mailboxes.create_mailbox(by=request.actor, **form.given()),
        title=_("New mailbox"),
        button=_("Create"),
        back=reverse("mail_in_mailboxes"),
        back_label=_("Mailboxes"),
        said=_("The mailbox is there."),
    )


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    template = "messaging/in/_mailbox.html" if request.htmx else "messaging/in/mailbox.html"
    return render(request, template, _page(request, mailbox))


@never_cache
@require_http_methods(["GET", "POST"])
@needs(rights.MAILBOXES)
def edit(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    form = MailboxForm(request.POST or None, initial=_shown(mailbox))
    return form_page(
        request,
        form,
        lambda: mailboxes.edit_mailbox(mailbox, by=request.actor, **form.given()),
        title=mailbox.address,
        button=_("Save"),
        back=reverse("mail_in_mailbox", args=[mailbox_id]),
        back_label=mailbox.address,
        said=_("The mailbox is changed."),
    )


@require_POST
@needs(rights.MAILBOXES)
def switch(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    mailboxes.edit_mailbox(mailbox, by=request.actor, is_on=not mailbox.is_on)
    toast_next(request, _("The mailbox is off.") if mailbox.is_on else _("The mailbox is on."))
    return redirect("mail_in_mailbox", mailbox_id)


@require_POST
@needs(rights.MAILBOXES)
def delete(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    mailboxes.delete_mailbox(mailbox, by=request.actor)
    toast_next(request, _("The mailbox is deleted."))
    return redirect("mail_in_mailboxes")


@require_GET
@needs(rights.READ)
def health(request: ActorRequest) -> HttpResponse:
    boxes = health_queries.mailbox_health(seen_by=request.actor)
    counted = health_queries.outcomes()
    context = {
        "tabs": tabs("mail_in_health", request.actor),
        "figures": health_queries.figures(),
        "boxes": [(one, explain_error(one.mailbox.last_error)) for one in boxes],
        "outcomes": [(outcome.label, counted[outcome]) for outcome in Outcome],
    }
    template = "messaging/in/_health.html" if request.htmx else "messaging/in/health.html"
    return render(request, template, context)


def _page(request: ActorRequest, mailbox: Mailbox) -> dict[str, Any]:
    one = health_queries.health_of(mailbox)
    return {
        "one": one,
        "box": mailbox,
        "trouble": explain_error(mailbox.last_error),
        "is_fetched": mailbox.source == MailboxSource.IMAP,
        "may_edit": request.actor.can(rights.MAILBOXES),
        "is_unused": not mailbox.mails.exists(),
    }


def _shown(mailbox: Mailbox) -> dict[str, Any]:
    names = (name for name in MailboxForm.base_fields if name not in ("secret", "refresh_token"))
    shown = {name: getattr(mailbox, name) for name in names}
    return {**shown, "trusted_servers": " ".join(mailbox.trusted_servers)}
