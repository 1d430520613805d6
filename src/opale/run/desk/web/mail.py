"""Mail on tickets: the mail itself, who takes part, proposed links, and how mailboxes are used."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.models import Stream
from opale.endpoints.http import AskedRequest, needs
from opale.run.desk import actions, queries
from opale.run.desk.incoming.showing import with_remote_pictures
from opale.run.desk.models import Kind
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.run.desk.templatetags.desk_mail import laid_out
from opale.ui.toasts import toast_next

ALONE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin allow-popups"
)
"""The policy of a mail shown by itself: no script runs in it, no form of it is sent,
and it is of the same origin only so that its own pictures are handed out."""


class RulesForm(forms.Form):
    stream = forms.ChoiceField(
        label=gettext_lazy("Stream of tickets without a plan"),
        choices=[("", "–"), *Stream.choices],
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Tickets begin as"), choices=Kind.choices)
    believes = forms.BooleanField(
        label=gettext_lazy("Believe senders of whom our mail server says nothing"),
        help_text=gettext_lazy(
            "Where it writes no Authentication-Results. Anybody can then write in anybody’s name."
        ),
        required=False,
    )


@require_GET
@needs(CONSOLE)
def original(request: AskedRequest, message_id: int) -> HttpResponse:
    """The mail as it came, to be saved."""
    row = queries.received_on(message_id, seen_by=request.actor)
    response = HttpResponse(queries.came_as(row), content_type="application/octet-stream")
    name = f"{row.message.ticket.reference}-{message_id}.eml"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_GET
@needs(CONSOLE)
@xframe_options_sameorigin
def formatted(request: AskedRequest, message_id: int) -> HttpResponse:
    """The mail as it was laid out, in a page of its own that fetches pictures from elsewhere."""
    row = queries.received_on(message_id, seen_by=request.actor)
    html = with_remote_pictures(queries.html_of(row))
    context = {"html": laid_out(html, row.message), "row": row}
    response = render(request, "desk/mail/alone.html", context)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@needs(CONSOLE)
def pictures(request: AskedRequest, message_id: int) -> HttpResponse:
    """In the place of the mail: the same with the pictures that somebody asked to see."""
    row = queries.received_on(message_id, seen_by=request.actor)
    return render(request, "desk/mail/_alone.html", {"row": row})


@require_POST
@needs(WORK)
def acceptance(request: AskedRequest, participant_id: int) -> HttpResponse:
    row = queries.get_participant(participant_id, seen_by=request.actor)
    actions.accept_participant(row, by=request.actor)
    undo = reverse("desk_participant_removal", args=[row.pk])
    return _back(request, row.ticket.number, _("Answers go there too."), undo=undo)


@require_POST
@needs(WORK)
def removal(request: AskedRequest, participant_id: int) -> HttpResponse:
    row = queries.get_participant(participant_id, seen_by=request.actor)
    actions.remove_participant(row, by=request.actor)
    undo = reverse("desk_participant_acceptance", args=[row.pk])
    said = _("Removed. What comes from there opens a ticket of its own.")
    return _back(request, row.ticket.number, said, undo=undo)


@require_POST
@needs(WORK)
def joining(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    merge = actions.join_proposed(ticket, by=request.actor)
    undo = f"{reverse('desk_unmerge')}?m={merge.pk}"
    return _back(request, merge.into.number, _("The two are one ticket now."), undo=undo)


@require_POST
@needs(WORK)
def refusal(request: AskedRequest, number: int) -> HttpResponse:
    """Or with `?again=1` the way back from it."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    if request.GET.get("again"):
        actions.propose_again(ticket, by=request.actor)
        return _back(request, number, _("The link is proposed again."))
    actions.refuse_proposed(ticket, by=request.actor)
    undo = f"{reverse('desk_proposed_refusal', args=[number])}?again=1"
    return _back(request, number, _("They stay two tickets."), undo=undo)


@require_GET
@needs(ADMINISTER)
def mailboxes(request: AskedRequest) -> HttpResponse:
    """Below the list of mailboxes: what the desk makes of the mail of each."""
    context = {"mailboxes": queries.mailboxes(seen_by=request.actor)}
    return render(request, "desk/mail/_mailboxes.html", context)


@require_GET
@needs(ADMINISTER)
def mailbox(request: AskedRequest, mailbox_id: int) -> HttpResponse:
    """On the page of one mailbox: what the desk makes of its mail."""
    box = queries.get_mailbox(mailbox_id, seen_by=request.actor)
    return render(request, "desk/mail/_mailbox.html", {"rules": queries.rules_of(box)})


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def mailbox_rules(request: AskedRequest, mailbox_id: int) -> HttpResponse:
    box = queries.get_mailbox(mailbox_id, seen_by=request.actor)
    held = queries.rules_of(box)
    initial = {"stream": held.stream, "kind": held.kind, "believes": held.believes}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.edit_mailbox_rules(box, by=request.actor, **form.cleaned_data)
        toast_next(request, _("Saved."))
        return redirect("mail_in_mailbox", mailbox_id)
    context = {"form": form, "mailbox": box}
    status = 422 if form.errors else 200
    return render(request, "desk/mail/rules.html", context, status=status)


@require_GET
@needs(CONSOLE)
def breakers(request: AskedRequest) -> HttpResponse:
    """On the page "Mail health": what is held back, and was lately."""
    return render(request, "desk/mail/_breakers.html", {"breakers": queries.breakers()})


def _back(request: AskedRequest, number: int, said: str, *, undo: str = "") -> HttpResponse:
    toast_next(request, said, undo=undo)
    where = reverse("desk_ticket", args=[number])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)
