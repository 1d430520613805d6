"""Pages of people: the list, one person, skills and rights."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import NotAllowed
from opale.organisation.actions import access, people
from opale.organisation.forms import AbsenceForm, OwnPersonForm, PersonForm, PersonSkillForm
from opale.organisation.models import Person
from opale.organisation.queries import access as access_queries
from opale.organisation.queries import history
from opale.organisation.queries import people as people_queries
from opale.organisation.rights import ADMINISTER, EDIT, EDIT_SELF, READ, Function
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def pick(request: ActorRequest) -> HttpResponse:
    found = people_queries.people(seen_by=request.actor, text=request.GET.get("q", ""))
    shown = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )


@require_GET
@needs(READ)
def show(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    context = _about(request, person)
    template = (
        "organisation/people/_person.html" if request.htmx else "organisation/people/show.html"
    )
    return render(request, template, context)


@form_verbs
@needs(EDIT)
def new(request: ActorRequest) -> HttpResponse:
    initial = {"time_zone": "Europe/Paris", "seniority": Person.Seniority.CONFIRMED}
    form = PersonForm(request.POST or None, by=request.actor, initial=initial)
    return form_page(
        request,
        form,
        lambda: people.create_person(by=request.actor, **form.cleaned_data),
        title=_("New person"),
        button=_("Create"),
        said=_("Person created."),
        back=reverse("organisation_people"),
    )


@form_verbs
@needs(EDIT_SELF)
def edit(request: ActorRequest, person_id: int) -> HttpResponse:
    person = _editable(request, person_id)
    form = _form_of(request, person)
    return form_page(
        request,
        form,
        lambda: people.edit_person(person, by=request.actor, **form.cleaned_data),
        title=_("Edit %(person)s") % {"person": person},
        button=_("Save"),
        said=_("Changed."),
        back=reverse("organisation_person", args=[person_id]),
    )


@require_POST
@needs(EDIT)
def end_employment(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    people.end_employment(person, by=request.actor, on=localdate(now()))
    toast_next(request, _("%(person)s has left; nothing opens any more.") % {"person": person})
    return redirect("organisation_person", person_id)


@require_POST
@needs(ADMINISTER)
def invite(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    access.invite(person, by=request.actor)
    toast_next(request, _("The way in is on its way to %(email)s.") % {"email": person.email})
    return redirect("organisation_person", person_id)


@require_POST
@needs(ADMINISTER)
def close_access(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    access.close_access(person, by=request.actor)
    undo = reverse("organisation_person_invite", args=[person_id])
    toast_next(request, _("%(person)s may not log in any more.") % {"person": person}, undo=undo)
    return redirect("organisation_person", person_id)


@form_verbs
@needs(EDIT)
def set_skill(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    form = PersonSkillForm(request.POST or None, by=request.actor)

    def set_it() -> None:
        fields = dict(form.cleaned_data)
        people.set_skill(person, fields.pop("skill"), by=request.actor, **fields)

    back = reverse("organisation_person", args=[person_id])
    title = _("Skill of %(person)s") % {"person": person}
    return form_page(
        request, form, set_it, title=title, button=_("Save"), said=_("Skill noted."), back=back
    )


@require_POST
@needs(EDIT)
def remove_skill(request: ActorRequest, person_id: int, skill_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    skill = people_queries.get_skill(skill_id, seen_by=request.actor)
    people.remove_skill(person, skill, by=request.actor)
    toast_next(request, _("%(skill)s removed.") % {"skill": skill})
    return redirect("organisation_person", person_id)


@form_verbs
@needs(EDIT_SELF)
def record_absence(request: ActorRequest, person_id: int) -> HttpResponse:
    person = _editable(request, person_id)
    form = AbsenceForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: people.record_absence(person, by=request.actor, **form.cleaned_data),
        title=_("Absence of %(person)s") % {"person": person},
        button=_("Record"),
        said=_("Absence recorded."),
        back=reverse("organisation_person", args=[person_id]),
    )


@require_POST
@needs(EDIT_SELF)
def cancel_absence(request: ActorRequest, absence_id: int) -> HttpResponse:
    absence = people_queries.get_absence(absence_id, seen_by=request.actor)
    people.cancel_absence(absence, by=request.actor)
    toast_next(request, _("Absence cancelled."))
    return redirect("organisation_person", absence.person_id)


def _editable(request: ActorRequest, person_id: int) -> Person:
    """Return a person whom the actor may edit. Errors: NotFound, NotAllowed."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    if not people_queries.may_edit_person(person, request.actor):
        raise NotAllowed
    return person


def _form_of(request: ActorRequest, person: Person) -> OwnPersonForm:
    """Return the whole form for an administrator, else that of one's own data."""
    if request.actor.can(EDIT):
        names = list(PersonForm.base_fields)
        initial = {name: getattr(person, name) for name in names}
        return PersonForm(request.POST or None, by=request.actor, initial=initial)
    initial = {name: getattr(person, name) for name in OwnPersonForm.base_fields}
    return OwnPersonForm(request.POST or None, initial=initial)


def _about(request: ActorRequest, person: Person) -> dict[str, Any]:
    actor = request.actor
    absences = people_queries.absences_of(person, seen_by=actor)[:20]
    return {
        "person": person,
        "me": person.pk == actor.person_id,
        "functions": [
            (Function(f).label, teams)
            for f, teams in access_queries.current_functions(person).items()
            if teams
        ],
        "memberships": people_queries.memberships_of(person, seen_by=actor)[:50],
        "skills": people_queries.skills_of(person, seen_by=actor),
        "absences": [(a, people_queries.absence_kind(a, seen_by=actor)) for a in absences],
        "rights": [] if person.left_on else access_queries.granted_rights(person),
        "history": history.organisation_history(person),
        "may_edit": actor.can(EDIT) and person.left_on is None,
        "may_edit_some": people_queries.may_edit_person(person, actor) and person.left_on is None,
        "may_administer": actor.can(ADMINISTER) and person.left_on is None,
    }
