"""Projects of the personas' customer, opened by orders as they are in the house."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.personas import Personas

from opale.customers.models import Family, Offering
from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions import moves, orders
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import order_sync, projects
from opale.delivery.projects.models import Project, WorkPackage
from opale.infrastructure.models import CapacityPool
from opale.kernel.actor import system
from opale.organisation.models import Person
from opale.reservations.models import ReservationLine

MAKER = system("test")
PARIS = ZoneInfo("Europe/Paris")
SUMMER = datetime(2027, 7, 1, 9, tzinfo=PARIS)
"""A Thursday."""
OFFERINGS = {
    "colo": Family.COLOCATION,
    "inet": Family.CONNECTIVITY,
    "vpn": Family.VPN,
    "host": Family.MANAGED_HOSTING,
    "other": Family.OTHER,
}


def offering(code: str) -> Offering:
    known = Offering.objects.filter(code=code).first()
    return known or make_offering(code, family=OFFERINGS[code], name_en=code, name_fr=code)


def begun_order(house: Personas, *what: tuple[str, int], wanted: str = "", **said: Any) -> Order:
    """An order of so many pieces of these offerings, on which work has begun."""
    lines = tuple(
        NewLine(offering=offering(code), quantity=quantity, **said) for code, quantity in what
    )
    order = orders.create_order(
        NewOrder(customer=house.customer, lines=lines, wanted_text=wanted), by=MAKER
    )
    return moves.move_order(order, START, by=MAKER)


def make_project(house: Personas, *what: tuple[str, int], wanted: str = "", **said: Any) -> Project:
    order = begun_order(house, *(what or (("vpn", 1),)), wanted=wanted, **said)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    return Project.objects.get(pk=project.pk)


def package(project: Project, key: str, piece: int = 0) -> WorkPackage:
    return WorkPackage.objects.select_related("project", "line").get(
        project=project, key=key, piece=piece
    )


def led(project: Project, house: Personas) -> Project:
    """With a manager, by an exception where the policy asks for another seniority."""
    people: dict[str, Person] = house.people
    projects.assign_manager(
        project,
        people["project_manager"],
        by=MAKER,
        exception_by=people["administrator"],
        exception_reason="Nobody else is free",
    )
    return Project.objects.get(pk=project.pk)


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def pool(unit: str, capacity: str = "100") -> CapacityPool:
    return CapacityPool.objects.create(name=f"Hall {unit}", unit=unit, capacity=Decimal(capacity))


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)
