"""Tentative reservations of people and stock for a version, all or nothing.

Source: docs/rules/designs.md, "What is held".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        things = list(parts_of_report(found.result, home_day(moment)))
        things += placed_parts(version, things, home_day(moment))
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
    things = [
        ReservedPart(one.line_id, one.key, one.piece, line_of_hold(one))
        for one in designs.remaining_holds(designs.holds_of(version, before), day)
        if one.item_id is None
    ]
    things += placed_parts(version, things, day)
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


def placed_parts(
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
