"""Actions that choose the named units of a need: this rack, from U12 to U15; this switch, port 7.

They are reserved for the order line, so they are released when it ends. A new place replaces the
earlier one in one step, or nothing changes. Source: docs/rules/projects.md, "What is reserved".
"""

from datetime import date

from django.utils.translation import gettext as _

from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.projects.actions.plans import lock_project, publish_project
from opale.delivery.projects.actions.reservations import is_holding, require_provider_site
from opale.delivery.projects.models import Project, TechnicalNeed
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.reservations.actions.reservations import Line, move_reservation
from opale.reservations.models import Reservation
from opale.reservations.queries.unit_names import parse_units
from opale.reservations.states import RELEASE


def place_need(
    need: TechnicalNeed, item: ConfigurationItem, units: str, *, by: Actor, since: date
) -> Reservation:
    """Reserve these units of an item for a need, replacing its earlier ones, all or nothing.

    `units` as it is written: "U12 to U15", "7". Errors: NotFound, NotAllowed, IllegalMove, Invalid,
    Conflict (somebody else holds one of them: what was held before stays).
    """
    with attributed(by):
        held = lock_project(need.project, by=by)
        row = _row(held, need)
        names = parse_units(units, item)
        if len(names) > row.quantity:
            raise Invalid(
                units=_("“%(need)s” needs %(quantity)s %(unit)s, but %(count)s were selected.")
                % {
                    "need": row.name,
                    "quantity": f"{row.quantity.normalize():f}",
                    "unit": row.get_unit_display(),
                    "count": len(names),
                }
            )
        require_provider_site(row, item.site)
        if row.place is not None and is_holding(row.place):
            move_reservation(row.place, RELEASE, by=by, at=clock.now())
        things = tuple(Line(item=item, unit=name, since=since, until=None) for name in names)
        made = reserve_for_line(row.line, things, by=by)
        update_changed(row, {"place": made})
        publish_project(held)
    return made


def free_place(need: TechnicalNeed, *, by: Actor) -> None:
    """Release the named units of a need. Errors: NotFound, NotAllowed, IllegalMove, Conflict."""
    with attributed(by):
        held = lock_project(need.project, by=by)
        row = _row(held, need)
        if row.place is None or not is_holding(row.place):
            raise Conflict(_("No unit is reserved for this need."))
        move_reservation(row.place, RELEASE, by=by, at=clock.now())
        update_changed(row, {"place": None})
        publish_project(held)


def _row(project: Project, need: TechnicalNeed) -> TechnicalNeed:
    rows = TechnicalNeed.objects.select_related("line__order", "line__site", "place")
    row = rows.filter(pk=need.pk, project=project).first()
    if row is None:
        raise NotFound
    return row
