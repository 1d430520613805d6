"""Who does the work says that the service works again, and the owner is shown what came back."""

import json

import pytest
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed
from opale.kernel.states import moves_of
from opale.run.desk.actions import (
    assignments,
    lifecycle,
    ownership,
    ticket_creation,
    unread_tickets,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Assignment, Kind, News, Source, Ticket
from opale.run.desk.tests.assignments import Works, colleague_of, engineer_of, expert_of, make_works
from opale.run.desk.tests.builders import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> Works:
    return make_works()


@pytest.fixture
def ticket(works: Works) -> Ticket:
    return ownership.take_ticket(make_ticket(works.house), by=works.agent)


def test_level_3_restores_with_accepted_work_and_the_owner_is_shown_it(
    works: Works, ticket: Ticket
) -> None:
    expert = expert_of(works.expert, works.level_3)
    work = assignments.request_work(ticket, WorkRequest(team=works.level_3), by=works.agent)
    with pytest.raises(IllegalMove):
        lifecycle.restore_by_work(work, by=expert, at=clock.now())
    assignments.accept_assignment(work, by=expert)
    assert not News.objects.exists()
    restored = lifecycle.restore_by_work(work, by=expert, at=clock.now())
    assert restored.restored_at is not None
    assert restored.owner_id == ticket.owner_id
    assert News.objects.get().ticket == ticket
    assert [move.actor for move in moves_of(Ticket, ticket.pk) if move.move == "restore"] == [
        expert.key
    ]
    with pytest.raises(Conflict):
        lifecycle.restore_by_work(work, by=expert, at=clock.now())
    assert Assignment.objects.get().state == "accepted"


def test_work_of_another_team_of_the_group_or_a_supplier_restores_nothing(
    works: Works, ticket: Ticket
) -> None:
    theirs, group, supplier = (
        assignments.request_work(ticket, ask, by=works.agent)
        for ask in (
            WorkRequest(team=works.level_2),
            WorkRequest(team=works.group),
            WorkRequest(supplier=works.carrier),
        )
    )
    colleague = colleague_of(works.colleague, works.group)
    assignments.accept_assignment(theirs, by=engineer_of(works.engineer))
    assignments.accept_assignment(group, by=colleague)
    assignments.accept_assignment(supplier, by=works.agent)
    expert = expert_of(works.expert, works.level_3)
    for work, by in ((theirs, expert), (group, colleague), (supplier, works.agent)):
        with pytest.raises(NotAllowed):
            lifecycle.restore_by_work(work, by=by, at=clock.now())
    ticket.refresh_from_db()
    assert ticket.restored_at is None


def test_the_owner_is_shown_that_work_came_back_or_is_done(works: Works, ticket: Ticket) -> None:
    engineer = engineer_of(works.engineer)
    for ended in ("returned", "done"):
        work = assignments.request_work(ticket, WorkRequest(team=works.level_2), by=works.agent)
        assignments.accept_assignment(work, by=engineer)
        assert not News.objects.exists()
        if ended == "done":
            assignments.finish_assignment(work, "fixed", by=engineer)
        else:
            assignments.return_assignment(work, "deeper", by=engineer)
        assert News.objects.get().ticket == ticket
        unread_tickets.mark_read(ticket, by=engineer)
        unread_tickets.mark_read(ticket, by=works.agent)


def test_who_restores_his_own_ticket_is_told_nothing(works: Works, ticket: Ticket) -> None:
    lifecycle.restore_service(ticket, by=works.agent, at=clock.now())
    assert not News.objects.exists()


def test_a_core_engineer_restores_by_the_api_and_by_the_page_of_the_work(
    personas: Personas,
) -> None:
    agent, engineer = personas.actor("desk_agent"), personas.client("core_engineer")
    for way in ("api", "page"):
        ticket = ticket_creation.receive_ticket(
            NewTicket(subject="Lien coupé", source=Source.MAIL, kind=Kind.INCIDENT), by=agent
        )
        work = assignments.request_work(
            ticket, WorkRequest(team=personas.teams["core_engineer"]), by=agent
        )
        page, door = f"/tickets/{ticket.number}/", f"/assignments/{work.pk}/restoration"
        assert door not in engineer.get(page).content.decode()
        assignments.accept_assignment(work, by=personas.actor("core_engineer"))
        assert door in engineer.get(page).content.decode()
        if way == "api":
            answer = engineer.post(f"/api/v1{door}", json.dumps({}), "application/json")
            assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
        else:
            form = engineer.get(f"{door}/")
            assert "Restore service" in form.content.decode()
            wrong = engineer.post(f"{door}/", {"at": "2020-01-01 10:00"})
            assert wrong.status_code == 422
            assert engineer.post(f"{door}/", {"at": "now"}).status_code == 302
        ticket.refresh_from_db()
        assert ticket.restored_at is not None
        assert door not in engineer.get(page).content.decode()
