"""Designs of the personas' customer, people who could deliver them, and stock to hold."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.personas import Personas

from opale.customers.models import Contact, Family, Offering
from opale.customers.tests.builders import make_offering
from opale.delivery.designs.actions import designs, documents, lifecycle, reservations
from opale.delivery.designs.models import Acceptance, Design, DesignCheck
from opale.delivery.projects.queries.workdays import today
from opale.infrastructure.models import CapacityPool, Site
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.organisation.models import PersonSkill, Skill
from opale.reservations.actions.reservations import Line, NewReservation, reserve
from opale.reservations.models import Reservation

MAKER = system("test")
SKILLS = {
    "build_engineer": (("IP/MPLS", 4),),
    "provisioner": (("IP/MPLS", 2),),
    "core_engineer": (("Power and cooling", 3),),
}
FAMILIES = {
    "colo": Family.COLOCATION,
    "inet": Family.CONNECTIVITY,
    "vpn": Family.VPN,
    "other": Family.OTHER,
}


def able(house: Personas) -> Personas:
    """Everybody has the skills that the catalogue's families ask of the function."""
    with attributed(MAKER):
        for function, skills in SKILLS.items():
            for name, level in skills:
                skill, _new = Skill.objects.get_or_create(name=name)
                PersonSkill.objects.get_or_create(
                    person=house.people[function], skill=skill, defaults={"level": level}
                )
        Contact.objects.filter(pk=house.contact.pk).update(may_order=True)
        house.contact.refresh_from_db()
    return house


def stock(
    units: str = "100", power: str = "20", site: Site | None = None
) -> tuple[CapacityPool, CapacityPool]:
    with attributed(MAKER):
        place = site.code if site else "anywhere"
        hall = CapacityPool.objects.create(
            name=f"Hall U {place}", unit="U", capacity=Decimal(units), site=site
        )
        feed = CapacityPool.objects.create(
            name=f"Hall kW {place}", unit="kW", capacity=Decimal(power), site=site
        )
    return hall, feed


def datacentre(code: str = "PAR1") -> Site:
    with attributed(MAKER):
        return Site.objects.create(
            code=code, name=f"Datacentre {code}", kind=Site.Kind.DATACENTRE, country="FR"
        )


def offering(code: str) -> Offering:
    known = Offering.objects.filter(code=code).first()
    return known or make_offering(code, family=FAMILIES[code], name_en=code, name_fr=code)


def make_design(
    house: Personas, *what: tuple[str, int], by: Actor = MAKER, **fields: Any
) -> Design:
    """So many pieces of these offerings, without a site."""
    design = designs.create_design(
        house.customer, fields.pop("title", "Two cabinets"), by=by, **fields
    )
    for code, quantity in what or (("colo", 1),):
        designs.add_line(design, offering(code), by=by, quantity=quantity)
    design.refresh_from_db()
    return design


def checked(design: Design, by: Actor = MAKER) -> DesignCheck:
    found = lifecycle.check_design(design, by=by)
    design.refresh_from_db()
    assert found.feasible, found.result["missing"]
    return found


def quoted(design: Design, *, held: bool = False, by: Actor = MAKER) -> Design:
    checked(design, by)
    if held:
        reservations.reserve_design(design, by=by)
    lifecycle.quote_design(design, by=by)
    design.refresh_from_db()
    return design


def accepted(design: Design, house: Personas, **fields: Any) -> Acceptance:
    said: dict[str, Any] = {"mail": "From Zoë Adams, 3 March, “Go ahead”"} | fields
    return documents.attach_acceptance(
        design, by=MAKER, contact=house.contact, accepted_on=today(), **said
    )


def take(
    pool: CapacityPool,
    quantity: str,
    *,
    until: date | None = None,
    since: date | None = None,
    **asked: Any,
) -> Reservation:
    """Somebody else holds a part of a pool."""
    line = Line(pool=pool, quantity=Decimal(quantity), since=since or today(), until=until)
    return reserve(
        NewReservation(purpose=asked.pop("purpose", "BETA"), lines=(line,), **asked), by=MAKER
    )


def busy(house: Personas, function: str, hours: str, days: int) -> Reservation:
    """Hours of somebody are held by others, from today on."""
    line = Line(
        person=house.people[function],
        quantity=Decimal(hours),
        since=today(),
        until=today() + timedelta(days=days),
    )
    return reserve(NewReservation(purpose="Another customer", lines=(line,)), by=MAKER)


def days_of(found: DesignCheck, key: str) -> Sequence[dict[str, Any]]:
    packages: list[dict[str, Any]] = found.result["packages"]
    return [one for one in packages if one["key"] == key]
