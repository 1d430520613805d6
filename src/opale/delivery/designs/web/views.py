"""Pages of designs: list, detail, check, versions and history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.options import format_options
from opale.customers.queries.plan_tables import offering_name
from opale.delivery.designs.actions import designs
from opale.delivery.designs.listings import TONES
from opale.delivery.designs.models import Design, DesignCheck, DesignVersion
from opale.delivery.designs.queries import comparisons, staleness
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.states import EDITABLE, OPEN, DesignState
from opale.delivery.designs.web import check_report, probability_chart
from opale.delivery.designs.web.placements import places_on
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.reservations.models import Reservation
from opale.reservations.states import ReservationState
from opale.ui.components.lists import Step, Tab

S = DesignState


@require_GET
@needs(READ)
def show(request: ActorRequest, design_number: int) -> HttpResponse:
    """Show a design: its contents, feasibility, days, reservations and acceptance."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    found = design_queries.last_check(version, seen_by=request.actor)
    reservation = design_queries.reservation_of(version, seen_by=request.actor)
    context = {
        **head_of(request, design, version, "designs_show"),
        "groups": groups_of(version),
        "sites": list(version.sites.all()),
        "documents": list(design_queries.documents_of(design, seen_by=request.actor)),
        **_checked(request, design, version, found),
        **_held(design, version, reservation),
        "places": places_on(design, version, reservation),
        "may_place": request.actor.can(WORK) and design.state in OPEN,
    }
    template = "designs/_design.html" if request.htmx else "designs/show.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def check(request: ActorRequest, design_number: int) -> HttpResponse:
    """Show the last check: days, people, stock, shortages and measured delays."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    found = design_queries.last_check(version, seen_by=request.actor)
    context = {
        **head_of(request, design, version, "designs_check"),
        **_checked(request, design, version, found),
    }
    if found is not None:
        context |= {
            "packages": check_report.packages(found, version),
            "needs": check_report.needs(found, version),
            "measured": check_report.measured(found),
            "tentative": found.result.get("tentative", []),
            "lost": found.result.get("lost", 0),
        }
    template = "designs/_check.html" if request.htmx else "designs/check.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def versions(request: ActorRequest, design_number: int) -> HttpResponse:
    """Show two versions side by side, the last two by default."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    rows = list(design_queries.versions_of(design, seen_by=request.actor))
    present = rows[0]
    asked = request.GET.get("before", "")
    older = [row for row in rows if row.number < present.number]
    before = next((row for row in older if str(row.number) == asked), next(iter(older), None))
    context = {
        **head_of(request, design, present, "designs_versions"),
        "versions": rows,
        "before": before,
        "older": older,
        "compared": comparisons.compare_versions(before, present) if before else [],
    }
    return render(request, "designs/versions.html", context)


@require_GET
@needs(READ)
def history(request: ActorRequest, design_number: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    context = {
        **head_of(request, design, version, "designs_history"),
        "history": comparisons.history_of(design, seen_by=request.actor),
    }
    return render(request, "designs/history.html", context)


@require_GET
@needs(READ)
def of_customer(request: ActorRequest, customer_code: str) -> HttpResponse:
    """Show the open designs of a customer, on the customer's page."""
    customer = get_customer_by_code(customer_code, seen_by=request.actor)
    rows = design_queries.designs(seen_by=request.actor, state="open", customer_id=customer.pk)
    context = {
        "customer": customer,
        "lines": [
            (design, TONES[S(design.state)])
            for design in design_queries.with_last_check(rows).order_by("-number")
        ],
        "topic": designs.LIST,
    }
    return render(request, "designs/_of_customer.html", context)


@require_GET
@needs(READ)
def of_order(request: ActorRequest, order_number: int) -> HttpResponse:
    """Show the design of an order on the order's page, or nothing."""
    design = design_queries.design_of_order(order_number, seen_by=request.actor)
    accepted = None
    if design is not None:
        version = design_queries.version_of(design, seen_by=request.actor)
        accepted = design_queries.acceptance_of(version, seen_by=request.actor)
    context = {"design": design, "accepted": accepted}
    return render(request, "designs/_of_order.html", context)


def head_of(
    request: ActorRequest, design: Design, version: DesignVersion, here: str
) -> dict[str, Any]:
    """Return the header of a design's pages: state, tabs and acts."""
    accepted = design_queries.acceptance_of(version, seen_by=request.actor)
    names = (
        ("designs_show", pgettext("a design", "Design")),
        ("designs_check", pgettext("of a design", "Check")),
        ("designs_versions", pgettext("of a design", "Versions")),
        ("designs_history", _("History")),
    )
    return {
        "design": design,
        "version": version,
        "tone": TONES[S(design.state)],
        "tabs": [
            Tab(label, reverse(name, args=[design.number]), name == here) for name, label in names
        ],
        "steps": steps_of(design),
        "accepted": accepted,
        "may_work": request.actor.can(WORK),
        "may_size": request.actor.can(WORK) and design.state in EDITABLE,
    }


def steps_of(design: Design) -> list[Step]:
    """Return the steps towards an order, with the present one."""
    way = (S.DRAFT, S.CHECKED, S.QUOTED, S.ACCEPTED)
    labels = (
        pgettext("a step of a design", "Design"),
        pgettext("a step of a design", "Check"),
        pgettext("a step of a design", "Quote"),
        pgettext("a step of a design", "Order"),
    )
    if design.state not in way:
        return []
    here = way.index(S(design.state))
    # The present step is the next one to do: a checked design is to be quoted.
    now = here if here == 0 else here + 1
    return [
        Step(label, "done" if place < now else "here" if place == now else "later")
        for place, label in enumerate(labels)
    ]


def groups_of(version: DesignVersion) -> list[dict[str, Any]]:
    """Return the lines by group: those of the whole design first, then by site."""
    lines = [
        (line, offering_name(line.offering), format_options(line.options, line.offering))
        for line in version.lines.all()
    ]
    whole = [one for one in lines if one[0].site_id is None]
    groups: list[dict[str, Any]] = [{"site": None, "lines": whole}]
    for site in version.sites.all():
        own = [one for one in lines if one[0].site_id == site.pk]
        groups.append({"site": site, "lines": own})
    return groups


def _checked(
    request: ActorRequest, design: Design, version: DesignVersion, found: DesignCheck | None
) -> dict[str, Any]:
    if found is None:
        return {"check": None, "stale": [], "missing": [], "later": []}
    watched = design.state in EDITABLE | {S.QUOTED}
    now = clock.now()
    return {
        "check": found,
        "stale": staleness.stale_because(design, version, found, at=now) if watched else [],
        "missing": check_report.missing(found, version),
        "later": check_report.later(found, version),
        "chart": probability_chart.draw(found),
        "likely": check_report.chance(found),
        "provisional": check_report.provisional(found),
    }


def _held(
    design: Design, version: DesignVersion, reservation: Reservation | None
) -> dict[str, Any]:
    if reservation is None:
        return {"reservation": None, "held": []}
    return {
        "reservation": reservation,
        "held": check_report.reservation_texts(design_queries.holds_of(version, reservation)),
        "tentative": reservation.state == ReservationState.TENTATIVE,
        "expired": reservation.state == ReservationState.EXPIRED,
        "other_sizing": reservation.made_at < version.sized_at and design.state != S.ACCEPTED,
    }
