"""Demo reservations of people and stock for orders and for internal work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange

from opale.customers.models import Customer, Family
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.states import CHANGEABLE
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.demo.estate import Estate
from opale.demo.portfolio import Portfolio
from opale.infrastructure.actions.pools import derive_pools
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.kernel.actor import system
from opale.organisation.models import Person
from opale.organisation.rights import Function
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries.unit_names import units_of
from opale.reservations.states import ReservationState

S = ReservationState
AWAY_UNTIL: Final = 3
"""The week from which on nobody of BUILD is absent."""
TASKS: Final = {
    Family.VPN: ("routage et bascule", "routing and cut-over"),
    Family.MANAGED_HOSTING: ("plateforme et sauvegardes", "platform and backups"),
    Family.COLOCATION: ("pose et brassage", "installation and cabling"),
}
INSIDE: Final = (
    ("R&D : automatisation des CPE", Function.BUILD_ENGINEER, 3, "2"),
    ("Renouvellement des pare-feu du cœur", Function.CORE_ENGINEER, 5, "3"),
    ("Recette de la nouvelle baie de stockage", Function.PROVISIONER, 2, "4"),
)
CHANGES: Final = (
    ("Audit de la connectivité", "Review of the connectivity"),
    ("Migration vers IPv6", "Move to IPv6"),
    ("Second lien de secours", "A second backup link"),
    ("Refonte du plan d'adressage", "New addressing plan"),
    ("Montée de version des hyperviseurs", "Upgrade of the hypervisors"),
    ("Segmentation du réseau", "Segmentation of the network"),
    ("Recette de la reprise sur sinistre", "Acceptance of the disaster recovery"),
    ("Passage en haute disponibilité", "High availability for the platform"),
    ("Supervision des applications", "Monitoring of the applications"),
)
POWER_OF_A_SITE: Final = Decimal(96)
"""The power of a datacentre, in kW: less than that of all its racks together."""
HEIGHT: Final = 2
"""The rack units of a server."""
POWER: Final = Decimal("0.25")
"""What a server draws, in kW."""
MOST_SERVERS: Final = 8
"""The servers of a rack whose place is known."""
AFTER = ("orders",)
"""The modules that are loaded before this one."""


def load(company: DemoCompany) -> None:
    create_reservations(
        company.random(7), company.staff, company.portfolio, company.estate, company.now
    )


@dataclass(slots=True)
class Booking:
    """Tracks when each person is free again, in weeks from now, so that no week is booked twice."""

    monday: date
    free_from: dict[int, int]

    def take(self, person: Person, weeks: int, rest: int = 0) -> DateRange:
        first = self.free_from.get(person.pk, 0)
        self.free_from[person.pk] = first + weeks + rest
        since = self.monday + timedelta(weeks=first)
        return DateRange(since, since + timedelta(weeks=weeks, days=-2))


def create_reservations(
    rng: Random, staff: Staff, portfolio: Portfolio, estate: Estate, now: datetime
) -> None:
    """Write pools and reservations as rows, which the database still checks."""
    installed = create_stock(estate)
    monday = now.date() - timedelta(days=now.date().weekday())
    away = staff.by_team["Ingénierie BUILD"][:2]
    booking = Booking(monday, {person.pk: AWAY_UNTIL for person in away})
    made: list[tuple[Reservation, list[ReservationLine]]] = [
        *_of_servers(installed, now),
        *_of_orders(rng, staff, estate, installed, booking, now),
        *_of_customers(rng, staff, portfolio, booking, now),
        *_of_the_house(staff, booking, now),
        _overbooked(staff, booking, now),
    ]
    rows = Reservation.objects.bulk_create(reservation for reservation, _lines in made)
    for row, (_reservation, lines) in zip(rows, made, strict=True):
        for line in lines:
            line.reservation = row
    ReservationLine.objects.bulk_create(line for _reservation, lines in made for line in lines)


def create_stock(estate: Estate) -> dict[ConfigurationItem, list[ConfigurationItem]]:
    """Create the pools of each datacentre and of its racks; return the servers of each rack."""
    for site in estate.sites:
        if site.kind == Site.Kind.DATACENTRE:
            CapacityPool.objects.create(
                name=f"{site.code} · {Unit.POWER}",
                site=site,
                unit=Unit.POWER,
                capacity=POWER_OF_A_SITE,
            )
            derive_pools(site, by=system("demo"))
    found: dict[ConfigurationItem, list[ConfigurationItem]] = {rack: [] for rack in estate.racks}
    for upper, lower, _group in estate.links:
        if upper.kind == ConfigurationItem.Kind.HOST and lower in found:
            found[lower].append(upper)
    for servers in found.values():
        del servers[MOST_SERVERS:]
    return found


def _of_servers(
    installed: Mapping[ConfigurationItem, Sequence[ConfigurationItem]], now: datetime
) -> Iterator[tuple[Reservation, list[ReservationLine]]]:
    """Yield what installed servers use: their units, from the bottom, and their power."""
    power = _power_pools()
    for rack, servers in installed.items():
        units = units_of(rack)
        for place, server in enumerate(servers):
            days = DateRange(now.date() - timedelta(days=400), None)
            held = [
                ReservationLine(item=rack, unit=unit, days=days)
                for unit in units[place * HEIGHT : (place + 1) * HEIGHT]
            ]
            held.append(ReservationLine(pool=power[rack.pk], quantity=POWER, days=days))
            french = rack.site is None or rack.site.country == "FR"
            yield (
                Reservation(
                    purpose=f"{server.name} {'installé' if french else 'installed'}",
                    customer=server.customer,
                    state=S.CONSUMED,
                    made_at=now - timedelta(days=400),
                ),
                held,
            )


def _power_pools() -> dict[int, CapacityPool]:
    rows = CapacityPool.objects.filter(unit=Unit.POWER, item__isnull=False)
    return {pool.item_id or 0: pool for pool in rows}


def _of_orders(
    rng: Random,
    staff: Staff,
    estate: Estate,
    installed: Mapping[ConfigurationItem, Sequence[ConfigurationItem]],
    booking: Booking,
    now: datetime,
) -> Iterator[tuple[Reservation, list[ReservationLine]]]:
    experts = staff.by_function[Function.BUILD_ENGINEER]
    technicians = staff.by_function[Function.PROVISIONER]
    leaders = staff.by_function[Function.PROJECT_MANAGER]
    emptiest = estate.racks[::-1]
    emptiest.sort(key=lambda rack: len(installed[rack]))
    racks = iter(emptiest)
    power = _power_pools()
    lines = OrderLine.objects.filter(
        state__in=CHANGEABLE, order__level=Order.Level.PRODUCT, offering__isnull=False
    ).select_related("order__customer", "offering")
    for place, line in enumerate(lines.order_by("order__number", "position")):
        family = line.offering.family if line.offering else ""
        if family not in TASKS:
            continue
        order, customer = line.order, line.order.customer
        begun = order.state == "inProgress"
        held = []
        if family == Family.COLOCATION:
            # The project of an order in progress holds its stock itself.
            if not begun:
                rack = next(racks)
                days = DateRange(booking.monday, None)
                free = units_of(rack)[len(installed[rack]) * HEIGHT :]
                held += [ReservationLine(item=rack, unit=unit, days=days) for unit in free]
                held.append(ReservationLine(pool=power[rack.pk], quantity=Decimal(4), days=days))
        else:
            expert = experts[place % (len(experts) - 1)]
            days = booking.take(expert, rng.randint(2, 4))
            held.append(ReservationLine(person=expert, quantity=Decimal(5), days=days))
        technician = technicians[place % len(technicians)]
        days = booking.take(technician, rng.randint(1, 2), rest=place % 2)
        held.append(ReservationLine(person=technician, quantity=Decimal(4), days=days))
        yield (
            Reservation(
                purpose=f"{order.reference} · {_task(family, customer)}",
                source=line.source,
                customer=customer,
                holder=leaders[place % len(leaders)],
                state=S.CONFIRMED if begun else S.TENTATIVE,
                probability=None if begun else rng.choice((40, 60, 80)),
                expires_at=None if begun else now + timedelta(days=rng.randint(2, 12)),
                made_at=now - timedelta(days=rng.randint(1, 9), hours=rng.randint(0, 8)),
            ),
            held,
        )


def _of_customers(
    rng: Random, staff: Staff, portfolio: Portfolio, booking: Booking, now: datetime
) -> Iterator[tuple[Reservation, list[ReservationLine]]]:
    """Yield smaller work for customers after the orders; one expert stays on the bench."""
    experts = staff.by_function[Function.BUILD_ENGINEER][:-1]
    experts += staff.by_function[Function.CORE_ENGINEER][:2]
    leaders = staff.by_function[Function.PROJECT_MANAGER]
    for place, account in enumerate(rng.sample(list(portfolio.accounts), len(CHANGES))):
        french, english = CHANGES[place]
        customer, expert = account.customer, experts[place % len(experts)]
        sure = place % 3 != 2
        days = booking.take(expert, rng.randint(1, 3), rest=place % 2)
        yield (
            Reservation(
                purpose=french if customer.language == "fr" else english,
                customer=customer,
                holder=leaders[place % len(leaders)],
                state=S.CONFIRMED if sure else S.TENTATIVE,
                probability=None if sure else 50,
                expires_at=None if sure else now + timedelta(days=3 + place),
                made_at=now - timedelta(days=4 + place),
            ),
            [ReservationLine(person=expert, quantity=Decimal(rng.choice((4, 6, 7, 8))), days=days)],
        )


def _of_the_house(
    staff: Staff, booking: Booking, now: datetime
) -> Iterator[tuple[Reservation, list[ReservationLine]]]:
    """Yield internal work that no customer ordered."""
    for purpose, function, weeks, hours in INSIDE:
        people = staff.by_function[function][-2:]
        yield (
            Reservation(
                purpose=purpose,
                holder=people[-1],
                state=S.CONFIRMED,
                made_at=now - timedelta(days=12),
            ),
            [
                ReservationLine(
                    person=person, quantity=Decimal(hours), days=booking.take(person, weeks)
                )
                for person in people
            ],
        )


def _overbooked(
    staff: Staff, booking: Booking, now: datetime
) -> tuple[Reservation, list[ReservationLine]]:
    """Return a week in which a person is overbooked, with its approval."""
    expert = staff.by_function[Function.BUILD_ENGINEER][2]
    leader = staff.by_function[Function.PROJECT_MANAGER][0]
    since = booking.monday + timedelta(weeks=1)
    return (
        Reservation(
            purpose="Bascule de nuit du pare-feu mutualisé",
            holder=leader,
            state=S.CONFIRMED,
            approved_by=staff.teams["Ingénierie BUILD"].manager,
            approval_reason="Fenêtre imposée par l'opérateur, récupération la semaine suivante.",
            made_at=now - timedelta(days=2),
        ),
        [
            ReservationLine(
                person=expert,
                quantity=Decimal(6),
                days=DateRange(since, since + timedelta(days=3)),
                overbooked=True,
            )
        ],
    )


def _task(family: str, customer: Customer | None) -> str:
    french, english = TASKS[Family(family)]
    return french if customer is None or customer.language == "fr" else english
