"""The demo's designs are in every state that people see."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.hashers import make_password

from opale.delivery.designs.models import Design, DesignCheck, DesignPlace
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.queries import staleness
from opale.delivery.designs.states import OPEN, DesignState
from opale.demo.app_data.designs import DESIGNS, create_designs, recheck_designs
from opale.demo.app_data.projects import create_projects
from opale.demo.app_data.reservations import create_stock
from opale.demo.company import create_company
from opale.demo.estate import create_estate
from opale.demo.portfolio import create_portfolio
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.reservations.models import Reservation, ReservationLine


def stale(design: Design) -> list[str]:
    """Why the last check of a design does not hold any more."""
    version = design.versions.get(number=design.version)
    found = design_queries.last_check(version, seen_by=system("demo"))
    return staleness.stale_because(design, version, found, at=clock.now()) if found else []


@pytest.mark.django_db
def test_the_designs_of_the_demo_are_in_every_state() -> None:
    now, rng = clock.now().replace(microsecond=0), Random(7)
    encoded = make_password("none")
    with attributed(system("demo")):
        starts = now - timedelta(days=30)
        staff = create_company(rng, now=now, starts=starts, encoded=encoded)
        portfolio = create_portfolio(rng, staff, count=40, now=now, encoded=encoded)
        create_stock(create_estate(rng, portfolio))
        create_projects(staff, portfolio, now)
        create_designs(Random(16), staff, portfolio, now)
        assert any(stale(design) for design in Design.objects.filter(state__in=OPEN))
        recheck_designs()
    assert not any(stale(design) for design in Design.objects.filter(state__in=OPEN))
    designs = list(design_queries.designs(seen_by=system("demo")))
    assert len(designs) == len(DESIGNS)
    assert {one.state for one in designs} == set(DesignState.values)
    assert {one.version for one in designs} == {1, 2}
    assert not all(DesignCheck.objects.values_list("feasible", flat=True))
    assert Reservation.objects.filter(source__startswith="designs.").exists()
    places = DesignPlace.objects.select_related("version__design")
    named = ReservationLine.objects.filter(item__isnull=False, holds=True)
    (place,) = places.exclude(version__design__state=DesignState.ACCEPTED)
    own = named.filter(reservation__source=place.version.source, item=place.item)
    assert sorted(own.values_list("unit", flat=True)) == sorted(place.units)
    assert len(place.units) == 12
    for design in designs:
        assert design.architect_id == design.customer.architect_id
        assert (design.order is not None) == (design.state == DesignState.ACCEPTED)
