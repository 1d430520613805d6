"""Who is told of tickets assigned to them, and of escalations."""

from typing import Any

import pytest
from tests.personas import Personas, make_personas

from opale.kernel.actor import system
from opale.notifications.models import Notification
from opale.organisation.models import Person
from opale.run.desk.actions import assignments
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.owner_notifications import EACH
from opale.run.desk.actions.ownership import give_ticket, give_tickets, take_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Assignment, Source, Ticket
from opale.run.desk.models.escalation import Outcome, ReturnReason


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


def ticket(house: Personas, subject: str = "Line down") -> Ticket:
    new = NewTicket(subject=subject, source=Source.PHONE, customer=house.customer)
    return receive_ticket(new, by=system("test"))


def taken(house: Personas) -> Ticket:
    made = ticket(house)
    return take_ticket(made, by=house.actor("desk_agent"), seen_owner_id=made.owner_id)


def unread() -> list[tuple[str, Person]]:
    rows = Notification.objects.filter(read_at=None).select_related("person").order_by("id")
    return [(row.kind.removeprefix("desk."), row.person) for row in rows]


def test_who_is_assigned_a_ticket_by_somebody_else_is_told_until_it_is_taken(
    house: Personas,
) -> None:
    held, engineer = taken(house), house.people["run_engineer"]
    assert unread() == []  # what one takes oneself is no news
    held = give_ticket(held, engineer, by=house.actor("desk_agent"))
    assert unread() == [("assigned", engineer)]
    assert Notification.objects.get().values["ticket"] == held.reference
    take_ticket(held, by=house.actor("run_engineer"))
    assert unread() == []


def test_a_former_owner_is_not_asked_any_longer(house: Personas) -> None:
    by, held = house.actor("desk_agent"), taken(house)
    held = give_ticket(held, house.people["run_engineer"], by=by)
    give_ticket(held, house.people["core_engineer"], by=by, seen_owner_id=held.owner_id)
    assert unread() == [("assigned", house.people["core_engineer"])]


def test_many_tickets_at_once_are_one_news(house: Personas) -> None:
    made = [ticket(house, f"Line {n} down") for n in range(EACH + 1)]
    engineer = house.people["run_engineer"]
    give_tickets(made, engineer, by=house.actor("desk_agent"))
    assert unread() == [("many_assigned", engineer)]
    assert Notification.objects.get().values["tickets"] == str(EACH + 1)


def escalated(house: Personas, **options: Any) -> Assignment:
    ask = WorkRequest(team=house.teams["core_engineer"], **options)
    return assignments.request_work(taken(house), ask, by=house.actor("desk_agent"))


def test_the_leads_of_a_team_are_told_until_somebody_accepts(house: Personas) -> None:
    asked = escalated(house)
    assert {kind for kind, _person in unread()} == {"work_requested"}
    assert asked.team is not None
    assert asked.team.manager in [person for _kind, person in unread()]
    assignments.accept_assignment(asked, by=house.actor("core_engineer"))
    assert unread() == []


def test_who_is_named_is_told_alone(house: Personas) -> None:
    escalated(house, person=house.people["core_engineer"])
    assert unread() == [("work_requested", house.people["core_engineer"])]


@pytest.mark.parametrize("ends", ["completed", "returned"])
def test_the_owner_is_told_what_became_of_the_work(house: Personas, ends: str) -> None:
    asked, by = escalated(house), house.actor("core_engineer")
    assignments.accept_assignment(asked, by=by)
    if ends == "completed":
        assignments.finish_assignment(asked, Outcome.values[0], by=by)
    else:
        assignments.return_assignment(asked, ReturnReason.values[0], by=by)
    assert unread() == [(f"work_{ends}", house.people["desk_agent"])]


def test_work_that_is_withdrawn_asks_nobody(house: Personas) -> None:
    assignments.withdraw_assignment(escalated(house), by=house.actor("desk_agent"))
    assert unread() == []
