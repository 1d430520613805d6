"""Outages that a ticket states: the running one, and those that are over.

Source: docs/rules/clocks.md, "Availability".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from opale.customers.models import Customer, CustomersQuerySet, Service
from opale.customers.queries.services import services
from opale.infrastructure.queries.dependents import dependent_services
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions
from opale.run.desk.models import Kind, ServiceOutage, Ticket
from opale.run.events.models import Alert
from opale.ui.components.times import weekday_moment

CORRECTED = ("service", "starts")
OWNER = "customer"
"""The column that follows the service: nobody corrects it."""
MOST_SERVICES = 200
"""Beyond so many services nobody ticks them one by one."""


@dataclass(frozen=True, slots=True)
class StatedOutage:
    """An outage of a ticket. `row` is None of the ticket's own running outage; without an end it
    lasts until now."""

    service: Service | None
    starts: datetime
    ends: datetime | None
    row: ServiceOutage | None = None

    @property
    def id(self) -> int | None:
        return self.row.pk if self.row else None


def outages_of(ticket: Ticket) -> list[StatedOutage]:
    """Return all outages that the ticket states, oldest first."""
    rows = ServiceOutage.objects.filter(ticket=ticket).select_related("service")
    found = [
        StatedOutage(row.service or ticket.service, row.starts, row.ends or ticket.restored_at, row)
        for row in rows
    ]
    if ticket.kind == Kind.INCIDENT and ticket.outage_from is not None:
        found.append(StatedOutage(ticket.service, ticket.outage_from, ticket.restored_at))
    return sorted(found, key=lambda one: (one.starts, one.id or 0))


def past_outages(ticket: Ticket) -> list[ServiceOutage]:
    """Return the outages of the ticket that were over before the running one, oldest first."""
    rows = ServiceOutage.objects.filter(ticket=ticket, ends__isnull=False)
    return list(rows.select_related("service").order_by("starts", "id"))


def running_outages(ticket: Ticket) -> list[ServiceOutage]:
    """Return the outages of other services that last until the ticket's restoration."""
    rows = ServiceOutage.objects.filter(ticket=ticket, ends=None)
    return list(rows.select_related("service").order_by("id"))


def down_with(ticket: Ticket) -> list[int]:
    """Return the ids of the services that the running outage is stated to be of; by default the
    ticket's own."""
    others = [row.service_id for row in running_outages(ticket) if row.service_id]
    own = ticket.outage_from is not None or not others
    return [*([ticket.service_id] if own and ticket.service_id else []), *others]


def outage_text(outage: ServiceOutage) -> str:
    """Return an outage that is over in words: its service, from when to when."""
    words = {
        "since": weekday_moment(outage.starts),
        "until": weekday_moment(outage.ends) if outage.ends else "",
        "service": outage.service.name if outage.service else "",
    }
    if outage.service is None:
        return gettext("%(since)s to %(until)s") % words
    return gettext("%(service)s, %(since)s to %(until)s") % words


def get_outage(ticket: Ticket, outage_id: int) -> ServiceOutage:
    """Errors: NotFound."""
    rows = ServiceOutage.objects.filter(ticket=ticket, pk=outage_id)
    found = rows.select_related("ticket", "service").first()
    if found is None:
        raise NotFound
    return found


def history_of_outages(ticket: Ticket) -> list[Revision]:
    """Return the corrections of a ticket's outages; the end of one by a reopening is none."""
    return [
        change
        for change in revisions(ServiceOutage, ticket_id=ticket.pk)
        if change.created
        or change.deleted
        or any(d.column in CORRECTED or d.before for d in change.differences if d.column != OWNER)
    ]


def readable_history_of_outages(ticket: Ticket) -> list[Revision]:
    """Return the corrections of a ticket's outages with services and times in words."""
    history = history_of_outages(ticket)
    shown = [d for change in history for d in change.differences if d.column == "service"]
    names = Service.objects.in_bulk({key for d in shown for key in (d.before, d.after) if key})

    def words(value: int | datetime | None) -> str:
        if isinstance(value, datetime):
            return weekday_moment(value)
        return names[value].name if value in names else ""

    return [
        replace(
            change,
            differences=tuple(
                replace(d, before=words(d.before), after=words(d.after))
                for d in change.differences
                if d.column != OWNER
            ),
        )
        for change in history
    ]


def services_on_items_of(ticket: Ticket, *, seen_by: Actor) -> CustomersQuerySet[Service]:
    """Return the services of all customers that depend on the ticket's item or on the items of its
    alerts."""
    alerts = Alert.objects.filter(ticket_links__ticket=ticket, item__isnull=False)
    items = {*alerts.values_list("item_id", flat=True), ticket.item_id}
    return dependent_services([key for key in items if key], seen_by=seen_by)


@dataclass(frozen=True, slots=True)
class AffectedCustomer:
    """A customer whom an incident hits, with those of its services that depend on the items."""

    customer: Customer
    services: list[Service]


def affected_customers(ticket: Ticket, *, seen_by: Actor) -> list[AffectedCustomer]:
    """Return who is hit by an incident of shared items, by name; nobody where its own customer
    alone depends on them."""
    customers = customers_on_items_of(ticket, seen_by=seen_by).order_by("name", "id")
    return with_affected_services(customers, ticket, seen_by=seen_by)


def customers_on_items_of(ticket: Ticket, *, seen_by: Actor) -> QuerySet[Customer]:
    """Return the customers of `affected_customers`."""
    rows = services_on_items_of(ticket, seen_by=seen_by)
    if not rows.exclude(customer=ticket.customer_id).exists():
        return Customer.objects.none()
    return Customer.objects.filter(pk__in=rows.values("customer"))


def with_affected_services(
    customers: Iterable[Customer], ticket: Ticket, *, seen_by: Actor
) -> list[AffectedCustomer]:
    """Return these customers with those of their services that an incident hits, by name."""
    found = {one.pk: AffectedCustomer(one, []) for one in customers}
    rows = services_on_items_of(ticket, seen_by=seen_by).filter(customer__in=found)
    for service in rows.order_by("name", "reference"):
        found[service.customer_id].services.append(service)
    return list(found.values())


def affected_services(ticket: Ticket, *, seen_by: Actor) -> Sequence[Service]:
    """Return the services that the ticket may have taken down, up to MOST_SERVICES: its own with
    its parts, and those on its item or on the items of its alerts. Of a ticket with a customer,
    that customer's alone."""
    wanted = Q(pk__in=services_on_items_of(ticket, seen_by=seen_by).values("pk"))
    if ticket.service_id is not None:
        wanted |= Q(pk=ticket.service_id) | Q(parent=ticket.service_id)
    rows = services(seen_by=seen_by).exclude(state=Service.State.TERMINATED)
    if ticket.customer_id is not None:
        rows = rows.filter(customer=ticket.customer_id)
    return list(rows.filter(wanted).order_by("name", "reference")[:MOST_SERVICES])
