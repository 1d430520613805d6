"""Candidates for leading a project, and the seniority that the policy requires."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from opale.delivery.orders.models import OrderLine
from opale.delivery.projects.models import Project
from opale.delivery.projects.queries import default_templates
from opale.delivery.projects.states import LIVE
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.people import people

S = Person.Seniority
LEADERS: Final = "project_manager"
"""The function of people who lead projects."""


def required_seniority(project: Project) -> str:
    """Return the required seniority: senior where one of the families requires it."""
    rows = OrderLine.objects.filter(order=project.order_id).values_list(
        "offering__family", "service__offering__family"
    )
    families = {family for pair in rows for family in pair if family}
    return S.SENIOR if families & default_templates.SENIOR_FOR else S.JUNIOR


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible project manager, whether the policy fits, and the number of projects led now."""

    person: Person
    fits: bool
    running: int


def candidates(project: Project, *, seen_by: Actor) -> list[Candidate]:
    """Return the project managers, those who fit first, then those with the fewest projects."""
    fitting = default_templates.FITS[required_seniority(project)]
    led = Count("projects_led", filter=Q(projects_led__state__in=LIVE), distinct=True)
    rows = people(seen_by=seen_by, function=LEADERS)
    running = dict(rows.annotate(running=led).values_list("pk", "running"))
    found = [Candidate(one, one.seniority in fitting, running.get(one.pk, 0)) for one in rows]
    return sorted(found, key=lambda one: (not one.fits, one.running, one.person.name))
