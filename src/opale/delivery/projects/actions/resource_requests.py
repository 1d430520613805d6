"""Resource requests of work packages.

The request belongs to the package; its reservation is released with the package's order line.
Source: docs/rules/projects.md, "What is reserved".
"""

from django.utils.translation import gettext as _

from opale.delivery.projects.actions.plans import lock_open_package, publish_project, replan
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import AHEAD, LIVE
from opale.delivery.resources.actions.requests import NewResourceRequest, create_request
from opale.delivery.resources.facts import RequestStaffed
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.states import OPEN
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.models import Team


def request_person(package: WorkPackage, *, by: Actor) -> ResourceRequest:
    """Request a person for the hours of a package, on its planned days, from its team.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (it is asked already).
    """
    with attributed(by):
        held, row = lock_open_package(package, by=by)
        if row.request is not None and row.request.state in OPEN:
            raise Conflict(_("An expert is already requested."))
        team = Team.objects.filter(kind=row.role, virtual=False, closed_on=None).order_by("id")
        found = team.first() if row.role else None
        if found is None:
            raise Invalid(role=_("Select a team first."))
        if row.starts_on is None or row.ends_on is None or not row.hours:
            raise Invalid(hours=_("Enter the hours first."))
        since = max(row.starts_on, today())
        made = create_request(
            NewResourceRequest(
                team=found,
                purpose=f"{held.reference} · {row.title}"[:200],
                hours=row.hours,
                since=since,
                last=max(row.ends_on, since),
                skill=row.skill,
                level=max(row.level, 1),
                customer=held.customer,
                source=row.source,
            ),
            by=by,
        )
        update_changed(row, {"request": made})
        publish_project(held)
    return made


def assign_staffed_person(fact: RequestStaffed, by: Actor) -> None:
    """Assign the reserved person to the package, and reschedule it to the person's working days."""
    with attributed(by):
        row = WorkPackage.objects.filter(request_id=fact.request_id, state__in=AHEAD).first()
        if row is None:
            return
        held = (
            Project.objects.select_for_update(of=("self",))
            .select_related("calendar")
            .filter(pk=row.project_id, state__in=LIVE)
            .first()
        )
        if held is None:
            return
        update_changed(row, {"person_id": fact.person_id, "reservation_id": fact.reservation_id})
        replan(held, by=by)
