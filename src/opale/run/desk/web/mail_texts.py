"""The pages on which one reads and changes what the desk mails, with the mail beside the text."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.models import SupportPlan
from opale.customers.queries import plans
from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import NotFound
from opale.messaging.queries import as_html
from opale.run.desk import actions, queries
from opale.run.desk.actions.mail_texts import LONGEST_MAIL
from opale.run.desk.models import Ticket
from opale.run.desk.occasions import NAMED, MailWords, Occasion
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.wording import VARIABLES
from opale.ui.forms import accepted
from opale.ui.toasts import toast_next

VERSIONS = 30
SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
"""A mail shown as it is sent: its own styles, and nothing that runs or is fetched."""


class MailTextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea, max_length=LONGEST_MAIL
    )


@require_GET
@needs(ADMINISTER)
def listing(request: AskedRequest) -> HttpResponse:
    states = queries.mail_texts(seen_by=request.actor)
    return render(request, "desk/mailtexts/list.html", {"states": states})


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: AskedRequest, occasion: str, language: str) -> HttpResponse:
    plan = _plan(request)
    state, words = queries.mail_text(occasion, language, plan, seen_by=request.actor)
    initial = {"subject": words.subject, "body": words.body}
    form = MailTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and accepted(
        form,
        lambda: actions.write_mail_text(
            state.occasion, language, plan, MailWords(**form.cleaned_data), by=request.actor
        ),
    ):
        toast_next(request, _("Saved. Every mail says it so from now on."))
        return redirect(_address("desk_mail_text", occasion, language, plan))
    versions = queries.versions_of(occasion, language, plan, seen_by=request.actor)
    shown = MailWords(form["subject"].value() or "", form["body"].value() or "")
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
def preview(request: AskedRequest, occasion: str, language: str) -> HttpResponse:
    """The mail as it would go out with what stands in the form: as a part of the page, or whole."""
    state, _words = queries.mail_text(occasion, language, None, seen_by=request.actor)
    words = MailWords(request.POST.get("subject", "")[:300], request.POST.get("body", ""))
    context = _preview(request, state.occasion, language, words)
    if request.htmx or context["preview"] is None:
        return render(request, "desk/mailtexts/_preview.html", context)
    page = HttpResponse(as_html(context["preview"].letter))
    page.headers["Content-Security-Policy"] = SEALED
    return page


@require_POST
@needs(ADMINISTER)
def shipping(request: AskedRequest, occasion: str, language: str) -> HttpResponse:
    plan = _plan(request)
    state, _words = queries.mail_text(occasion, language, plan, seen_by=request.actor)
    actions.ship_mail_text(state.occasion, language, plan, by=request.actor)
    said = _("The text of all plans counts again.") if plan else _("The shipped text counts again.")
    toast_next(request, said)
    return redirect(_address("desk_mail_text", occasion, language, plan))


def _preview(
    request: AskedRequest, occasion: Occasion, language: str, words: MailWords
) -> dict[str, Any]:
    ticket = _ticket(request)
    found = None
    if ticket is not None:
        found = queries.previewed(ticket, occasion, words, language, by=request.actor)
    return {
        "preview": found,
        "ticket": ticket,
        "language": language,
        "asked": (request.POST or request.GET).get("ticket", ""),
    }


def _ticket(request: AskedRequest) -> Ticket | None:
    """The ticket that was chosen, by its number however written, or the newest one."""
    asked = "".join(c for c in (request.POST or request.GET).get("ticket", "") if c.isdecimal())
    try:
        if asked:
            return queries.get_ticket(int(asked[:18]), seen_by=request.actor)
    except NotFound:
        return None
    number = queries.newest_number(seen_by=request.actor)
    return None if number is None else queries.get_ticket(number, seen_by=request.actor)


def _plan(request: AskedRequest) -> SupportPlan | None:
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
    return reverse(name, args=[NAMED[occasion].name, language], query=query)
