"""Plans are made on the day of the company that operates, wherever whoever reads them is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.personas import Personas

from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.tests.builders import MAKER, make_project
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.organisation.models import Company
from opale.organisation.queries.reference import home_day

pytestmark = pytest.mark.django_db
EVENING = datetime(2027, 3, 1, 20, 30, tzinfo=ZoneInfo("UTC"))
"""In Auckland it is the next morning."""


def moved_to(zone: str) -> None:
    with attributed(MAKER):
        Company.objects.filter(operates=True).update(time_zone=zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Auckland", date(2027, 3, 2)),
        ("Europe/Paris", date(2027, 3, 1)),
        ("America/Los_Angeles", date(2027, 3, 1)),
    ],
)
def test_a_project_begins_on_the_day_of_the_company(
    zone: str, day: date, personas: Personas
) -> None:
    moved_to(zone)
    with clock.travel(EVENING - clock.now()):
        project = make_project(personas, wanted="2027-06-01T20:30:00Z")
        assert project.begins_on == day
        wished = date(2027, 6, 2) if "Auckland" in zone else date(2027, 6, 1)
        assert project.wanted_on == wished
        for reader in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
            with timezone.override(reader):
                assert today() == day


def test_a_company_that_moves_is_heard_of_at_once(personas: Personas) -> None:
    moved_to("Europe/Paris")
    assert home_day(EVENING) == date(2027, 3, 1)
    moved_to("Pacific/Auckland")
    assert home_day(EVENING) == date(2027, 3, 2)
