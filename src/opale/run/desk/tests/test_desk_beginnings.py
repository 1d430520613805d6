"""How a list begins, asked by questions of a fixed shape: as the whole list does."""

from datetime import timedelta

import pytest

from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.run.desk import queries
from opale.run.desk.models import Commitment, Grade, Ticket
from opale.run.desk.queries.beginnings import NEWEST
from opale.run.desk.tests.builders import House, agent_of
from opale.run.desk.tests.test_desk_order import (
    MONDAY_WORK,
    SATURDAY,
    corporate,
    house,
    received,
    standing_at,
)

__all__ = ["house"]
pytestmark = pytest.mark.django_db


def shown(row: Ticket) -> list[tuple[object, ...]]:
    """The nearest clock that a line draws."""
    clocks: list[Commitment] = row.running  # type: ignore[attr-defined]  # read along
    return [(one.pk, one.measure, one.starts_at, one.due_at) for one in clocks]


def test_a_line_has_the_nearest_of_the_clocks_that_run(house: House) -> None:
    agent = agent_of(house.agent)
    with standing_at(MONDAY_WORK):
        ticket = received(house, corporate(house), grade=Grade.HIGH)
        one = Commitment.objects.get(ticket=ticket, met_at=None, due_at__isnull=False)
        due = one.due_at or MONDAY_WORK
        with acting(system("test")):
            others = [
                Commitment.objects.create(
                    ticket=ticket,
                    customer_id=one.customer_id,
                    measure=measure,
                    target=one.target,
                    coverage=one.coverage,
                    starts_at=one.starts_at,
                    due_at=due + timedelta(minutes=minutes),
                    met_at=MONDAY_WORK if met else None,
                )
                for measure, minutes, met in (
                    (Commitment.Measure.FIRST_RESPONSE, -1, False),
                    (Commitment.Measure.RESTORE, 1, False),
                    (Commitment.Measure.RESOLVE, -2, True),
                )
            ]
        for view in ("open", "all"):
            (row,) = queries.beginning(view, 9, seen_by=agent, at=MONDAY_WORK).rows
            assert [key for key, *_ in shown(row)] == [others[0].pk]
        (row,) = queries.for_list(queries.tickets_in("open", seen_by=agent, at=MONDAY_WORK))
        assert [key for key, *_ in shown(row)] == [others[0].pk]


def test_the_beginning_of_each_view_is_that_of_the_whole_view(house: House) -> None:
    service, agent = corporate(house), agent_of(house.agent)
    for moment in (SATURDAY, MONDAY_WORK):
        with standing_at(moment):
            for grade in (Grade.LOW, Grade.HIGH):
                received(house, service, at=moment, grade=grade)
                received(house, at=moment - timedelta(hours=9), grade=grade)
            for view in ("triage", "mine", "due", "waiting", "open"):
                rows = queries.tickets_in(view, seen_by=agent, at=moment)
                queue = queries.in_order(rows, moment)
                whole = list(queries.for_list(queue.sorted()))
                for size in (1, 3, 50):
                    found = queries.beginning(view, size, seen_by=agent, at=moment)
                    assert found.rows == whole[:size]
                    assert found.order == queue.order
                    assert [queue.starts_at(row) for row in found.rows] == [
                        queries.starts_at(row, found.opening) for row in whole[:size]
                    ]
                    assert [shown(r) for r in found.rows] == [shown(r) for r in whole[:size]]
            newest = queries.tickets_in("all", seen_by=agent, at=moment).order_by(*NEWEST)
            whole = list(queries.for_list(newest))
            found = queries.beginning("all", 3, seen_by=agent, at=moment)
            assert found.rows == whole[:3]
            assert [shown(r) for r in found.rows] == [shown(r) for r in whole[:3]]
