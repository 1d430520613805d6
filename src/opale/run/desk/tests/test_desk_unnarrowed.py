"""Pages of a list that nothing narrows, by questions of a fixed shape: as the whole list has it."""

from datetime import datetime, timedelta

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.models import Commitment, Grade, Ticket
from opale.run.desk.queries import queue_order, ticket_lists
from opale.run.desk.queries.ticket_lists import NEWEST
from opale.run.desk.queries.unnarrowed import Unnarrowed
from opale.run.desk.tests.builders import House, agent_of
from opale.run.desk.tests.test_desk_queue_order import (
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
        with attributed(system("test")):
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
            (row,) = Unnarrowed.of(view, MONDAY_WORK).rows(9, seen_by=agent)
            assert [key for key, *_ in shown(row)] == [others[0].pk]
        (row,) = ticket_lists.with_list_columns(
            ticket_lists.tickets_in("open", seen_by=agent, at=MONDAY_WORK)
        )
        assert [key for key, *_ in shown(row)] == [others[0].pk]


def alike(found: list[Ticket], whole: list[Ticket]) -> None:
    assert found == whole
    assert [shown(row) for row in found] == [shown(row) for row in whole]


@pytest.mark.parametrize("moment", [SATURDAY, MONDAY_WORK])
def test_each_stretch_of_each_view_is_that_of_the_whole_view(
    house: House, moment: datetime
) -> None:
    service, agent = corporate(house), agent_of(house.agent)
    with standing_at(moment):
        for grade in (Grade.LOW, Grade.HIGH, Grade.HIGH):
            received(house, service, at=moment, grade=grade)
            received(house, at=moment - timedelta(hours=9), grade=grade)
        for view in ("triage", "mine", "due", "waiting", "open", "all"):
            rows = ticket_lists.tickets_in(view, seen_by=agent, at=moment)
            queue = queue_order.in_order(rows, moment)
            found = Unnarrowed.of(view, moment)
            newest = rows.order_by(*NEWEST)
            whole = list(
                ticket_lists.with_list_columns(newest if view == "all" else queue.sorted())
            )
            assert found.order == (NEWEST if view == "all" else queue.order)
            if view != "all":
                begins = [queue_order.starts_at(row, found.opening) for row in whole]
                assert begins == [queue.starts_at(row) for row in whole]
            for size in (1, 3, 50):
                alike(found.rows(size, seen_by=agent), whole[:size])
                alike(found.rows(size, seen_by=agent, back=True), whole[::-1][:size])
                for at, row in enumerate(whole):
                    place = [getattr(row, name.lstrip("-")) for name in found.order]
                    ahead = found.rows(size, seen_by=agent, place=place)
                    alike(ahead, whole[at + 1 :][:size])
                    back = found.rows(size, seen_by=agent, place=place, back=True)
                    alike(back, whole[:at][::-1][:size])
