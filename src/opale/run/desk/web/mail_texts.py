"""Pages that show and edit the desk's mail texts, with a preview beside the text."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.models import SupportPlan
from opale.customers.queries.services import plans
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.messaging.queries.letterheads import logo_as_data
from opale.messaging.queries.mail_layout import letter_as_html
from opale.messaging.rights import LETTERHEAD
from opale.run.desk.actions import mail_texts
from opale.run.desk.actions.mail_texts import MAX_MAIL_LENGTH
from opale.run.desk.domain.mail_occasions import OCCASIONS_BY_NAME, MailTemplate, Occasion
from opale.run.desk.domain.text_variables import VARIABLES
from opale.run.desk.models import Ticket
from opale.run.desk.queries import mail_texts as mail_text_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import ADMINISTER
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

VERSIONS = 30
SEALED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"
"""The policy of a previewed mail: its own styles and logo; no scripts, nothing is loaded."""


class MailTextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea, max_length=MAX_MAIL_LENGTH
    )


@require_GET
@needs(ADMINISTER)
def listing(request: ActorRequest) -> HttpResponse:
    context = {
        "states": mail_text_queries.mail_texts(seen_by=request.actor),
        "may_set_letterhead": request.actor.can(LETTERHEAD),
    }
    return render(request, "desk/mailtexts/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: ActorRequest, occasion: str, language: str) -> HttpResponse:
    plan = _plan(request)
    state, words = mail_text_queries.mail_text(occasion, language, plan, seen_by=request.actor)
    initial = {"subject": words.subject, "body": words.body}
    form = MailTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and submit_form(
        form,
        lambda: mail_texts.write_mail_text(
            state.occasion, language, plan, MailTemplate(**form.cleaned_data), by=request.actor
        ),
    ):
        toast_next(request, _("Saved. Mails use this text from now on."))
        return redirect(_address("desk_mail_text", occasion, language, plan))
    versions = mail_text_queries.versions_of(occasion, language, plan, seen_by=request.actor)
    shown = MailTemplate(form["subject"].value() or "", form["body"].value() or "")
    context = {
        "form": form,
        "state": state,
        "plans": plans(seen_by=request.actor),
        "versions": versions[:VERSIONS],
        "variables": [*state.occasion.own, *VARIABLES],
        **_preview(request, state.occasion, language, shown),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/mailtexts/edit.html", context, status=status)


@require_POST
@needs(ADMINISTER)
def preview(request: ActorRequest, occasion: str, language: str) -> HttpResponse:
    """Preview the mail with the form's values: as a part of the page, or whole."""
    state, _words = mail_text_queries.mail_text(occasion, language, None, seen_by=request.actor)
    words = MailTemplate(request.POST.get("subject", "")[:300], request.POST.get("body", ""))
    context = _preview(request, state.occasion, language, words)
    if request.htmx or context["preview"] is None:
        return render(request, "desk/mailtexts/_preview.html", context)
    letter = context["preview"].letter
    page = HttpResponse(letter_as_html(letter, logo=logo_as_data(letter.head)))
    page.headers["Content-Security-Policy"] = SEALED
    return page


@require_POST
@needs(ADMINISTER)
def shipping(request: ActorRequest, occasion: str, language: str) -> HttpResponse:
    plan = _plan(request)
    state, _words = mail_text_queries.mail_text(occasion, language, plan, seen_by=request.actor)
    mail_texts.reset_mail_text(state.occasion, language, plan, by=request.actor)
    said = _("The text for all plans applies again.") if plan else _("Default text restored.")
    toast_next(request, said)
    return redirect(_address("desk_mail_text", occasion, language, plan))


def _preview(
    request: ActorRequest, occasion: Occasion, language: str, words: MailTemplate
) -> dict[str, Any]:
    ticket = _ticket(request)
    found = None
    if ticket is not None:
        found = mail_text_queries.preview_mail(ticket, occasion, words, language, by=request.actor)
    return {
        "preview": found,
        "ticket": ticket,
        "language": language,
        "asked": (request.POST or request.GET).get("ticket", ""),
    }


def _ticket(request: ActorRequest) -> Ticket | None:
    """Return the chosen ticket, by its number in any notation, or the newest one."""
    asked = "".join(c for c in (request.POST or request.GET).get("ticket", "") if c.isdecimal())
    try:
        if asked:
            return tickets.get_ticket(int(asked[:18]), seen_by=request.actor)
    except NotFound:
        return None
    number = tickets.newest_number(seen_by=request.actor)
    return None if number is None else tickets.get_ticket(number, seen_by=request.actor)


def _plan(request: ActorRequest) -> SupportPlan | None:
    """Errors: NotFound."""
    code = request.GET.get("plan", "")
    if not code:
        return None
    plan = plans(seen_by=request.actor).filter(code=code).first()
    if plan is None:
        raise NotFound
    return plan


def _address(name: str, occasion: str, language: str, plan: SupportPlan | None) -> str:
    query = {"plan": plan.code} if plan else None
    return reverse(name, args=[OCCASIONS_BY_NAME[occasion].name, language], query=query)
