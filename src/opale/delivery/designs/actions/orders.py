"""Creation of the order of an accepted design, with the design's reservations.

Source: docs/rules/designs.md, "The order".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from opale.delivery.designs.actions.designs import lock_design, present_version
from opale.delivery.designs.actions.lifecycle import move_design
from opale.delivery.designs.actions.order_notifications import notify_unreserved
from opale.delivery.designs.actions.order_reservations import (
    Unreserved,
    hand_over,
    is_useful,
    locked_hold,
    reserve_what_is_free,
)
from opale.delivery.designs.facts import DesignOrdered
from opale.delivery.designs.models import Acceptance, Design, DesignLine
from opale.delivery.designs.queries import sizing
from opale.delivery.designs.states import ACCEPT, DesignState
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.models import Order
from opale.infrastructure.actions.sites import register_customer_site
from opale.infrastructure.models import Site
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove
from opale.kernel.facts import announce
from opale.organisation.queries.reference import home_zone


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The order of a design. `anew`: its reservation had expired, and was made again. `unreserved`
    is what its lines need and could not be reserved."""

    order: Order
    anew: bool = False
    unreserved: tuple[Unreserved, ...] = ()


def order_design(design: Design, *, by: Actor, at: datetime | None = None) -> OrderResult:
    """Create the order, reserve for it what the design held, or else what is free, and close the
    design. A second call returns the same order.

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
        reservation = locked_hold(version, by=by)
        lines = sizing.lines_of(version)
        order = _create(held, lines, accepted, by=by, at=moment)
        places = dict(zip((line.pk for line in lines), order.lines.all(), strict=True))
        expired = False
        unreserved: tuple[Unreserved, ...] = ()
        if reservation is not None and is_useful(version, reservation):
            expired = hand_over(held, version, reservation, places, by=by, at=moment)
        else:
            unreserved = reserve_what_is_free(held, version, places, by=by, at=moment)
        move_design(held, ACCEPT, by=by, at=moment, order=order)
        announce(
            DesignOrdered(
                design_id=held.pk, order_id=order.pk, customer_id=held.customer_id, at=moment
            ),
            by=by,
        )
        if unreserved:
            notify_unreserved(order, unreserved, by=by, at=moment)
    return OrderResult(order, expired, unreserved)


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
        agreed=True,
    )


def _not_quoted(design: Design) -> str:
    if design.state in (DesignState.DRAFT, DesignState.CHECKED):
        return _("Quote the design first: the customer accepts a quoted version.")
    return _("The design is declined or withdrawn: reopen it as a new version.")
