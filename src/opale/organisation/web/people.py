"""Page of a person, with skills and rights."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.models import Person
from opale.organisation.queries import access as access_queries
from opale.organisation.queries import history
from opale.organisation.queries import people as people_queries
from opale.organisation.rights import ADMINISTER, EDIT, READ, Function


@require_GET
@needs(READ)
def show(request: ActorRequest, person_id: int) -> HttpResponse:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    context = _about(request, person)
    template = (
        "organisation/people/_person.html" if request.htmx else "organisation/people/show.html"
    )
    return render(request, template, context)


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
