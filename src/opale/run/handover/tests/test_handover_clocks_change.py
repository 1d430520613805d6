"""The nights on which the clocks change, from the pattern to the acceptance in the morning."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.models import Ownership
from opale.run.desk.tests.builders import make_house
from opale.run.handover.actions import cards
from opale.run.handover.models import Handover
from opale.run.handover.tests.builders import (
    TEST,
    Change,
    actor,
    after,
    item,
    owned,
    owner_of,
    run_clock,
    the_handover,
)
from opale.run.shifts.actions.patterns import PatternTerms, add_line, create_pattern
from opale.run.shifts.actions.roster import draw_patterns, publish_roster
from opale.run.shifts.models import Duty

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)


def local(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS)


def rostered(change: Change, person: Person, since: date, hours: str, role: str) -> None:
    sheet = PatternTerms(
        name=hours, role=role, time_zone="Europe/Paris", first_day=since, days=[[hours]]
    )
    add_line(create_pattern(change.house.desk, sheet, by=TEST), person, by=TEST, since=since)


@pytest.mark.parametrize(
    ("evening", "hours"), [(date(2027, 3, 27), 7), (date(2027, 10, 30), 9), (date(2027, 6, 1), 8)]
)
def test_a_night_of_seven_eight_or_nine_hours_is_handed_over_at_six(
    evening: date, hours: int
) -> None:
    house = make_house()
    with attributed(TEST):
        ines = Person.objects.create(
            company=house.manager.company, name="Inès Roux", email="i@n.example", seniority="senior"
        )
    six = local(evening + timedelta(days=1), 6)
    change = Change(house, house.agent, house.other, ines, ines, six)
    with clock.travel(local(evening, 21) - clock.now()):
        rostered(change, house.agent, evening, "22:00-06:00", "lead")
        rostered(change, ines, evening, "06:00-14:00", "lead")
        draw_patterns(house.desk, by=TEST, at=clock.now())
        publish_roster(house.desk, by=TEST, at=clock.now(), until=six + 2 * HOUR)
    night = Duty.objects.get(person=house.agent)
    assert (night.starts, night.ends) == (local(evening, 22), six)
    assert (night.ends.timestamp() - night.starts.timestamp()) / 3600 == hours
    with after(change, -60 * (hours - 1)):
        ticket = owned(change, house.agent, urgent=True)
        run_clock()
        assert not Handover.objects.exists()
    with after(change, -29):
        run_clock()
        assert the_handover().ends_at == six
        assert item(ticket).proposed == ines
    with after(change, 14):
        run_clock()
        assert owner_of(ticket) == house.agent
    with after(change, 16):
        run_clock()
        assert (owner_of(ticket), item(ticket).state) == (ines, "with_lead")
        cards.accept_card(item(ticket), by=actor(ines))
    chain = list(Ownership.objects.filter(ticket=ticket).order_by("starts"))
    assert all(one.ends == following.starts for one, following in pairwise(chain))
    assert chain[-1].person == ines
