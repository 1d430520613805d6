"""The roster: who is on, the week to come, what nobody covers; duties made and changed."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.queries import get_person, people
from opale.run.shifts import actions, queries, rights
from opale.run.shifts.web import reading
from opale.run.shifts.web.forms import DutyForm, initial_of, query_of
from opale.ui import pickers
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def show(request: AskedRequest) -> HttpResponse:
    template = "shifts/_roster.html" if request.htmx else "shifts/show.html"
    return render(request, template, reading.week_of(request))


@require_GET
@needs(rights.READ)
def line(request: AskedRequest) -> HttpResponse:
    """The line of the top bar."""
    return render(request, "shifts/_line.html", reading.line_at(clock.now()))


@require_GET
@needs(rights.READ)
def of_person(request: AskedRequest, person_id: int) -> HttpResponse:
    """A person's duties of today and to come, for the person's page."""
    person = get_person(person_id, seen_by=request.actor)
    coming = queries.duties(seen_by=request.actor, person_id=person.pk, starts=clock.now())
    context = {"duties": coming[: reading.SHOWN], "may_edit": request.actor.can(rights.EDIT)}
    return render(request, "shifts/_of_person.html", context)


@require_GET
@needs(rights.EDIT)
def pick_person(request: AskedRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.answer(request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: AskedRequest) -> HttpResponse:
    form = DutyForm(request.POST or None, actor=request.actor, initial=reading.suggested(request))
    done = _("The duty is in the roster.")
    if _saved(form, lambda: actions.create_duty(form.plan(), by=request.actor)):
        toast_next(request, done)
        return redirect(reading.week_url(form.plan()))
    context = {"form": form, "title": _("New duty"), "duty": None}
    return render(request, "shifts/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: AskedRequest, duty_id: int) -> HttpResponse:
    duty = queries.get_duty(duty_id, seen_by=request.actor)
    form = DutyForm(request.POST or None, actor=request.actor, initial=initial_of(duty))
    if _saved(form, lambda: actions.edit_duty(duty, form.plan(), by=request.actor)):
        toast_next(request, _("The duty is changed."))
        return redirect(reading.week_url(form.plan()))
    context = {"form": form, "title": _("Duty of %(name)s") % {"name": duty.person.name}}
    status = 422 if form.errors else 200
    return render(request, "shifts/edit.html", {**context, "duty": duty}, status=status)


@require_POST
@needs(rights.EDIT)
def remove(request: AskedRequest, duty_id: int) -> HttpResponse:
    duty = queries.get_duty(duty_id, seen_by=request.actor)
    undo = f"{reverse('shifts_restore')}?{query_of(duty)}"
    actions.remove_duty(duty, by=request.actor)
    toast_next(request, _("The duty is taken away."), undo=undo)
    url = reading.week_url(duty)
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


@require_POST
@needs(rights.EDIT)
def restore(request: AskedRequest) -> HttpResponse:
    """The undo of a removal: the address says what the duty was."""
    form = DutyForm(request.GET, actor=request.actor)
    if not form.is_valid():
        raise Invalid(_("This duty can no longer be brought back."))
    actions.create_duty(form.plan(), by=request.actor)
    toast_next(request, _("The duty is back in the roster."))
    url = reading.week_url(form.plan())
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def _saved(form: DutyForm, write: Callable[[], object]) -> bool:
    """Whether the form was sent and the action took it; its refusal is shown in the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        write()
    except Invalid as error:
        for name, sentence in error.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
        if not error.fields:
            form.add_error(None, error.sentence)
    except Conflict as error:
        form.add_error(None, error.sentence)
    return not form.errors
