"""Actions of projects: open, assign a manager, edit, begin and finish.

Source: docs/rules/projects.md, "Who leads" and "States".
"""

from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.delivery.orders.actions.moves import move_order
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import COMPLETE as COMPLETE_ORDER
from opale.delivery.orders.states import OrderState
from opale.delivery.projects.actions.order_sync import announce_project_move, sync_project
from opale.delivery.projects.actions.plans import lock_project, replan
from opale.delivery.projects.actions.project_notifications import notify_manager
from opale.delivery.projects.models import Deliverable, Gate, Project, WorkPackage
from opale.delivery.projects.queries import default_templates, managers
from opale.delivery.projects.rights import WORK
from opale.delivery.projects.states import AHEAD, BEGIN, FINISH, OUTSTANDING, GateState
from opale.kernel import clock
from opale.kernel.action_steps import require_on, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.states import Move, perform
from opale.organisation.models import Person

FIELDS: Final = frozenset({"name", "calendar", "backward", "begins_on", "wanted_on"})
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def open_project(order: Order, *, by: Actor) -> Project:
    """Open the project of a begun order, unless it exists.

    Errors: NotAllowed, Conflict.
    """
    if order.customer is not None:
        require_on(order.customer, by, WORK)
    project = sync_project(order.pk, by=by)
    if project is None:
        raise Conflict(_("This order has not been started: there is nothing to deliver yet."))
    return project


def assign_manager(
    project: Project,
    person: Person,
    *,
    by: Actor,
    exception_by: Person | None = None,
    exception_reason: str = "",
) -> None:
    """Assign the project manager; another seniority than required needs an approver and a reason.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    reason = exception_reason.strip()
    with attributed(by):
        held = lock_project(project, by=by)
        if person.left_on is not None:
            raise Invalid(manager=_("This person has left the company."))
        asked = managers.required_seniority(held)
        if person.seniority in default_templates.FITS[asked]:
            exception_by, reason = None, ""
        else:
            _check_exception(person, exception_by, reason, asked)
        changed = update_changed(
            held,
            {"manager": person, "exception_by": exception_by, "exception_reason": reason},
        )
        if changed:
            replan(held, by=by)
            notify_manager(held, person, by=by)


def _check_exception(person: Person, granted_by: Person | None, reason: str, asked: str) -> None:
    if granted_by is None or not reason:
        label = Person.Seniority(asked).label
        raise Invalid(
            exception_by=_(
                "This project requires the seniority “%(seniority)s”: enter who grants the "
                "exception, and why."
            )
            % {"seniority": label}
        )
    if granted_by.pk == person.pk:
        raise Invalid(
            exception_by=_("You cannot grant an exception to the project manager you assign.")
        )
    if len(reason) > 300:
        raise Invalid(exception_reason=_("Give at most %(limit)s characters.") % {"limit": 300})


def edit_project(project: Project, *, by: Actor, **fields: Any) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    if unknown := set(fields) - FIELDS:
        raise Invalid(
            **dict.fromkeys(sorted(unknown), _("This field of a project cannot be changed."))
        )
    for name in ("begins_on", "wanted_on"):
        day = fields.get(name)
        if day is not None and not FIRST <= day <= LAST:
            raise Invalid(**{name: _("The date is out of range.")})
    if "begins_on" in fields and fields["begins_on"] is None:
        raise Invalid(begins_on=_("Enter a start date."))
    if "name" in fields and not 0 < len(str(fields["name"]).strip()) <= 200:
        raise Invalid(name=_("Enter a name of at most 200 characters."))
    with attributed(by):
        held = lock_project(project, by=by)
        wanted = fields.get("wanted_on", held.wanted_on)
        if fields.get("backward", held.backward) and wanted is None:
            raise Invalid(wanted_on=_("To plan backward, enter the wanted date."))
        if update_changed(held, fields):
            replan(held, by=by)


def move_project(project: Project, move: Move, *, by: Actor, at: datetime | None = None) -> None:
    """Begin a project, or finish it once everything is delivered and proved.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict.
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_project(project, by=by)
        rows = Project.objects.filter(pk=held.pk)
        if move is BEGIN:
            if held.manager_id is None:
                raise Conflict(_("Assign a project manager before you start the project."))
            perform(BEGIN, rows, by=by, at=moment)
            held.refresh_from_db()
            replan(held, by=by)
        else:
            perform(
                FINISH, rows, by=by, at=moment, ended_at=moment, next_package=None, waits_for="",
                late_by=0,
            )  # fmt: skip
            _require_delivered(held)
            order = held.order
            if order.state == OrderState.IN_PROGRESS:
                move_order(order, COMPLETE_ORDER, by=by, at=moment)
            held.refresh_from_db()
        announce_project_move(held, by=by, at=moment)


def _require_delivered(project: Project) -> None:
    """Require that everything is delivered and proved. Errors: Conflict, with what is missing."""
    missing = [
        *WorkPackage.objects.filter(project=project, state__in=AHEAD),
        *Deliverable.objects.filter(project=project, state__in=OUTSTANDING),
        *Gate.objects.filter(project=project, state=GateState.OPEN),
    ]
    if missing:
        names = ", ".join(one.name for one in missing[:5])
        raise Conflict(_("Still open: %(names)s.") % {"names": names})
