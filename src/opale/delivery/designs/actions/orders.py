"""Creation of the order of an accepted design, with the design's reservations.

Source: docs/rules/designs.md, "The order".
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.delivery.designs.actions.designs import lock_design, present_version
from opale.delivery.designs.actions.lifecycle import move_design, release_holds
from opale.delivery.designs.actions.reservations import line_of_hold
from opale.delivery.designs.facts import DesignOrdered
from opale.delivery.designs.models import (
    Acceptance,
    Design,
    DesignLine,
    DesignVersion,
    HandedOver,
    Hold,
)
from opale.delivery.designs.queries import designs, sizing
from opale.delivery.designs.states import ACCEPT, DesignState
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.orders.models import Order, OrderLine
from opale.infrastructure.actions.sites import register_customer_site
from opale.infrastructure.models import Site
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove
from opale.kernel.facts import announce
from opale.kernel.locks import take_locks
from opale.organisation.queries.reference import home_day, home_zone
from opale.reservations.models import Reservation
from opale.reservations.states import ReservationState


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The order of a design. `anew`: its reservation had expired, and was made again."""

    order: Order
    anew: bool = False


def order_design(design: Design, *, by: Actor, at: datetime | None = None) -> OrderResult:
    """Create the order, confirm the reservations for its lines, and close the design. A second call
    returns the same order.

    Errors: NotFound, NotAllowed, IllegalMove (it is not quoted), Conflict (no acceptance is
    recorded; the reservation expired and its stock is taken: nothing is changed).
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_design(design, by=by)
        if held.order is not None:
            return OrderResult(held.order)
        if held.state not in ACCEPT.sources:
            raise IllegalMove(ACCEPT.name, {held.pk: held.state}, _not_quoted(held))
        version = present_version(held)
        accepted = Acceptance.objects.select_related("contact").filter(version=version).first()
        if accepted is None:
            raise Conflict(_("Attach the customer's acceptance first."))
        reservation = _locked(version, by=by)
        lines = sizing.lines_of(version)
        order = _create(held, lines, accepted, by=by, at=moment)
        expired = _hand_over(held, version, reservation, order, lines, by=by, at=moment)
        move_design(held, ACCEPT, by=by, at=moment, order=order)
        announce(
            DesignOrdered(
                design_id=held.pk, order_id=order.pk, customer_id=held.customer_id, at=moment
            ),
            by=by,
        )
    return OrderResult(order, expired)


def _locked(version: DesignVersion, *, by: Actor) -> Reservation | None:
    """Return the version's reservation, locked against the job that expires reservations."""
    found = designs.reservation_of(version, seen_by=by)
    if found is None:
        return None
    return Reservation.objects.select_for_update(of=("self",)).get(pk=found.pk)


def _create(
    design: Design,
    lines: Sequence[DesignLine],
    accepted: Acceptance,
    *,
    by: Actor,
    at: datetime,
) -> Order:
    wanted = ""
    sites = _sites(design, lines, by=by)
    if design.wished_on is not None:
        wanted = datetime.combine(design.wished_on, time(9), home_zone()).isoformat()
    return create_order(
        NewOrder(
            kind=Order.Kind.NEW,
            customer=design.customer,
            contact=accepted.contact,
            external_id=accepted.their_number,
            description="\n\n".join(filter(None, (design.title, design.requirements))),
            wanted_text=wanted,
            lines=tuple(_line(line, sites) for line in lines),
        ),
        by=by,
        at=at,
    )


def _sites(design: Design, lines: Sequence[DesignLine], *, by: Actor) -> dict[int, Site]:
    """Return the site in the register of each site of the design; what only the design named is
    registered now."""
    named = {line.site.pk: line.site for line in lines if line.site is not None}
    return {
        pk: site.place or register_customer_site(design.customer, site.name, site.address, by=by)
        for pk, site in named.items()
    }


def _line(line: DesignLine, sites: Mapping[int, Site]) -> NewLine:
    return NewLine(
        offering=line.offering,
        quantity=line.quantity,
        site=sites.get(line.site_id or 0),
        characteristics=dict(line.options),
    )


def _hand_over(
    design: Design,
    version: DesignVersion,
    reservation: Reservation | None,
    order: Order,
    lines: Sequence[DesignLine],
    *,
    by: Actor,
    at: datetime,
) -> bool:
    """Move the version's reservations to the order's lines, confirmed, and return whether they had
    expired. One transaction, so nobody can take them in between."""
    gone = reservation is None or reservation.state == ReservationState.RELEASED
    if reservation is None or gone or reservation.made_at < version.sized_at:
        # Nothing is held, or it is held for another sizing and useless for this order.
        release_holds(design, by=by, at=at)
        return False
    expired = _has_expired(reservation, at)
    holds = list(designs.remaining_holds(designs.holds_of(version, reservation), home_day(at)))
    # Take all locks at once and in one order, so that two orders of the same stock cannot deadlock.
    take_locks(*(line_of_hold(one).thing for one in holds))
    release_holds(design, by=by, at=at)
    of_order = list(OrderLine.objects.filter(order=order).order_by("position", "id"))
    place = {line.pk: row for line, row in zip(lines, of_order, strict=True)}
    try:
        for one in _grouped(holds):
            _confirm(place[one[0].line_id], one, by=by, at=at)
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


def _has_expired(reservation: Reservation, at: datetime) -> bool:
    if reservation.state == ReservationState.EXPIRED:
        return True
    return reservation.expires_at is not None and reservation.expires_at <= at


def _day(reservation: Reservation) -> str:
    if reservation.expires_at is None:
        return ""
    return date_format(localtime(reservation.expires_at), "SHORT_DATETIME_FORMAT")


def _grouped(holds: Sequence[Hold]) -> list[list[Hold]]:
    """Return the holds grouped as they are reserved: the stock of a line together, its named units
    by need, its days of work by piece."""
    found: dict[tuple[int, str, int, str], list[Hold]] = defaultdict(list)
    for one in holds:
        found[one.line_id, one.key, one.piece, one.need].append(one)
    return list(found.values())


def _confirm(line: OrderLine, holds: Sequence[Hold], *, by: Actor, at: datetime) -> None:
    made = reserve_for_line(line, tuple(line_of_hold(one) for one in holds), by=by, at=at)
    first = holds[0]
    things = holds if first.pool is not None else [first]
    HandedOver.objects.bulk_create(
        HandedOver(
            line=line,
            key=one.key,
            piece=one.piece,
            person=one.person,
            pool=one.pool,
            need=one.need,
            reservation=made,
        )
        for one in things
    )


def _not_quoted(design: Design) -> str:
    if design.state in (DesignState.DRAFT, DesignState.CHECKED):
        return _("Quote the design first: the customer accepts a quoted version.")
    return _("The design is declined or withdrawn: reopen it as a new version.")
