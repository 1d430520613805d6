"""Pages of one's contact methods, each verified, and quiet hours."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.run.paging.actions import contacts, delivery
from opale.run.paging.actions.web_push import Subscription
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts as contact_queries
from opale.run.paging.rights import OWN
from opale.ui.forms import form_page, only_when
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
Kind = ContactMethod.Kind
AFTER = [(minutes, minutes) for minutes in (0, 1, 2, 3, 5, 10, 15, 30)]


class MethodForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("By what"), choices=[one for one in Kind.choices if one[0] != Kind.PUSH]
    )
    gateway: "forms.ModelChoiceField[Gateway]" = forms.ModelChoiceField(
        None, label=gettext_lazy("By"), required=False, empty_label=None
    )
    address = forms.CharField(
        label=gettext_lazy("Address or number"),
        max_length=1000,
        help_text=gettext_lazy("Of a chat or program as apprise writes it, such as ntfys://…"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    after = forms.TypedChoiceField(
        label=gettext_lazy("After, in minutes"), coerce=int, choices=AFTER, initial=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["gateway"].queryset = contact_queries.gateways()
        only_when(self, f"kind={Kind.GATEWAY}", "gateway")

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "address": given["address"],
            "after": timedelta(minutes=given["after"]),
            "gateway": given["gateway"] if given["kind"] == Kind.GATEWAY else None,
        }


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code that was sent"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class QuietForm(forms.Form):
    since = forms.TimeField(label=gettext_lazy("From"), required=False)
    until = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("What is urgent pages all the same; both empty for no quiet hours."),
    )


@require_GET
@needs(OWN)
def index(request: ActorRequest) -> HttpResponse:
    context = {
        "methods": list(contact_queries.own_methods(seen_by=request.actor)),
        "quiet": contact_queries.own_quiet_hours(seen_by=request.actor),
        "push_key": delivery.get_push_key().public,
        "person_id": request.actor.person_id,
    }
    template = "paging/contacts/_list.html" if request.htmx else "paging/contacts/list.html"
    return render(request, template, context)


@form_verbs
@needs(OWN)
def new(request: ActorRequest) -> HttpResponse:
    form = MethodForm(request.POST or None)
    made: list[ContactMethod] = []
    return form_page(
        request,
        form,
        lambda: made.append(contacts.add_method(**form.said(), by=request.actor)),
        title=_("New way to reach me"),
        button=_("Send the code"),
        back=reverse("paging_contacts"),
        back_label=_("How I am reached"),
        then=lambda: reverse("paging_contact_code", args=[made[0].pk]),
    )


@require_POST
@needs(OWN)
def browser(request: ActorRequest) -> HttpResponse:
    """Add this browser by the push subscription that it posts, once its user has allowed it."""
    said = Subscription(*(request.POST.get(one, "") for one in ("endpoint", "p256dh", "auth")))
    contacts.add_browser(said, label=request.POST.get("label", ""), by=request.actor)
    toast_next(request, _("This browser shows your pages."))
    return redirect("paging_contacts")


@form_verbs
@needs(OWN)
def code(request: ActorRequest, method_id: int) -> HttpResponse:
    method = contact_queries.get_method(method_id, seen_by=request.actor)
    form = CodeForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: contacts.verify_method(method, form.cleaned_data["code"], by=request.actor),
        title=method.label,
        button=_("Verify"),
        back=reverse("paging_contacts"),
        back_label=_("How I am reached"),
        said=_("Pages reach you there."),
    )


@require_POST
@needs(OWN)
def new_code(request: ActorRequest, method_id: int) -> HttpResponse:
    method = contact_queries.get_method(method_id, seen_by=request.actor)
    contacts.send_code(method, by=request.actor)
    toast_next(request, _("Another code was sent."))
    return _to(request, reverse("paging_contact_code", args=[method_id]))


@require_POST
@needs(OWN)
def trial(request: ActorRequest, method_id: int) -> HttpResponse:
    contacts.send_test(
        contact_queries.get_method(method_id, seen_by=request.actor), by=request.actor
    )
    toast_next(request, _("A test is on its way."))
    return _to(request, reverse("paging_contacts"))


@require_POST
@needs(OWN)
def remove(request: ActorRequest, method_id: int) -> HttpResponse:
    contacts.remove_method(
        contact_queries.get_method(method_id, seen_by=request.actor), by=request.actor
    )
    toast_next(request, _("No page goes there any more."))
    return _to(request, reverse("paging_contacts"))


@form_verbs
@needs(OWN)
def quiet(request: ActorRequest) -> HttpResponse:
    found = contact_queries.own_quiet_hours(seen_by=request.actor)
    initial = {"since": found.since, "until": found.until} if found else None
    form = QuietForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: contacts.set_quiet_hours(
            form.cleaned_data["since"], form.cleaned_data["until"], by=request.actor
        ),
        title=_("Quiet hours"),
        button=_("Save"),
        back=reverse("paging_contacts"),
        back_label=_("How I am reached"),
        said=_("Your quiet hours are kept."),
    )


@require_GET
@cache_control(max_age=300)
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, which shows pages while no tab is open."""
    return render(request, "paging/worker.js", content_type="text/javascript")


def _to(request: ActorRequest, where: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
