"""Reservations of order lines that came from a design, for the projects that deliver them."""

from collections.abc import Collection, Sequence

from opale.delivery.designs.models import HandedOver
from opale.delivery.projects.ports import HeldBefore


class DesignReservations:
    """Fills `projects.ports.Forerunner`."""

    def held_before(self, line_ids: Collection[int]) -> Sequence[HeldBefore]:
        rows = HandedOver.objects.filter(line__in=list(line_ids)).order_by("id")
        return [
            HeldBefore(
                line_id=row.line_id,
                reservation_id=row.reservation_id,
                key=row.key,
                piece=row.piece,
                person_id=row.person_id,
                pool_id=row.pool_id,
                need=row.need,
            )
            for row in rows
        ]
