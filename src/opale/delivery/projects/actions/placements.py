"""Actions that choose the named units of a need: this rack, from U12 to U15; this switch, port 7.

They are reserved for the order line, so they are released when it ends. A new place replaces the
earlier one in one step, or nothing changes. Source: docs/rules/projects.md, "What is reserved".
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.projects.actions.plans import lock_project, publish_project
from opale.delivery.projects.actions.reservations import is_holding, require_provider_site
from opale.delivery.projects.models import Project, TechnicalNeed
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.queries.packages import place_of, rest_of_needs
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.reservations.actions.releases import release_lines
from opale.reservations.actions.reservations import Line, move_reservation
from opale.reservations.models import Reservation
from opale.reservations.queries import pool_tree
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
        loose = _unhold(held, row, item, by=by)
        things = tuple(Line(item=item, unit=name, since=since, until=None) for name in names)
        made = reserve_for_line(row.line, things, by=by)
        update_changed(row, {"place": made})
        _hold_rest(loose, item, by=by)
        publish_project(held)
    return made


def free_place(need: TechnicalNeed, *, by: Actor) -> None:
    """Release the named units of a need. Errors: NotFound, NotAllowed, IllegalMove, Conflict."""
    with attributed(by):
        held = lock_project(need.project, by=by)
        row = _row(held, need)
        if row.place is None or not is_holding(row.place):
            raise Conflict(_("No unit is reserved for this need."))
        loose = _unhold(held, row, None, by=by)
        update_changed(row, {"place": None})
        _hold_rest(loose, None, by=by)
        publish_project(held)


@dataclass(frozen=True, slots=True)
class _Loose:
    """A need whose stock was given back, to be held again beside the new location."""

    need: TechnicalNeed
    pool: CapacityPool
    since: date


def _unhold(
    project: Project, row: TechnicalNeed, item: ConfigurationItem | None, *, by: Actor
) -> list[_Loose]:
    """Release the named units of a need, and what its line holds in pools: where the items have
    pools of their own, its quantity moves with the location."""
    at = clock.now()
    places = [thing.item for thing in place_of(row)]
    pooled = CapacityPool.objects.filter(item__in=[one for one in (item, *places) if one]).exists()
    loose = []
    for need in _needs_of_line(project, row) if pooled else ():
        pool, since = _pool_held(need, row)
        if pool is None:
            continue
        loose.append(_Loose(need, pool, since))
        if is_holding(need.reservation) and need.reservation is not None:
            lines = need.reservation.lines.filter(pool=pool).order_by("pk")
            same = lines.filter(quantity=need.quantity).first() or lines.first()
            release_lines(need.reservation, [same.pk] if same else [], by=by, at=at)
    if row.place is not None and is_holding(row.place):
        move_reservation(row.place, RELEASE, by=by, at=at)
    return loose


def _pool_held(need: TechnicalNeed, row: TechnicalNeed) -> tuple[CapacityPool | None, date]:
    """Return the pool from which a need is held, perhaps by its named units alone, and since
    when."""
    today = workdays.today()
    if is_holding(need.reservation) and need.reservation is not None and need.pool is not None:
        line = need.reservation.lines.filter(pool=need.pool).first()
        return (need.pool, max(line.since, today)) if line is not None else (None, today)
    if need.pk == row.pk and is_holding(need.place) and need.place is not None:
        line = need.place.lines.filter(item__isnull=False).first()
        if line is not None and rest_of_needs([need])[need.pk] == 0:
            pool = CapacityPool.objects.filter(item=line.item_id, unit=need.unit).first()
            return pool, max(line.since, today)
    return None, today


def _hold_rest(loose: list[_Loose], item: ConfigurationItem | None, *, by: Actor) -> None:
    """Hold what has no name: in the pools of the item, where it has them, else of the whole
    tree."""
    for one in loose:
        need = one.need
        need.refresh_from_db(fields=["place", "reservation"])
        pool = CapacityPool.objects.filter(item=item, unit=need.unit).first() if item else None
        if pool is None:
            pool = pool_tree.chain_of(one.pool)[0] if one.pool.item_id else one.pool
        need.reservation = None
        rest = rest_of_needs([need])[need.pk]
        made = None
        if rest:
            asked = Line(pool=pool, quantity=rest, since=one.since, until=None)
            made = reserve_for_line(need.line, (asked,), by=by)
        TechnicalNeed.objects.filter(pk=need.pk).update(pool=pool, reservation=made)


def _needs_of_line(project: Project, row: TechnicalNeed) -> list[TechnicalNeed]:
    rows = TechnicalNeed.objects.select_related("line__order", "place", "reservation", "pool")
    return list(rows.filter(project=project, line=row.line_id).order_by("pk"))


def _row(project: Project, need: TechnicalNeed) -> TechnicalNeed:
    rows = TechnicalNeed.objects.select_related("line__order", "line__site", "place")
    row = rows.filter(pk=need.pk, project=project).first()
    if row is None:
        raise NotFound
    return row
