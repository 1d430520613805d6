"""What is not done any more holds nothing, and nobody is asked for it any more.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Collection
from datetime import datetime

from opale.build.projects.models import WorkPackage
from opale.build.resources.actions import withdraw_request
from opale.build.resources.models import ResourceRequest
from opale.build.resources.states import OPEN
from opale.kernel.actor import Actor
from opale.reservations.actions import move_reservation
from opale.reservations.models import Reservation
from opale.reservations.states import RELEASE


def give_back(packages: Collection[int], *, by: Actor, at: datetime) -> None:
    """Release the hours of packages that are dropped, and withdraw what was asked for them."""
    rows = WorkPackage.objects.filter(pk__in=packages)
    asked = ResourceRequest.objects.filter(pk__in=rows.values("request_id"), state__in=OPEN)
    for request in asked.order_by("pk"):
        withdraw_request(request, by=by, at=at)
    held = Reservation.objects.filter(
        pk__in=rows.values("reservation_id"), state__in=RELEASE.sources
    )
    for reservation in held.order_by("pk"):
        move_reservation(reservation, RELEASE, by=by, at=at)
