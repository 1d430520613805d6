"""Pages of the roster: who is on, the coming week, gaps, and changes of duties."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.kernel.whole_numbers import parse_number
from opale.organisation.queries.people import get_person, people
from opale.run.shifts import rights
from opale.run.shifts.actions import duties as duty_actions
from opale.run.shifts.acts.subjects import for_planner, week_url
from opale.run.shifts.forms.duties import DutyForm, SplitForm, initial_of
from opale.run.shifts.queries import duties as duty_queries
from opale.run.shifts.web import roster_context
from opale.run.shifts.web.duty_editor import DutyEditor, middle_of
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def show(request: ActorRequest) -> HttpResponse:
    template = "shifts/_roster.html" if request.htmx else "shifts/show.html"
    return render(request, template, roster_context.roster_context(request))


@require_GET
@needs(rights.READ)
def line(request: ActorRequest) -> HttpResponse:
    """Return the line of the top bar."""
    return render(request, "shifts/_line.html", roster_context.shift_line(clock.now()))


@require_GET
@needs(rights.READ)
def of_person(request: ActorRequest, person_id: int) -> HttpResponse:
    """Return a person's duties from today on, for the person's page."""
    person = get_person(person_id, seen_by=request.actor)
    coming = duty_queries.duties(seen_by=request.actor, person_id=person.pk, starts=clock.now())
    shown = coming[: roster_context.SHOWN]
    duties = [(duty, duty_queries.may_plan(duty.team, request.actor)) for duty in shown]
    return render(request, "shifts/_of_person.html", {"duties": duties})


@require_GET
@needs(rights.READ)
def mine(request: ActorRequest) -> HttpResponse:
    """Show one's own duties to come, for a telephone."""
    context = roster_context.own_duties_context(request)
    return render(request, "shifts/_mine.html" if request.htmx else "shifts/mine.html", context)


@require_GET
@needs(rights.READ)
def troubles(request: ActorRequest) -> HttpResponse:
    """Show the violations in a team's roster in the 52 weeks to come, with links to fix them."""
    template = "shifts/_troubles.html" if request.htmx else "shifts/troubles.html"
    return render(request, template, roster_context.troubles_context(request))


@require_GET
@needs(rights.READ)
def heat(request: ActorRequest) -> HttpResponse:
    return render(request, "shifts/heat.html", roster_context.heat_map_context(request))


@require_GET
@needs(rights.EDIT)
def pick_person(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = DutyForm(
        request.POST or None,
        by=request.actor,
        initial=roster_context.initial_of_new_duty(request),
    )
    editing = DutyEditor(form, None)
    if editing.saved(lambda: duty_actions.create_duty(form.plan(), by=request.actor)):
        toast_next(request, _("Shift added."))
        return redirect(week_url(form.plan()))
    context = {"title": _("New shift"), **editing.context()}
    return render(request, "shifts/edit.html", context, status=editing.status)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = duty_queries.get_duty(duty_id, seen_by=request.actor)
    for_planner(duty.team, request.actor)
    form = DutyForm(request.POST or None, by=request.actor, initial=initial_of(duty))
    editing = DutyEditor(form, duty)
    if editing.saved(lambda: duty_actions.edit_duty(duty, form.plan(), by=request.actor)):
        toast_next(request, _("Shift saved."))
        return redirect(week_url(form.plan()))
    context = {
        "title": _("Shift of %(name)s") % {"name": duty.person.name},
        "split": SplitForm(by=request.actor, initial={"at": middle_of(duty)}),
        **editing.context(),
    }
    return render(request, "shifts/edit.html", context, status=editing.status)


@require_POST
@needs(rights.EDIT)
def preview(request: ActorRequest) -> HttpResponse:
    """Return the rules that the duty in the form would break."""
    asked = parse_number(request.GET.get("duty"))
    duty = None if asked is None else duty_queries.get_duty(asked, seen_by=request.actor)
    editing = DutyEditor(DutyForm(request.POST, by=request.actor), duty)
    context = {"broken": editing.broken(), "lacking": editing.lacking()}
    return render(request, "shifts/_broken.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def split(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = duty_queries.get_duty(duty_id, seen_by=request.actor)
    for_planner(duty.team, request.actor)
    form = SplitForm(request.POST or None, by=request.actor, initial={"at": middle_of(duty)})
    return form_page(
        request,
        form,
        lambda: duty_actions.split_duty(duty, by=request.actor, **form.cleaned_data),
        title=_("Split the shift of %(name)s") % {"name": duty.person.name},
        button=_("Split shift"),
        back=week_url(duty),
        said=_("Shift split."),
    )


@require_POST
@needs(rights.EDIT)
def restore(request: ActorRequest) -> HttpResponse:
    """Undo a removal: the address contains the duty."""
    form = DutyForm(request.GET, by=request.actor)
    if not form.is_valid():
        raise Invalid(_("This shift can no longer be restored."))
    duty_actions.create_duty(form.plan(), by=request.actor)
    toast_next(request, _("Shift restored."))
    return redirect(week_url(form.plan()))
