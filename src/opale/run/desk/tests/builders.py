"""Small builders for the desk's tests: a provider with a desk, a customer with a plan."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from tests.personas import Personas

from opale.customers.models import (
    Contact,
    Contract,
    ContractedPlan,
    Coverage,
    Customer,
    Family,
    Offering,
    PlanTarget,
    Service,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar
from opale.organisation.models import Company, Person, Team, WorkingCalendar
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Commitment, Grade, Kind, Source, Ticket
from opale.run.shifts.models import Duty

LONG_AGO = date(2020, 1, 1)
MATRIX = {str(i): {str(u): min(i + u - 1, 4) for u in (1, 2, 3)} for i in (1, 2, 3)}


@dataclass
class House:
    """A provider with two agents and a manager, and a customer on the Solution plan."""

    desk: Team
    manager: Person
    agent: Person
    other: Person
    customer: Customer
    contact: Contact
    service: Service
    calendar: WorkingCalendar


def make_house() -> House:
    with attributed(system("test")):
        office = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00", country="FR")
        calendar = WorkingCalendar.objects.create(name="Office", record=office.to_record())
        company = Company.objects.create(
            name="Nuage", country="FR", language="fr", calendar=calendar, operates=True
        )
        people = [
            Person.objects.create(
                company=company, name=name, email=f"{number}@nuage.example", seniority="confirmed"
            )
            for number, name in enumerate(("Maud Leroy", "Léa Morel", "Karim Benali"))
        ]
        desk = Team.objects.create(
            name="Desk",
            kind=Team.Kind.SERVICE_DESK,
            pillar="run",
            manager=people[0],
            company=company,
        )
        customer = make_customer(calendar, "ACME", "Acme")
        contact = Contact.objects.create(
            customer=customer, name="Ana Ruiz", email="ana@acme.example", language="fr"
        )
        service = make_service(customer, "VPN-1")
    manager, agent, other = people
    return House(desk, manager, agent, other, customer, contact, service, calendar)


def make_customer(calendar: WorkingCalendar, code: str, name: str) -> Customer:
    return Customer.objects.create(code=code, name=name, language="fr", calendar=calendar)


def make_service(customer: Customer, reference: str) -> Service:
    """An active VPN on the Solution plan: intervene in 15 minutes, restore in 4 hours, always."""
    offering, _ = Offering.objects.get_or_create(
        code="vpn", defaults={"family": Family.VPN, "name_en": "VPN", "name_fr": "VPN"}
    )
    plan, made = SupportPlan.objects.get_or_create(
        code="solution", defaults={"name_en": "Solution", "name_fr": "Solution"}
    )
    always = DateRange(LONG_AGO, None)
    if made:
        version = SupportPlanVersion.objects.create(
            plan=plan,
            period=always,
            stream=Stream.SOLUTION,
            coverage=Coverage.ALWAYS,
            matrix=MATRIX,
            premium_matrix=MATRIX,
        )
        for priority in range(1, 5):
            for measure, hours in (("acknowledge", 0.25), ("restore", 4)):
                PlanTarget.objects.create(
                    version=version,
                    measure=measure,
                    priority=priority,
                    target=timedelta(hours=hours * priority),
                    coverage=Coverage.ALWAYS,
                )
    service = Service.objects.create(
        customer=customer, offering=offering, reference=reference, name=reference, state="active"
    )
    contract = Contract.objects.create(
        customer=customer, number=f"C-{reference}", signed_on=LONG_AGO, period=always
    )
    ContractedPlan.objects.create(
        customer=customer, contract=contract, service=service, plan=plan, period=always
    )
    return service


def agent_of(person: Person) -> Actor:
    """The actor of somebody who works at the desk."""
    rights = (
        "desk.read",
        "desk.console",
        "desk.work",
        "events.read",
        "events.work",
        "organisation.read",
    )
    return Actor(
        "person",
        f"person:{person.pk}",
        person.name,
        dict.fromkeys(rights, EVERYTHING),
        person_id=person.pk,
    )


def on_duty(person: Person, team: Team, role: str, starts: datetime, hours: float = 8) -> Duty:
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=team,
            kind="standby" if role == "manager" else "staffed",
            role=role,
            period=DateTimeTZRange(starts, starts + timedelta(hours=hours)),
        )


def make_ticket(house: House, *, kind: Kind = Kind.INCIDENT, at: datetime | None = None) -> Ticket:
    return receive_ticket(
        NewTicket(
            subject="Lien Rennes - Lille coupé",
            body="Bonjour, le lien ne répond plus.",
            source=Source.MAIL,
            kind=kind,
            customer=house.customer,
            contact=house.contact,
            service=house.service,
            impact=Grade.HIGH,
            urgency=Grade.HIGH,
        ),
        by=system("test"),
        at=at,
    )


def make_incident(
    personas: Personas,
    subject: str,
    grade: Grade = Grade.LOW,
    *,
    service: Service | None = None,
    by: Actor | None = None,
    at: datetime | None = None,
) -> Ticket:
    """An incident of the personas' customer, told by mail."""
    new = NewTicket(
        subject=subject,
        source=Source.MAIL,
        kind=Kind.INCIDENT,
        customer=personas.customer,
        contact=personas.contact,
        service=service,
        impact=grade,
        urgency=grade,
    )
    return receive_ticket(new, by=by or system("test"), at=at)


def minutes_ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def stored(ticket: Ticket, measure: str) -> Commitment:
    """What is kept of a clock that was promised."""
    return Commitment.objects.get(ticket=ticket, measure=measure)
