"""Pages of channels for administrators: address, test, and messages sent."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.messaging import rights
from opale.messaging.actions import channels
from opale.messaging.domain.channel_delivery import CHANNEL_KINDS
from opale.messaging.queries import channels as channel_queries
from opale.messaging.queries import outgoing
from opale.messaging.states import MailState
from opale.ui.forms import form_page
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

NEWEST = Order(("-id",))
TONES = {MailState.QUEUED: "waiting", MailState.SENT: "done", MailState.FAILED: "bad"}

form_verbs = require_http_methods(["GET", "POST"])


class ChannelForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Where it leads, such as the room of the service desk."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "As apprise writes it, such as slack://… or workflows://…; it is kept encrypted and"
            " never shown again."
        ),
    )

    def __init__(self, *args: object, kept: bool = False, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as every form
        self.fields["address"].required = not kept
        if kept:
            self.fields["address"].help_text = gettext_lazy(
                "Leave it empty to keep the present one."
            )


@require_GET
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    context = {
        "channels": channel_queries.channels(seen_by=request.actor),
        "kinds": sorted(set(CHANNEL_KINDS.values())),
        "may_edit": channel_queries.may_set_up_channels(request.actor),
    }
    return render(request, "messaging/channels/list.html", context)


@form_verbs
@needs(rights.MAILBOXES)
def new(request: ActorRequest) -> HttpResponse:
    form = ChannelForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: channels.create_channel(by=request.actor, **form.cleaned_data),
        title=_("New channel"),
        button=_("Create"),
        back=reverse("channels"),
        back_label=_("Channels"),
    )


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    rows = page(
        channel_queries.channel_messages(channel, seen_by=request.actor), NEWEST, request.GET
    )
    context = {
        "channel": channel,
        "page": rows,
        "lines": [(row, TONES[MailState(row.state)]) for row in rows.rows],
        "may_edit": channel_queries.may_set_up_channels(request.actor),
        "may_retry": outgoing.may_retry(request.actor),
    }
    template = (
        "messaging/channels/_channel.html" if request.htmx else "messaging/channels/show.html"
    )
    return render(request, template, context)


@form_verbs
@needs(rights.MAILBOXES)
def edit(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    form = ChannelForm(request.POST or None, initial={"name": channel.name}, kept=True)
    return form_page(
        request,
        form,
        lambda: channels.edit_channel(channel, by=request.actor, **form.cleaned_data),
        title=_("Edit the channel"),
        button=_("Save"),
        back=reverse("channel", args=[channel.pk]),
        back_label=channel.name,
    )


@require_POST
@needs(rights.MAILBOXES)
def switch(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    channels.edit_channel(channel, by=request.actor, is_on=not channel.is_on)
    said = _("Nothing goes there any more.") if channel.is_on else _("It is used again.")
    toast_next(request, said)
    return redirect("channel", channel.pk)


@require_POST
@needs(rights.MAILBOXES)
def trial(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    channels.try_channel(channel, by=request.actor)
    toast_next(request, _("A test is on its way; the answer comes here."))
    return redirect("channel", channel.pk)


@require_POST
@needs(rights.MAILBOXES)
def delete(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    channels.delete_channel(channel, by=request.actor)
    toast_next(request, _("The channel is deleted."))
    return redirect("channels")


@require_POST
@needs(rights.RETRY)
def retry(request: ActorRequest, channel_id: int, message_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    message = channel_queries.get_channel_message(channel, message_id, seen_by=request.actor)
    channels.retry_channel_message(message, by=request.actor)
    toast_next(request, _("It is sent again."))
    return redirect("channel", channel.pk)
