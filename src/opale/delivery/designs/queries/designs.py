"""Queries of designs; every list takes the actor who asks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse

from opale.delivery.designs.models import (
    Acceptance,
    Design,
    DesignCheck,
    DesignDocument,
    DesignLine,
    DesignSite,
    DesignsQuerySet,
    DesignVersion,
    Hold,
)
from opale.delivery.designs.rights import READ
from opale.delivery.designs.states import ENDED, OPEN, DesignState
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.reservations.models import Reservation
from opale.reservations.ports import SourceLink

LONGEST_NUMBER: Final = 18
ARCHITECT: Final = "solution_architect"


def designs(
    *,
    seen_by: Actor,
    text: str = "",
    state: str = "",
    architect_id: int | None = None,
    customer_id: int | None = None,
) -> DesignsQuerySet[Design]:
    """Return designs that match words of their number, title or customer; `state` may be `open` or
    `ended`."""
    found = Design.objects.visible_to(seen_by).select_related("customer", "architect", "order")
    exact = {"architect_id": architect_id, "customer_id": customer_id}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if state in ("open", "ended"):
        found = found.filter(state__in=OPEN if state == "open" else ENDED)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        named = (
            Q(title__unaccent__icontains=word)
            | Q(customer__name__unaccent__icontains=word)
            | Q(customer__code__iexact=word)
            | Q(architect__name__unaccent__icontains=word)
        )
        number = word.upper().removeprefix("D-")
        if number.isdecimal() and len(number) <= LONGEST_NUMBER:
            named |= Q(number=int(number))
        found = found.filter(named)
    return found


def get_design(number: int, *, seen_by: Actor) -> Design:
    """Return a design. Errors: NotFound, whether hidden or missing."""
    found = designs(seen_by=seen_by).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def designs_to_continue(actor: Actor) -> QuerySet[Design]:
    """Return the actor's own designs that are to be checked or quoted, for the rail."""
    rows = Design.objects.visible_to(actor).filter(
        state__in=(DesignState.DRAFT, DesignState.CHECKED)
    )
    return rows.filter(architect_id=actor.person_id or 0)


def count_open_of(customers: Collection[int], *, seen_by: Actor) -> Mapping[int, int]:
    """Count the open designs of each of these customers."""
    if not seen_by.can(READ) or not customers:
        return {}
    rows = Design.objects.visible_to(seen_by).filter(customer__in=list(customers), state__in=OPEN)
    counted = rows.order_by().values_list("customer_id").annotate(count=Count("pk"))
    return dict(counted.values_list("customer_id", "count"))


def with_last_check(rows: QuerySet[Design]) -> QuerySet[Design]:
    """Annotate designs with the last check of their present version: `sure_by` is the day that
    go-live keeps with 80 %, None where there is none; `feasible` is None without a check."""
    checks = DesignCheck.objects.filter(
        version__design=OuterRef("pk"), version__number=OuterRef("version")
    ).order_by("-id")
    return rows.annotate(
        sure_by=Subquery(checks.values("p80_on")[:1]),
        feasible=Subquery(checks.values("feasible")[:1]),
    )


# One design


def versions_of(design: Design, *, seen_by: Actor) -> DesignsQuerySet[DesignVersion]:
    """Return the versions of a design with their contents, newest first."""
    lines = DesignLine.objects.select_related("offering", "site").order_by("position", "id")
    rows = DesignVersion.objects.visible_to(seen_by).filter(design=design)
    return rows.prefetch_related(
        Prefetch("sites", DesignSite.objects.select_related("place").order_by("position", "id")),
        Prefetch("lines", lines),
    ).order_by("-number")


def version_of(design: Design, *, seen_by: Actor, number: int | None = None) -> DesignVersion:
    """Return a version, the present one by default. Errors: NotFound."""
    rows = versions_of(design, seen_by=seen_by)
    found = rows.filter(number=number or design.version).first()
    if found is None:
        raise NotFound
    return found


def lines(version: DesignVersion, *, seen_by: Actor) -> DesignsQuerySet[DesignLine]:
    rows = DesignLine.objects.visible_to(seen_by).filter(version=version)
    return rows.select_related("offering", "site", "version__design")


def get_line(version: DesignVersion, line_id: int, *, seen_by: Actor) -> DesignLine:
    """Errors: NotFound."""
    found = lines(version, seen_by=seen_by).filter(pk=line_id).first()
    if found is None:
        raise NotFound
    return found


def get_site(version: DesignVersion, site_id: int, *, seen_by: Actor) -> DesignSite:
    """Errors: NotFound."""
    rows = DesignSite.objects.visible_to(seen_by).select_related("place", "version__design")
    found = rows.filter(version=version, pk=site_id).first()
    if found is None:
        raise NotFound
    return found


def last_check(version: DesignVersion, *, seen_by: Actor) -> DesignCheck | None:
    rows = DesignCheck.objects.visible_to(seen_by).filter(version=version)
    return rows.order_by("-id").first()


def own_reservations(design: Design) -> list[int]:
    """Return the reservations of all versions of the design, which do not block the design
    itself."""
    rows = Hold.objects.filter(version__design=design)
    return sorted(set(rows.values_list("reservation_id", flat=True)))


def reservation_of(version: DesignVersion, *, seen_by: Actor) -> Reservation | None:
    """Return the last reservation that was made for a version."""
    rows = Reservation.objects.visible_to(seen_by).filter(source=version.source)
    return rows.order_by("-id").first()


def holds_of(version: DesignVersion, reservation: Reservation) -> list[Hold]:
    rows = Hold.objects.filter(version=version, reservation=reservation)
    return list(rows.select_related("person", "pool", "item", "line__offering", "line__site"))


def remaining_holds(holds: Sequence[Hold], day: date) -> Iterator[Hold]:
    """Yield the holds of a reservation that are still ahead on a day."""
    for one in holds:
        one.since = max(one.since, day)
        if one.until is None or one.until > one.since:
            yield one


def documents_of(design: Design, *, seen_by: Actor) -> DesignsQuerySet[DesignDocument]:
    rows = DesignDocument.objects.visible_to(seen_by).filter(design=design)
    return rows.select_related("design").order_by("-id")


def get_document(design: Design, document_id: int, *, seen_by: Actor) -> DesignDocument:
    """Errors: NotFound."""
    found = documents_of(design, seen_by=seen_by).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found


def acceptance_of(version: DesignVersion, *, seen_by: Actor) -> Acceptance | None:
    rows = Acceptance.objects.visible_to(seen_by).filter(version=version)
    return rows.select_related("contact", "document").first()


def architects(*, seen_by: Actor) -> QuerySet[Person]:
    """Return the people who draw up designs."""
    rows = people(seen_by=seen_by).filter(memberships__function=ARCHITECT)
    return rows.distinct().order_by("name")


def design_of_order(order_number: int, *, seen_by: Actor) -> Design | None:
    return designs(seen_by=seen_by).filter(order__number=order_number).first()


def links_of_versions(version_ids: Collection[int], seen_by: Actor) -> dict[int, SourceLink]:
    """Return the links to the designs of these versions, for what is reserved for them."""
    rows = DesignVersion.objects.visible_to(seen_by).filter(pk__in=version_ids)
    return {
        row.pk: SourceLink(
            f"{row.design.reference} {row}", reverse("designs_show", args=[row.design.number])
        )
        for row in rows.select_related("design")
    }
