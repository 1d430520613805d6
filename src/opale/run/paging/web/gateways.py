"""Pages of the provider's SMS and voice gateways: a list, and a form for who sets them up."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.run.paging.actions import gateways
from opale.run.paging.queries import contacts
from opale.run.paging.rights import EDIT, READ
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


class GatewayForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("What people choose: SMS, or a call that reads the page aloud."),
    )
    template = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "As apprise writes it, with {to} for the number, such as"
            " twilio://account:token@33123456789/{to}; it is kept encrypted and never shown again."
        ),
    )

    def __init__(self, *args: Any, kept: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["template"].required = not kept
        if kept:
            self.fields["template"].help_text = gettext_lazy(
                "Leave it empty to keep the present one."
            )


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    context = {
        "gateways": contacts.all_gateways(seen_by=request.actor),
        "may_edit": request.actor.can(EDIT),
    }
    template = "paging/gateways/_list.html" if request.htmx else "paging/gateways/list.html"
    return render(request, template, context)


@form_verbs
@needs(EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = GatewayForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: gateways.create_gateway(**form.cleaned_data, by=request.actor),
        title=_("New way to telephones"),
        button=_("Create"),
        back=reverse("paging_gateways"),
        back_label=_("Ways to telephones"),
    )


@form_verbs
@needs(EDIT)
def edit(request: ActorRequest, gateway_id: int) -> HttpResponse:
    gateway = contacts.get_gateway(gateway_id, seen_by=request.actor)
    form = GatewayForm(request.POST or None, initial={"name": gateway.name}, kept=True)
    return form_page(
        request,
        form,
        lambda: gateways.edit_gateway(gateway, **form.cleaned_data, by=request.actor),
        title=gateway.name,
        button=_("Save"),
        back=reverse("paging_gateways"),
        back_label=_("Ways to telephones"),
    )


@require_POST
@needs(EDIT)
def switch(request: ActorRequest, gateway_id: int) -> HttpResponse:
    gateway = contacts.get_gateway(gateway_id, seen_by=request.actor)
    gateways.edit_gateway(gateway, is_on=not gateway.is_on, by=request.actor)
    said = (
        _("Nobody is paged by it any more.")
        if gateway.is_on
        else _("People are paged by it again.")
    )
    toast_next(request, said)
    return _to(request)


@require_POST
@needs(EDIT)
def remove(request: ActorRequest, gateway_id: int) -> HttpResponse:
    gateway = contacts.get_gateway(gateway_id, seen_by=request.actor)
    gateways.delete_gateway(gateway, by=request.actor)
    toast_next(request, _("It is deleted."))
    return _to(request)


def _to(request: ActorRequest) -> HttpResponse:
    where = reverse("paging_gateways")
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
