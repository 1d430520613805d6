"""Tentative reservations of people and stock for a version, all or nothing.

Source: docs/rules/designs.md, "What is held".
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.delivery.designs.actions.designs import lock_design, present_version, publish_design
from opale.delivery.designs.actions.lifecycle import release_holds, require_fresh
from opale.delivery.designs.models import Design, DesignPlace, DesignVersion, Hold
from opale.delivery.designs.queries import designs
from opale.delivery.designs.states import HOLDING
from opale.infrastructure.models import CapacityPool
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.organisation.models import Person
from opale.organisation.queries.reference import home_day
from opale.reservations.actions.reservations import (
    MOST_LINES,
    Line,
    NewReservation,
    extend_reservation,
    reserve,
)
from opale.reservations.models import Reservation
from opale.reservations.queries import pool_tree
from opale.reservations.states import ReservationState

HELD_FOR: Final = timedelta(days=14)
"""How long a version holds at first, and again with each extension."""
LONGEST: Final = timedelta(days=92)
RESERVE: Final = "reserve"


@dataclass(frozen=True, slots=True)
class ReservedPart:
    """One need or piece of work that a check placed, to be reserved."""

    line_id: int
    key: str
    piece: int
    asked: Line
    need: str = ""


def reserve_design(
    design: Design,
    *,
    by: Actor,
    probability: int | None = None,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> Reservation:
    """Reserve what the last check found, replacing the design's earlier reservation.

    Errors: NotFound, NotAllowed, IllegalMove (it is not checked), Invalid, Conflict (the check is
    stale, or a part was taken meanwhile: the earlier reservation stays).
    """
    moment = at or clock.now()
    until = expires_at or moment + HELD_FOR
    if until > moment + LONGEST:
        raise Invalid(expires_at=_("A tentative reservation lasts three months at most."))
    with attributed(by):
        held = lock_design(design, by=by)
        if held.state not in HOLDING:
            raise IllegalMove(RESERVE, {held.pk: held.state}, _("Check the design first."))
        version = present_version(held)
        found = require_fresh(held, version, by=by, at=moment)
        things = with_named_units(
            version, list(parts_of_report(found.result, home_day(moment))), home_day(moment)
        )
        chance = held.probability if probability is None else probability
        made = _hold(held, version, things, by=by, at=moment, chance=chance, until=until)
        publish_design(held)
    return made


def renew_hold(design: Design, version: DesignVersion, *, by: Actor, at: datetime) -> None:
    """Renew the version's reservation, if there is one, with the units that are now named.

    Errors: Conflict (somebody else holds one of them: the earlier reservation stays), Invalid.
    """
    before = current_hold(version, by=by)
    if before is None or before.expires_at is None or before.expires_at <= at:
        return
    day = home_day(at)
    holds = list(designs.remaining_holds(designs.holds_of(version, before), day))
    things = with_named_units(version, list(_before_naming(holds)), day)
    chance, until = before.probability or 0, before.expires_at
    _hold(design, version, things, by=by, at=at, chance=chance, until=until)


def _hold(
    design: Design,
    version: DesignVersion,
    things: list[ReservedPart],
    *,
    by: Actor,
    at: datetime,
    chance: int,
    until: datetime,
) -> Reservation:
    """Replace the earlier reservation by these parts, all or nothing."""
    if not things:
        raise Invalid(_("This design needs neither people nor stock: there is nothing to reserve."))
    if len(things) > MOST_LINES:
        raise Invalid(
            _("More than %(most)s resources are needed: split them into several designs.")
            % {"most": MOST_LINES}
        )
    release_holds(design, by=by, at=at)
    made = reserve(
        NewReservation(
            purpose=f"{design.reference} · {design.title}"[:200],
            lines=tuple(thing.asked for thing in things),
            customer=design.customer,
            source=version.source,
            probability=chance,
            expires_at=until,
        ),
        by=by,
        at=at,
    )
    _write(version, made, things)
    return made


def _write(version: DesignVersion, reservation: Reservation, things: list[ReservedPart]) -> None:
    Hold.objects.bulk_create(
        Hold(
            version=version,
            reservation=reservation,
            line_id=thing.line_id,
            key=thing.key,
            piece=thing.piece,
            person=thing.asked.person,
            pool=thing.asked.pool,
            item=thing.asked.item,
            unit=thing.asked.unit,
            need=thing.need,
            quantity=thing.asked.quantity,
            since=thing.asked.since,
            until=thing.asked.until,
        )
        for thing in things
    )


def extend_design(
    design: Design,
    *,
    by: Actor,
    expires_at: datetime | None = None,
    probability: int | None = None,
    at: datetime | None = None,
) -> datetime:
    """Extend the reservation, by default to two weeks from now, and return when it expires.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (nothing is held; it expired).
    """
    moment = at or clock.now()
    until = expires_at or moment + HELD_FOR
    if until > moment + LONGEST:
        raise Invalid(expires_at=_("A tentative reservation lasts three months at most."))
    with attributed(by):
        held = lock_design(design, by=by)
        found = current_hold(present_version(held), by=by)
        if found is None:
            raise Conflict(_("The reservation of this version has ended: reserve again."))
        extend_reservation(found, until, by=by, at=moment, probability=probability)
        publish_design(held)
    return until


def release_design(design: Design, *, by: Actor, at: datetime | None = None) -> int:
    """Release all reservations of the design, and return how many. Errors: NotFound, NotAllowed."""
    moment = at or clock.now()
    with attributed(by):
        held = lock_design(design, by=by)
        count = release_holds(held, by=by, at=moment)
        publish_design(held)
    return count


def current_hold(version: DesignVersion, *, by: Actor) -> Reservation | None:
    """Return the tentative reservation of a version, if there is one."""
    found = designs.reservation_of(version, seen_by=by)
    return found if found is not None and found.state == ReservationState.TENTATIVE else None


def parts_of_report(result: Mapping[str, Any], day: date) -> Iterator[ReservedPart]:
    """Yield what the report of a check names for each need and each piece of work, to be reserved
    from a day on."""
    pools = CapacityPool.objects.in_bulk(
        [need["pool_id"] for need in result["needs"] if need["pool_id"]]
    )
    people = Person.objects.select_related("calendar", "company__calendar").in_bulk(
        [one["person_id"] for one in result["packages"] if one.get("person_id")]
    )
    for need in result["needs"]:
        if need["since"] is None:
            continue
        line = Line(
            pool=pools[need["pool_id"]],
            quantity=Decimal(need["quantity"]),
            since=max(date.fromisoformat(need["since"]), day),
            until=None,
        )
        yield ReservedPart(need["line"], "", 0, line)
    for one in result["packages"]:
        for since, last, hours in one.get("days", ()):
            if date.fromisoformat(last) < day:
                continue
            line = Line(
                person=people[one["person_id"]],
                quantity=Decimal(str(hours)),
                since=max(date.fromisoformat(since), day),
                until=date.fromisoformat(last) + timedelta(days=1),
            )
            yield ReservedPart(one["line"], one["key"], one["piece"], line)


def with_named_units(
    version: DesignVersion, things: Sequence[ReservedPart], day: date
) -> list[ReservedPart]:
    """Return the parts with the named units of the version's lines.

    A line with a location takes its stock from the pools of its item, where the item has them; a
    unit that has a name is not held in the pool a second time.
    """
    named = list(_placed_parts(version, things, day))
    items = {(one.line_id, one.asked.item.pk) for one in named if one.asked.item}
    rows = CapacityPool.objects.filter(item__in={item for _line, item in items})
    pools = {
        (line_id, pool.unit): pool
        for pool in rows.order_by("-pk")
        for line_id, item in items
        if pool.item_id == item
    }
    counted = Counter((one.line_id, one.need) for one in named)
    found = []
    for thing in things:
        pool = thing.asked.pool
        key = (thing.line_id, pool.unit if pool is not None else "")
        if key not in pools:
            found.append(thing)
            continue
        told = min(Decimal(counted[key]), thing.asked.quantity)
        counted[key] -= int(told)
        if rest := thing.asked.quantity - told:
            asked = replace(thing.asked, pool=pools[key], quantity=rest)
            found.append(replace(thing, asked=asked))
    return found + named


def _before_naming(holds: Sequence[Hold]) -> Iterator[ReservedPart]:
    """Yield what was held without the named units, with their quantity in the pool again."""
    named: dict[tuple[int, str], list[Hold]] = defaultdict(list)
    for one in holds:
        if one.item_id is not None:
            named[one.line_id, one.need].append(one)
    for one in holds:
        if one.item_id is not None:
            continue
        asked = line_of_hold(one)
        if one.pool is not None:
            mine = named.pop((one.line_id, one.pool.unit), [])
            pool = pool_tree.chain_of(one.pool)[0] if one.pool.item_id else one.pool
            back = len(mine) if _pool_of(mine) is not None else 0
            asked = replace(asked, pool=pool, quantity=one.quantity + back)
        yield ReservedPart(one.line_id, one.key, one.piece, asked)
    for (line_id, _need), mine in named.items():
        if (of_item := _pool_of(mine)) is not None:
            asked = Line(
                pool=pool_tree.chain_of(of_item)[0],
                quantity=Decimal(len(mine)),
                since=min(one.since for one in mine),
                until=None,
            )
            yield ReservedPart(line_id, "", 0, asked)


def _pool_of(named: Sequence[Hold]) -> CapacityPool | None:
    """Return the pool in which these units of one item count."""
    if not named:
        return None
    return CapacityPool.objects.filter(item=named[0].item_id, unit=named[0].need).first()


def _placed_parts(
    version: DesignVersion, things: Sequence[ReservedPart], day: date
) -> Iterator[ReservedPart]:
    """Yield the named units of the version's lines, with the day from which their stock is held."""
    since: dict[tuple[int, str], date] = {}
    for thing in things:
        if thing.asked.pool is not None:
            since.setdefault((thing.line_id, thing.asked.pool.unit), thing.asked.since)
    rows = DesignPlace.objects.filter(version=version).select_related("item")
    for place in rows.order_by("line__position", "id"):
        for name in place.units:
            line = Line(
                item=place.item,
                unit=name,
                since=since.get((place.line_id, place.unit), day),
                until=None,
            )
            yield ReservedPart(place.line_id, "", 0, line, place.unit)


def line_of_hold(one: Hold) -> Line:
    """Return the reservation line that asks for the same as an existing hold."""
    return Line(
        person=one.person,
        pool=one.pool,
        item=one.item,
        unit=one.unit,
        quantity=one.quantity,
        since=one.since,
        until=one.until,
    )
