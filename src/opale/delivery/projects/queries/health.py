"""Queries of projects' weather."""

from django.db.models import Max, Q

from opale.delivery.projects.domain.health import Code, HealthInputs, committed_day, health_reasons
from opale.delivery.projects.models import Deliverable, Project, Risk, WorkPackage
from opale.delivery.projects.queries.workdays import today, workdays_of
from opale.delivery.projects.states import AHEAD, LIVE, OUTSTANDING


def health_inputs(project: Project) -> HealthInputs:
    """Return the inputs of the weather, from the record and the project's present dates."""
    until = committed_day(project.promised_on, project.wanted_on)
    calendar = workdays_of(project.calendar)
    day = today()
    ahead = WorkPackage.objects.filter(project=project, state__in=AHEAD)
    late = Q(promised_on__lt=day) | Q(because__kind="begun", ends_on=day, starts_on__lt=day)
    worst = Deliverable.objects.filter(project=project, state__in=OUTSTANDING)
    risks = Risk.objects.filter(project=project, closed_at=None)
    return HealthInputs(
        led=project.manager_id is not None,
        margin=calendar.count(project.ends_on, until) if project.ends_on and until else None,
        late_by=project.late_by,
        overdue=ahead.filter(late, days__gt=0).exclude(ends_on=None).count(),
        refusals=worst.aggregate(most=Max("refusals"))["most"] or 0,
        left=ahead.filter(person__left_on__isnull=False).count(),
        risks=[likelihood * harm for likelihood, harm in risks.values_list("likelihood", "harm")],
    )


def health_reasons_of(project: Project) -> list[Code]:
    """Return the reasons for the weather; none for an ended project."""
    return health_reasons(health_inputs(project)) if project.state in LIVE else []
