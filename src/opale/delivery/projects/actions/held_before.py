"""Takeover of reservations that were made for a project's lines before it was opened.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Sequence

from opale.delivery.orders.models import OrderLine
from opale.delivery.projects.models import Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.ports import HeldBefore, held_before
from opale.infrastructure.models import CapacityPool
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.reservations.actions.reservations import transfer_reservation
from opale.reservations.models import Reservation
from opale.reservations.states import HOLDING


def adopt_reservations(project: Project, lines: Sequence[OrderLine], *, by: Actor) -> None:
    """Assign reserved people to packages and reserved stock to needs, as far as they are still
    held."""
    known = held_before([line.pk for line in lines])
    if not known:
        return
    rows = Reservation.objects.filter(
        pk__in=[one.reservation_id for one in known], state__in=HOLDING
    )
    holding = {row.pk: row for row in rows}
    for one in known:
        reservation = holding.get(one.reservation_id)
        if reservation is None:
            continue
        if one.pool_id is not None:
            _give_stock(project, one, one.pool_id, reservation)
        elif one.person_id is not None:
            _give_person(project, one, reservation, by=by)
        elif one.need:
            _give_place(project, one, reservation)


def _give_stock(project: Project, held: HeldBefore, pool_id: int, reservation: Reservation) -> None:
    pool = CapacityPool.objects.get(pk=pool_id)
    needs = TechnicalNeed.objects.filter(
        project=project, line=held.line_id, unit=pool.unit, reservation=None
    )
    need = needs.order_by("pk").first()
    if need is not None:
        update_changed(need, {"pool": pool, "reservation": reservation})


def _give_place(project: Project, held: HeldBefore, reservation: Reservation) -> None:
    needs = TechnicalNeed.objects.filter(
        project=project, line=held.line_id, unit=held.need, place=None
    )
    need = needs.order_by("pk").first()
    if need is not None:
        update_changed(need, {"place": reservation})


def _give_person(
    project: Project, held: HeldBefore, reservation: Reservation, *, by: Actor
) -> None:
    """Assign the person; the hours are now released with the package, and with its line as
    before."""
    package = WorkPackage.objects.filter(
        project=project, line=held.line_id, key=held.key, piece=held.piece, reservation=None
    ).first()
    if package is not None:
        update_changed(package, {"person_id": held.person_id, "reservation": reservation})
        transfer_reservation(reservation, package.source, by=by)
