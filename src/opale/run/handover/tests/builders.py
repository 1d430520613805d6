"""A change of shift: Léa and Karim leave, Inès leads the next shift, Noé is on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.actions import ownership, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Commitment, Grade, Kind, Source, Ticket
from opale.run.desk.tests.builders import House, agent_of, make_house, on_duty
from opale.run.handover.actions import deadline
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.rights import READ, WORK

CLOCK = system("handover")
TEST = system("test")


@dataclass
class Change:
    house: House
    lea: Person
    karim: Person
    ines: Person
    noe: Person
    at: datetime

    def ahead(self, minutes: float) -> timedelta:
        """From now to so many minutes after the change."""
        return self.at + timedelta(minutes=minutes) - clock.now()


def make_change(*, minutes: float = 20, arriving: bool = True) -> Change:
    house = make_house()
    company = house.manager.company
    with attributed(TEST):
        ines, noe = (
            Person.objects.create(
                company=company, name=name, email=f"{name}@nuage.example", seniority="confirmed"
            )
            for name in ("Inès Roux", "Noé Petit")
        )
    at = (clock.now() + timedelta(minutes=minutes)).replace(microsecond=0)
    evening = at - timedelta(hours=8)
    on_duty(house.agent, house.desk, "lead", evening)
    on_duty(house.other, house.desk, "triage", evening)
    if arriving:
        on_duty(ines, house.desk, "lead", at)
        on_duty(noe, house.desk, "triage", at)
    return Change(house, house.agent, house.other, ines, noe, at)


def actor(person: Person) -> Actor:
    known = agent_of(person)
    return replace(known, grants={**known.grants, READ: EVERYTHING, WORK: EVERYTHING})


def owned(
    change: Change,
    person: Person,
    *,
    urgent: bool = False,
    subject: str = "Lien coupé",
    due: datetime | None = None,
) -> Ticket:
    """A ticket that somebody has taken, with no promise but that which is said."""
    grade = Grade.HIGH if urgent else Grade.LOW
    new = NewTicket(
        subject=subject,
        source=Source.PHONE,
        kind=Kind.INCIDENT if urgent else Kind.REQUEST,
        customer=change.house.customer,
        contact=change.house.contact,
        service=change.house.service,
        impact=grade,
        urgency=grade,
    )
    ticket = ticket_creation.receive_ticket(new, by=TEST)
    ticket = ownership.take_ticket(ticket, by=agent_of(person), seen_owner_id=ticket.owner_id)
    quiet(ticket, due)
    return ticket


def quiet(ticket: Ticket, due: datetime | None) -> None:
    """Promises are kept in this house, but for one that is due then."""
    Commitment.objects.filter(ticket=ticket).delete()
    if due is not None:
        promise(ticket, due)


def promise(ticket: Ticket, due: datetime) -> Commitment:
    return Commitment.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        measure="restore",
        target=timedelta(hours=4),
        coverage="always",
        starts_at=clock.now(),
        due_at=due,
    )


def run_clock() -> None:
    deadline.run_clock(by=CLOCK, at=clock.now())


def the_handover() -> Handover:
    return Handover.objects.get()


def item(ticket: Ticket) -> HandoverItem:
    return HandoverItem.objects.get(ticket=ticket)


def owner_of(ticket: Ticket) -> Person:
    return Ticket.objects.select_related("owner").get(pk=ticket.pk).owner


@contextmanager
def after(change: Change, minutes: float) -> Iterator[None]:
    """So many minutes after the change of shift (before it, where it is less than nothing)."""
    with clock.travel(change.ahead(minutes)):
        yield
