"""Tickets that wait for triage and promises at risk call people, once each."""

from datetime import timedelta

import pytest
from tests.personas import MAKER, Personas, make_personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.run.desk.actions.paging import page_for_tickets
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_metadata import set_confidential
from opale.run.desk.models import Commitment, Kind, Source, Ticket
from opale.run.paging.actions.answers import answer_mobilisation
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.models import Mobilisation
from opale.run.paging.states import MobilisationState

pytestmark = pytest.mark.django_db
S = MobilisationState


@pytest.fixture
def house() -> Personas:
    house = make_personas()
    steps = (Step((Target("manager"),), 5),)
    team = house.teams["desk_agent"]
    create_policy(name="Desk", team=team, content=PolicyContent(steps), by=MAKER)
    return house


@pytest.fixture
def ticket(house: Personas) -> Ticket:
    new = NewTicket(
        subject="Lien coupé", source=Source.MAIL, kind=Kind.INCIDENT, customer=house.customer
    )
    made = receive_ticket(new, by=MAKER)
    Commitment.objects.filter(ticket=made).delete()
    return made


def promise(ticket: Ticket, measure: str, minutes: float) -> Commitment:
    return Commitment.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        measure=measure,
        target=timedelta(hours=1),
        coverage="always",
        starts_at=clock.now(),
        due_at=clock.now() + timedelta(minutes=minutes),
    )


def called() -> list[tuple[str, str, str]]:
    rows = Mobilisation.objects.order_by("pk")
    return list(rows.values_list("trigger", "reason", "state"))


def test_a_promise_calls_when_a_quarter_of_its_time_is_left(ticket: Ticket) -> None:
    promise(ticket, "restore", 16)
    assert page_for_tickets() == 0
    assert page_for_tickets(at=clock.now() + timedelta(minutes=2)) == 1
    assert called() == [("clock", "restore", S.TRIGGERED)]
    assert "Lien coupé" in Mobilisation.objects.get().title


def test_triage_calls_and_each_promise_calls_once(house: Personas, ticket: Ticket) -> None:
    promise(ticket, "triage", 5)
    assert page_for_tickets() == 1
    answer_mobilisation(Mobilisation.objects.get(), by=house.actor("desk_agent"), at=clock.now())
    assert page_for_tickets() == 0
    assert called() == [("triage", "triage", S.ACKNOWLEDGED)]
    promise(ticket, "acknowledge", 5)
    assert page_for_tickets() == 1
    assert called() == [("triage", "acknowledge", S.TRIGGERED)]


def test_a_kept_promise_calls_nobody_any_more(ticket: Ticket) -> None:
    row = promise(ticket, "acknowledge", 5)
    page_for_tickets()
    row.met_at = clock.now()
    row.save(update_fields=["met_at"])
    page_for_tickets()
    assert called() == [("clock", "acknowledge", S.RESOLVED)]


def test_of_a_confidential_ticket_the_number_alone_is_told(ticket: Ticket) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    promise(ticket, "restore", 5)
    page_for_tickets()
    assert Mobilisation.objects.get().title == ticket.reference


def test_pages_about_what_becomes_confidential_keep_its_number_alone(
    house: Personas, ticket: Ticket
) -> None:
    first = promise(ticket, "restore", 5)
    page_for_tickets()
    assert "Lien coupé" in Mobilisation.objects.get().title
    first.met_at = clock.now()
    first.save(update_fields=["met_at"])
    page_for_tickets()
    promise(ticket, "acknowledge", 5)
    page_for_tickets()
    set_confidential(ticket, True, by=house.actor("service_manager"))
    titles = Mobilisation.objects.values_list("title", flat=True)
    assert list(titles) == [ticket.reference, ticket.reference]
