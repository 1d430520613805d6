"""Reservations for the order of a design: those it held, or what is free when it is ordered.

Source: docs/rules/designs.md, "The order".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.customers.queries.plan_tables import offering_name
from opale.delivery.designs.actions.lifecycle import release_holds
from opale.delivery.designs.actions.reservations import (
    ReservedPart,
    line_of_hold,
    parts_of_report,
    with_named_units,
)
from opale.delivery.designs.models import Design, DesignLine, DesignVersion, HandedOver
from opale.delivery.designs.queries import designs
from opale.delivery.designs.queries.check_report import check_report
from opale.delivery.designs.queries.checks import CheckResult, check
from opale.delivery.designs.queries.sizing import lines_of
from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.orders.models import OrderLine
from opale.infrastructure.domain.units import unit_label
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict
from opale.organisation.queries.reference import home_day
from opale.reservations.actions.reservations import lock_things
from opale.reservations.models import Reservation
from opale.reservations.states import ReservationState

Places = Mapping[int, OrderLine]
"""The order's line of each line of the design, by its key."""


def locked_hold(version: DesignVersion, *, by: Actor) -> Reservation | None:
    """Return the version's reservation, locked against the job that expires reservations."""
    found = designs.reservation_of(version, seen_by=by)
    if found is None:
        return None
    return Reservation.objects.select_for_update(of=("self",)).get(pk=found.pk)


def is_useful(version: DesignVersion, reservation: Reservation) -> bool:
    """Return whether it was made for the present sizing and nobody released it."""
    return (
        reservation.state != ReservationState.RELEASED and reservation.made_at >= version.sized_at
    )


def hand_over(
    design: Design,
    version: DesignVersion,
    reservation: Reservation,
    places: Places,
    *,
    by: Actor,
    at: datetime,
) -> bool:
    """Move the version's reservation to the order's lines, confirmed, and return whether it had
    expired. One transaction, so nobody can take it in between.

    Errors: Conflict (it expired, and part of it is taken).
    """
    expired = _has_expired(reservation, at)
    holds = designs.remaining_holds(designs.holds_of(version, reservation), home_day(at))
    parts = [
        ReservedPart(one.line_id, one.key, one.piece, line_of_hold(one), one.need) for one in holds
    ]
    _lock(parts)
    release_holds(design, by=by, at=at)
    try:
        for own in _grouped(parts):
            _confirm(places, own, by=by, at=at)
    except Conflict as refusal:
        if not expired:
            raise
        raise Conflict(
            _(
                "The reservation expired on %(day)s and part of it is no longer free: %(what)s "
                "Nothing was changed. Check again, reserve, then create the order."
            )
            % {"day": _day(reservation), "what": refusal.sentence}
        ) from refusal
    return expired


@dataclass(frozen=True, slots=True)
class Unreserved:
    """What a line of an order needs and has not, or only later: stock (`unit`), people for so many
    tasks (`tasks`), or what somebody took meanwhile.
    """

    line: DesignLine
    quantity: Decimal = Decimal(0)
    unit: str = ""
    free_on: date | None = None
    tasks: int = 0

    @property
    def sentence(self) -> str:
        """Return it in the reader's language."""
        name = offering_name(self.line.offering)
        named = f"{name}, {self.line.site.name}" if self.line.site is not None else name
        said = {
            "line": named,
            "quantity": f"{self.quantity.normalize():f}",
            "unit": unit_label(self.unit),
        }
        if self.tasks:
            return ngettext(
                "%(line)s: nobody is free for %(n)s task.",
                "%(line)s: nobody is free for %(n)s tasks.",
                self.tasks,
            ) % {"line": named, "n": self.tasks}
        if not self.unit:
            return _("%(line)s: somebody took what was free.") % said
        if self.free_on is None:
            return _("%(line)s: %(quantity)s %(unit)s are not free.") % said
        day = date_format(self.free_on, "SHORT_DATE_FORMAT")
        return _("%(line)s: %(quantity)s %(unit)s are reserved from %(day)s only.") % {
            **said,
            "day": day,
        }


def reserve_what_is_free(
    design: Design, version: DesignVersion, places: Places, *, by: Actor, at: datetime
) -> tuple[Unreserved, ...]:
    """Check the version now and reserve what is found for the order's lines; return what could not
    be reserved, or only from a later day."""
    release_holds(design, by=by, at=at)
    checked = check(design, version, at=at, seen_by=by)
    day = home_day(at)
    parts = with_named_units(version, list(parts_of_report(check_report(checked), day)), day)
    _lock(parts)
    missing = list(_missing(checked))
    lines = {line.pk: line for line in lines_of(version)}
    for own in _grouped(parts):
        try:
            with transaction.atomic():
                _confirm(places, own, by=by, at=at)
        except Conflict:
            missing.append(Unreserved(lines[own[0].line_id]))
    return tuple(missing)


def _missing(checked: CheckResult) -> Iterator[Unreserved]:
    """Yield what a check did not find for the first day, by line."""
    for one in checked.found:
        if one.free_on is None or one.free_on > checked.first:
            wanted = one.wanted
            yield Unreserved(wanted.line, wanted.quantity, wanted.need.unit, one.free_on)
    unstaffed: dict[int, list[DesignLine]] = defaultdict(list)
    for piece in checked.unstaffed:
        unstaffed[piece.line.pk].append(piece.line)
    for own in unstaffed.values():
        yield Unreserved(own[0], tasks=len(own))


def _lock(parts: Iterable[ReservedPart]) -> None:
    """Take all locks at once and in one order, so that two orders of the same stock cannot
    deadlock."""
    lock_things(one.asked for one in parts)


def _has_expired(reservation: Reservation, at: datetime) -> bool:
    if reservation.state == ReservationState.EXPIRED:
        return True
    return reservation.expires_at is not None and reservation.expires_at <= at


def _day(reservation: Reservation) -> str:
    if reservation.expires_at is None:
        return ""
    return date_format(localtime(reservation.expires_at), "SHORT_DATETIME_FORMAT")


def _grouped(parts: Iterable[ReservedPart]) -> list[list[ReservedPart]]:
    """Return the parts grouped as they are reserved: the stock of a line together, its named units
    by need, its days of work by piece."""
    found: dict[tuple[int, str, int, str], list[ReservedPart]] = defaultdict(list)
    for one in parts:
        found[one.line_id, one.key, one.piece, one.need].append(one)
    return list(found.values())


def _confirm(places: Places, parts: list[ReservedPart], *, by: Actor, at: datetime) -> None:
    """Reserve parts of one line, all or nothing. Errors: Conflict."""
    line = places[parts[0].line_id]
    made = reserve_for_line(line, tuple(one.asked for one in parts), by=by, at=at)
    things = parts if parts[0].asked.pool is not None else parts[:1]
    HandedOver.objects.bulk_create(
        HandedOver(
            line=line,
            key=one.key,
            piece=one.piece,
            person=one.asked.person,
            pool=one.asked.pool,
            need=one.need,
            reservation=made,
        )
        for one in things
    )
