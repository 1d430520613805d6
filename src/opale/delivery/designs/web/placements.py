"""Pages to choose the named units of a line: proposals in one click, or another place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.customers.queries.plan_tables import offering_name
from opale.delivery.designs.actions import placements
from opale.delivery.designs.acts import place_of_design
from opale.delivery.designs.forms import PlaceForm
from opale.delivery.designs.models import Design, DesignVersion
from opale.delivery.designs.queries import designs
from opale.delivery.designs.queries import placements as placement_queries
from opale.delivery.designs.rights import WORK
from opale.delivery.designs.states import OPEN
from opale.delivery.projects.queries.workdays import today
from opale.endpoints.http import ActorRequest, needs
from opale.reservations.models import Reservation
from opale.reservations.states import ReservationState
from opale.ui.forms import attempt_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(WORK)
def place(
    request: ActorRequest, design_number: int, design_line_id: int, unit: str
) -> HttpResponse:
    """Place a line; answer 409 with the holder where somebody else holds a unit."""
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    line = designs.get_line(version, design_line_id, seen_by=request.actor)
    wanted = placement_queries.get_placeable(version, line, unit, on=today())
    reservation = designs.reservation_of(version, seen_by=request.actor)
    initial = {"item": wanted.place.item_id if wanted.place else None}
    form = PlaceForm(request.POST or None, initial=initial, by=request.actor, unit=unit)

    def act() -> None:
        said = form.cleaned_data
        placements.place_line(line, unit, said["item"], said["units"], by=request.actor)

    attempt = attempt_form(request, form, act)
    if attempt.done:
        toast_next(request, _("Location saved."))
        return redirect(place_of_design(design)[0] + "#places")
    context = {
        "design": design,
        "wanted": wanted,
        "name": name_of(wanted),
        "rooms": placement_queries.free_ranges_for(
            version, wanted, seen_by=request.actor, on=today()
        ),
        "held": reservation is not None and reservation.state == ReservationState.TENTATIVE,
        "form": form,
        "taken": attempt.conflict,
    }
    return render(request, "designs/place.html", context, status=attempt.status)


@require_POST
@needs(WORK)
def free(request: ActorRequest, design_number: int, design_line_id: int, unit: str) -> HttpResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    line = designs.get_line(version, design_line_id, seen_by=request.actor)
    placements.free_place(line, unit, by=request.actor)
    toast_next(request, _("Location cleared."))
    return redirect(place_of_design(design)[0] + "#places")


def places_on(
    design: Design, version: DesignVersion, reservation: Reservation | None
) -> list[dict[str, Any]]:
    """Return the needs with named units for the page of a design; only the chosen ones once it has
    ended."""
    found = []
    for one in placement_queries.placeable(version, on=today(), reservation=reservation):
        if design.state not in OPEN and one.place is None:
            continue
        about = offering_name(one.line.offering)
        site = one.line.site.name if one.line.site else ""
        about = f"{about} · {site}" if site else about
        found.append({"wanted": one, "name": name_of(one), "about": about})
    return found


def name_of(wanted: placement_queries.Placeable) -> str:
    french = (get_language() or "").startswith("fr")
    return wanted.name_fr if french else wanted.name_en
