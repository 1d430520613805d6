"""Actions that choose the named units of a line: this rack, from U12 to U15.

Where the version already holds a reservation, the units are reserved in the same step. Source:
docs/rules/designs.md, "Rack location".
"""

from datetime import datetime

from django.utils.translation import gettext as _

from opale.delivery.designs.actions.designs import lock_design, present_version, publish_design
from opale.delivery.designs.actions.reservations import renew_hold
from opale.delivery.designs.models import Design, DesignLine, DesignPlace, DesignVersion
from opale.delivery.designs.queries import placements
from opale.delivery.designs.states import OPEN
from opale.delivery.projects.queries.packages import KINDS_OF
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.organisation.queries.reference import home_day
from opale.reservations.queries.unit_names import parse_units, unit_ranges

PLACE = "place"


def place_line(
    line: DesignLine,
    unit: str,
    item: ConfigurationItem,
    units: str,
    *,
    by: Actor,
    at: datetime | None = None,
) -> DesignPlace:
    """Choose the units of an item for the line's need that is counted in `unit`, replacing its
    earlier choice.

    `units` as it is written: "U12 to U15", "7". Errors: NotFound, NotAllowed, IllegalMove (it has
    ended), Invalid, Conflict (somebody else holds one of them: nothing is changed).
    """
    moment = at or clock.now()
    with attributed(by):
        held, version, row = _held(line, by=by)
        wanted = placements.get_placeable(version, row, unit, on=home_day(moment))
        names = _names(wanted, item, units)
        _refuse_twice(version, row, unit, item, names)
        place = DesignPlace.objects.filter(line=row, unit=unit).first()
        if place is None:
            place = DesignPlace.objects.create(
                version=version, line=row, unit=unit, item=item, units=names
            )
        else:
            update_changed(place, {"item": item, "units": names})
        renew_hold(held, version, by=by, at=moment)
        publish_design(held)
    return place


def free_place(line: DesignLine, unit: str, *, by: Actor, at: datetime | None = None) -> None:
    """Remove the choice of units; the reservation in the pool stays.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict.
    """
    moment = at or clock.now()
    with attributed(by):
        held, version, row = _held(line, by=by)
        place = DesignPlace.objects.filter(line=row, unit=unit).first()
        if place is None:
            raise Conflict(_("No location is chosen for this need."))
        place.delete()
        renew_hold(held, version, by=by, at=moment)
        publish_design(held)


def _held(line: DesignLine, *, by: Actor) -> tuple[Design, DesignVersion, DesignLine]:
    held = lock_design(line.version.design, by=by)
    if held.state not in OPEN:
        raise IllegalMove(PLACE, {held.pk: held.state})
    version = present_version(held)
    rows = DesignLine.objects.select_related("offering", "site__place")
    row = rows.filter(pk=line.pk, version=version).first()
    if row is None:
        raise NotFound
    return held, version, row


def _names(wanted: placements.Placeable, item: ConfigurationItem, units: str) -> list[str]:
    """Errors: Invalid."""
    if item.kind not in KINDS_OF[wanted.unit]:
        raise Invalid(item=_("This item has no units of this kind."))
    names = parse_units(units, item)
    if len(names) > wanted.quantity:
        raise Invalid(
            units=_("The line needs %(quantity)s units, but %(count)s were selected.")
            % {"quantity": f"{wanted.quantity} {wanted.unit_name}", "count": len(names)}
        )
    return names


def _refuse_twice(
    version: DesignVersion, line: DesignLine, unit: str, item: ConfigurationItem, names: list[str]
) -> None:
    """Errors: Invalid."""
    others = DesignPlace.objects.filter(version=version, item=item).exclude(line=line, unit=unit)
    if twice := {name for one in others for name in one.units} & set(names):
        raise Invalid(
            units=_("Another line of this design already uses %(units)s.")
            % {"units": ", ".join(unit_ranges(twice))}
        )
