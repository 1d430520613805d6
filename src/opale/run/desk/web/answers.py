"""Answers that engineers proposed to the customer: the owner sends, refuses or acknowledges
them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.run.desk.actions import answers
from opale.run.desk.actions.answers import RefusalReason, answer_fingerprint
from opale.run.desk.models import ProposedAnswer, Ticket
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import CONSOLE
from opale.run.desk.web.assignments import add_errors
from opale.ui.toasts import toast, toast_next
from opale.ui.typed_dates import WhenField


class AnswerForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Answer to the customer"), widget=forms.Textarea, strip=False
    )
    next_update_at = WhenField(label=gettext_lazy("Next update promised"), required=False)


class RefusalForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Because"), choices=RefusalReason.choices)
    comment = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed answer as the owner sees it. Its form fields are renamed when its text changes, so
    that edits of the old text are not taken for the new one."""

    row: ProposedAnswer
    mark: str
    form: AnswerForm

    @classmethod
    def of(cls, answer: ProposedAnswer) -> "Waiting":
        mark = answer_fingerprint(answer)
        held = {"body": answer.body, "next_update_at": answer.next_update_at}
        return cls(answer, mark, AnswerForm(initial=held, auto_id=f"answer-{mark}-%s"))


def waiting_context(ticket: Ticket, request: ActorRequest) -> dict[str, Any]:
    """Return the context of the region: the answers that the owner has to decide on or to see."""
    found = (
        answer_queries.answers_for_the_owner(ticket, seen_by=request.actor)
        if has(ticket, ProposedAnswer)
        else []
    )
    return {
        "ticket": ticket,
        "answers": [Waiting.of(answer) for answer in found],
        "mine": ticket.owner_id == request.actor.person_id,
        "actor": request.actor,
        "reasons": RefusalReason.choices,
    }


@require_GET
@needs(CONSOLE)
def waiting(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/answers/_waiting.html", waiting_context(ticket, request))


@require_POST
@needs(CONSOLE)
def sending(request: ActorRequest, answer_id: int) -> HttpResponse:
    """Send the answer unchanged, or as the owner edited it."""
    answer = answer_queries.get_answer(answer_id, seen_by=request.actor)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Invalid(**{name: str(found[0]) for name, found in form.errors.items()})
    said = form.cleaned_data
    body = said["body"].replace("\r\n", "\n")
    answers.send_answer(
        answer,
        by=request.actor,
        body=None if body == answer.body.replace("\r\n", "\n") else body,
        next_update_at=said["next_update_at"],
        seen=request.POST.get("seen", ""),
    )
    return _answered(request, answer, _("Sent."))


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def refusal(request: ActorRequest, answer_id: int) -> HttpResponse:
    answer = answer_queries.get_answer(answer_id, seen_by=request.actor)
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers.refuse_answer(answer, by=request.actor, **form.cleaned_data)
        return _answered(request, answer, _("%(name)s is told.") % {"name": answer.author.name})
    return _form(request, answer, form, _("Do not send this answer"), _("Refuse"))


@require_POST
@needs(CONSOLE)
def sight(request: ActorRequest, answer_id: int) -> HttpResponse:
    answer = answer_queries.get_answer(answer_id, seen_by=request.actor)
    answers.mark_answer_seen(answer, by=request.actor)
    return _answered(request, answer, _("Noted."))


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def text(request: ActorRequest, answer_id: int) -> HttpResponse:
    """Let the author change the answer until the owner has decided."""
    answer = answer_queries.get_answer(answer_id, seen_by=request.actor)
    held = {"body": answer.body, "next_update_at": answer.next_update_at}
    form = AnswerForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            answers.edit_answer(answer, by=request.actor, **form.cleaned_data)
        except Invalid as refused:
            add_errors(form, refused)
        else:
            return _answered(request, answer, _("Saved."))
    return _form(request, answer, form, _("Change the answer"), _("Save"))


def _answered(request: ActorRequest, answer: ProposedAnswer, said: str) -> HttpResponse:
    number = answer.ticket.number
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_ticket", number)
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    drawn = render(request, "desk/answers/_waiting.html", waiting_context(ticket, request))
    return toast(drawn, said)


def _form(
    request: ActorRequest, answer: ProposedAnswer, form: Any, title: str, verb: str
) -> HttpResponse:
    context = {"ticket": answer.ticket, "form": form, "title": title, "verb": verb}
    return render(request, "desk/tickets/form.html", context, status=422 if form.errors else 200)
