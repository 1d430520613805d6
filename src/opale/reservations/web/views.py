"""Pages of reservations: list, detail, creation and moves."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.items import get_item
from opale.kernel import clock
from opale.reservations import ports
from opale.reservations.actions import reservations
from opale.reservations.forms import FIELDS, LINES, ReservationForm
from opale.reservations.listings import TONES
from opale.reservations.models import Reservation
from opale.reservations.queries import reservations as reservation_queries
from opale.reservations.queries import units
from opale.reservations.queries.unit_names import unit_ranges, units_of
from opale.reservations.rights import OVERBOOK, READ, RESERVE
from opale.ui import pickers
from opale.ui.forms import attempt_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(RESERVE)
def new(request: ActorRequest) -> HttpResponse:
    """Create a reservation; answer a double booking with 409 and the holder."""
    form = ReservationForm(request.POST or None, initial=_initial(request.GET), by=request.actor)
    made: list[Reservation] = []
    attempt = attempt_form(
        request, form, lambda: made.append(reservations.reserve(form.asked(), by=request.actor))
    )
    if attempt.done:
        toast_next(request, _("Reserved."))
        return redirect("reservations_show", made[0].pk)
    context = {
        "form": form,
        "lines": list(form.lines()),
        "taken": attempt.conflict,
        "may_overbook": request.actor.can(OVERBOOK),
    }
    return render(request, "reservations/new.html", context, status=attempt.status)


def _initial(query: QueryDict) -> dict[str, Any]:
    """Return the form's initial values from a link; the first line's fields have no number."""
    found = {name: query[name] for name in ("purpose", "customer", "firm") if name in query}
    found |= {f"{name}_1": query[name] for name in FIELDS if name in query}
    for number in range(2, LINES + 1):
        names = (f"{name}_{number}" for name in FIELDS)
        found |= {name: query[name] for name in names if name in query}
    return found


@require_GET
@needs(READ)
def show(request: ActorRequest, reservation_id: int) -> HttpResponse:
    row = reservation_queries.get_reservation(reservation_id, seen_by=request.actor)
    context = {
        "reservation": row,
        "tone": TONES[row.state],
        "lines": units.reserved_things(reservation_queries.lines_of(row)),
        "sources": ports.links_of([row.source], seen_by=request.actor)[row.source],
        "history": reservation_queries.history_of(row, seen_by=request.actor),
    }
    template = "reservations/_reservation.html" if request.htmx else "reservations/show.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def of_item(request: ActorRequest, item_id: int) -> HttpResponse:
    """Show the units of an item, on its page: held ones with their purpose, and free ones."""
    item = get_item(item_id, seen_by=request.actor)
    on = timezone.localdate(clock.now())
    known = units_of(item)
    context = {
        "item": item,
        "held": units.held_units(item, seen_by=request.actor, on=on),
        "known": known,
        "free": unit_ranges(units.free_units(item, since=on)) if known else [],
    }
    return render(request, "reservations/_of_item.html", context)


@require_GET
@needs(READ)
def pick_pool(request: ActorRequest) -> HttpResponse:
    found = reservation_queries.pools(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request,
        (
            pickers.Choice(
                str(one.pool.pk),
                one.pool.name,
                _("%(left)s of %(capacity)s %(unit)s left today")
                % {
                    "left": floatformat(one.left, "-2"),
                    "capacity": floatformat(one.pool.capacity, "-2"),
                    "unit": one.pool.get_unit_display(),
                },
            )
            for one in reservation_queries.pool_usage(rows, on=clock.now().date())
        ),
    )
