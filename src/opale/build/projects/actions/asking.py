"""Who does a work package is asked of the team that has such people.

The request is of the package, and with the line of the order that it is of whatever was reserved
for it is given back. Source: docs/rules/projects.md, "What is reserved".
"""

from django.utils.translation import gettext as _

from opale.build.projects.actions.planning import hold_ahead, replan, tell
from opale.build.projects.models import Project, WorkPackage
from opale.build.projects.queries import today
from opale.build.projects.states import AHEAD, LIVE
from opale.build.resources.actions import Asked, ask_for
from opale.build.resources.facts import RequestStaffed
from opale.build.resources.models import ResourceRequest
from opale.build.resources.states import OPEN
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.writing import amend
from opale.organisation.models import Team


def ask_for_somebody(package: WorkPackage, *, by: Actor) -> ResourceRequest:
    """Ask the team of a package for its hours, on its planned days.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (it is asked already).
    """
    with acting(by):
        held, row = hold_ahead(package, by=by)
        if row.request is not None and row.request.state in OPEN:
            raise Conflict(_("Somebody is asked for already."))
        team = Team.objects.filter(kind=row.role, virtual=False, closed_on=None).order_by("id")
        found = team.first() if row.role else None
        if found is None:
            raise Invalid(role=_("Say first of which team it is: there has to be one."))
        if row.starts_on is None or row.ends_on is None or not row.hours:
            raise Invalid(hours=_("Say first how many hours it takes."))
        since = max(row.starts_on, today())
        made = ask_for(
            Asked(
                team=found,
                purpose=f"{held.reference} · {row.name}"[:200],
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
        amend(row, {"request": made})
        tell(held)
    return made


def follow_staffing(fact: RequestStaffed, by: Actor) -> None:
    """Whoever was reserved for a package does it, on days of that person."""
    with acting(by):
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
        amend(row, {"person_id": fact.person_id, "reservation_id": fact.reservation_id})
        replan(held)
