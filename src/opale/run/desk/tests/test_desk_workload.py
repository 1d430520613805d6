"""What came to a team, for who plans its shifts: tickets of the desk, work asked of others."""

from datetime import timedelta

import pytest

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import assignments, ownership
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Assignment, Ticket, TimeEntry
from opale.run.desk.queries.workload import TYPICAL, TicketBacklog
from opale.run.desk.tests.assignments import Works, engineer_of, make_works
from opale.run.desk.tests.builders import make_ticket
from opale.run.shifts.ports import backlog_sources

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = TicketBacklog()


@pytest.fixture
def works() -> Works:
    return make_works()


def asked(works: Works) -> Assignment:
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    return assignments.request_work(
        ticket, WorkRequest(team=works.level_2, tried=["ping"]), by=works.agent
    )


def test_a_ticket_of_the_desk_is_a_look_and_the_rest_in_its_stream(works: Works) -> None:
    ticket = make_ticket(works.house)
    Ticket.objects.filter(pk=ticket.pk).update(stream="solution")
    now = clock.now()
    jobs = list(SOURCE.jobs(works.house.desk.pk, now - DAY, now + DAY))
    assert [one.part for one in jobs] == ["solution", "solution"]
    assert sum((one.effort for one in jobs), timedelta()) == TYPICAL
    assert [slug for slug, _label in SOURCE.parts(works.house.desk.pk)] == ["corporate", "solution"]


def test_work_asked_of_level_2_is_its_own_with_its_time_and_its_promise(works: Works) -> None:
    first, second = asked(works), asked(works)
    now = clock.now()
    promised = now + 5 * HOUR
    assignments.accept_assignment(
        first, by=engineer_of(works.engineer), promised_at=promised, reference=""
    )
    with attributed(system("test")):
        for person, hours in ((works.engineer, 2), (works.house.agent, 7)):
            TimeEntry.objects.create(
                ticket=first.ticket, person=person, starts=now - hours * HOUR, ends=now
            )
    jobs = {one.arrived: one for one in SOURCE.jobs(works.level_2.pk, now - DAY, clock.now() + DAY)}
    assert len(jobs) == 2
    assert jobs[first.asked_at].effort == 2 * HOUR  # what the desk spent is the desk's
    assert jobs[second.asked_at].effort == 2 * HOUR  # as long as others took
    due = jobs[first.asked_at].due
    assert due is not None
    assert due <= promised
    assert list(SOURCE.parts(works.level_2.pk)) == []


def test_what_was_withdrawn_is_no_work_and_nobody_elses(works: Works) -> None:
    now = clock.now()
    assignment = asked(works)
    assert list(SOURCE.jobs(works.level_3.pk, now - DAY, now + DAY)) == []
    assert list(SOURCE.teams(now - DAY, clock.now() + DAY)) == [works.level_2.pk]
    with attributed(system("test")):
        Assignment.objects.filter(pk=assignment.pk).update(state="withdrawn", ended_at=clock.now())
    assert list(SOURCE.jobs(works.level_2.pk, now - DAY, now + DAY)) == []


def test_the_rosters_know_this_source() -> None:
    assert [type(one) for one in backlog_sources()] == [TicketBacklog]
