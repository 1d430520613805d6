"""Level 3 work takes hours on the calendar of who accepted it, and gives them back with its end."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localtime

from opale.kernel import clock
from opale.kernel.actor import system
from opale.reservations.models import BusyTime
from opale.reservations.queries.load import load_map
from opale.run.desk.actions import assignments, ownership
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Ticket
from opale.run.desk.models.escalation import Outcome
from opale.run.desk.tests.assignments import Works, engineer_of, expert_of, make_works
from opale.run.desk.tests.builders import make_ticket

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def works() -> Works:
    return make_works()


@pytest.fixture
def ticket(works: Works) -> Ticket:
    return ownership.take_ticket(make_ticket(works.house), by=works.agent)


def taken() -> list[tuple[int, str, timedelta]]:
    return [
        (row.person_id, row.kind, row.period.upper - row.period.lower)
        for row in BusyTime.objects.exclude(source__startswith="shifts.")
    ]


def test_accepted_level_3_work_takes_hours_until_its_promised_end(
    works: Works, ticket: Ticket
) -> None:
    expert = expert_of(works.expert, works.level_3)
    work = assignments.request_work(ticket, WorkRequest(team=works.level_3), by=works.agent)
    assert taken() == []
    promised = clock.now() + timedelta(days=7)
    work = assignments.accept_assignment(work, by=expert, promised_at=promised)
    assert work.accepted_at is not None
    assert taken() == [(works.expert.pk, "level3", promised - work.accepted_at)]
    ahead: date = localtime(clock.now()).date()
    found = load_map(seen_by=BY, since=ahead, weeks=2)
    row = next(row for row in found.rows if row.person == works.expert)
    hours = [(week.level3, week.available) for week in row.weeks]
    assert sum(level3 for level3, _available in hours) > 0
    assert all(level3 <= available for level3, available in hours)
    assignments.finish_assignment(work, Outcome.values[0], by=expert)
    assert all(length < timedelta(minutes=5) for _person, _kind, length in taken())


def test_without_a_promise_it_takes_four_hours_and_other_levels_take_none(
    works: Works, ticket: Ticket
) -> None:
    own = assignments.request_work(ticket, WorkRequest(team=works.level_3), by=works.agent)
    other = assignments.request_work(ticket, WorkRequest(team=works.level_2), by=works.agent)
    assignments.accept_assignment(other, by=engineer_of(works.engineer))
    assignments.accept_assignment(own, by=expert_of(works.expert, works.level_3))
    assert taken() == [(works.expert.pk, "level3", timedelta(hours=4))]
