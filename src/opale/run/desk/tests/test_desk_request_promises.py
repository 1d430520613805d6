"""What a type of the catalogue promises, and the team that it names."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Team
from opale.run.desk.actions import approvals, classifications, commitments, requests
from opale.run.desk.models import Assignment, Commitment, Kind, RequestType, Ticket
from opale.run.desk.queries import clocks, triage
from opale.run.desk.tests.assignments import make_team
from opale.run.desk.tests.builders import House, agent_of, make_house, minutes_ago
from opale.run.desk.tests.catalogue import (
    access,
    ask,
    contact,
    contact_actor,
    datacentre,
    employee_of,
    kind,
    load,
)

FRIDAY = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
"""17:00 in Paris, an hour before the office closes, and the clocks change on Sunday."""


@pytest.fixture
def house(db: None) -> House:
    house = make_house()
    load()
    datacentre(house)
    return house


def setting(code: str, **fields: Any) -> None:
    with attributed(system("test")):
        RequestType.objects.filter(code=code).update(**fields)


def resolve_of(ticket: Ticket) -> Commitment:
    return Commitment.objects.get(ticket=ticket, measure="resolve", assignment=None)


def a_team(house: House) -> Team:
    with attributed(system("test")):
        return make_team("Access", Team.Kind.RUN_ENGINEERING, house.other)


def quote(house: House, at: datetime | None = None) -> Ticket:
    new = requests.NewRequest(
        request_type=kind("quote"),
        values={"wish": "vpn"},
        source="phone",  # type: ignore[arg-type]  # its value
        contact=house.contact,
    )
    with attributed(system("test")):
        type(house.contact).objects.update(may_order=True)
    house.contact.refresh_from_db()
    return requests.receive_request(new, by=agent_of(house.agent), at=at)


def test_the_promise_of_the_type_is_the_clock_of_its_resolution(house: House) -> None:
    setting("quote", target=timedelta(hours=4), coverage="customer_hours")
    ticket = quote(house, FRIDAY)
    held = resolve_of(ticket)
    assert (held.target, held.coverage) == (timedelta(hours=4), "customer_hours")
    # One hour on Friday, then Monday 9 to 12 by summer time.
    assert held.due_at == datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    setting("quote", coverage="always")
    assert resolve_of(quote(house, FRIDAY)).due_at == FRIDAY + timedelta(hours=4)


def test_what_was_promised_stays_when_the_type_is_changed(house: House) -> None:
    setting("quote", target=timedelta(hours=4), coverage="always")
    ticket = quote(house)
    setting("quote", target=timedelta(hours=40), coverage="customer_hours")
    commitments.rebuild_commitments(Ticket.objects.all())
    held = resolve_of(ticket)
    assert (held.target, held.coverage) == (timedelta(hours=4), "always")
    (told,) = [c for m, c in clocks.clocks_of(ticket).items() if m == "resolve"]
    assert told.promise.source == "Request catalogue"


def test_a_type_without_promise_makes_none_and_an_incident_is_none_of_the_catalogue(
    house: House,
) -> None:
    setting("quote", target=None)
    assert not Commitment.objects.filter(ticket=quote(house), measure="resolve").exists()
    setting("quote", target=timedelta(hours=4), coverage="always")
    ticket = quote(house)
    by = agent_of(house.agent)
    classifications.qualify_ticket(ticket, Kind.INCIDENT, by=by)
    assert not Commitment.objects.filter(ticket=ticket, measure="resolve").exists()
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=by)
    assert resolve_of(ticket).target == timedelta(hours=4)


def test_a_colleague_is_promised_by_the_hours_of_the_company(house: House) -> None:
    setting("software-licence", target=timedelta(hours=4), coverage="customer_hours")
    values = {"product": "Visio", "users": 2}
    new = requests.NewRequest(
        request_type=kind("software-licence"),
        values=values,
        source="portal",  # type: ignore[arg-type]  # its value
        employee=house.other,
    )
    ticket = requests.receive_request(new, by=employee_of(house.other), at=FRIDAY)
    assert resolve_of(ticket).due_at == datetime(2026, 3, 30, 10, 0, tzinfo=UTC)


def test_the_team_of_the_type_is_asked_with_the_request(house: House) -> None:
    team = a_team(house)
    setting("quote", team=team)
    ticket = quote(house)
    asked = Assignment.objects.get(ticket=ticket)
    assert (asked.team, asked.reason, asked.state) == (team, "catalogue", "requested")
    assert ticket.owner_id == Ticket.objects.get(pk=ticket.pk).owner_id


def test_the_team_is_asked_once_somebody_with_the_authority_agrees(house: House) -> None:
    setting("datacentre-access", team=a_team(house))
    luc = contact(house, "Luc Petit", may_enter=True)
    by = contact_actor(house.contact)
    ticket = ask(house, "datacentre-access", access(), by)
    assert not Assignment.objects.exists()
    approvals.decide_approval(ticket, granted=True, by=contact_actor(luc))
    assert Assignment.objects.get().ticket == ticket


def test_where_the_desk_itself_does_it_nobody_is_asked_and_triage_is_told(house: House) -> None:
    setting("quote", team=house.desk)
    ticket = quote(house, minutes_ago(5))
    assert not Assignment.objects.exists()
    found = triage.proposals_of(ticket, seen_by=agent_of(house.agent)).team
    assert found is not None
    assert found.value == house.desk
    assert found.evidence[0].sentence == "The request catalogue assigns it to this team."
