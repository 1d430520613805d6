"""The small house in which routes, walls and rights are tried: one login for each function.

Two customers stand in it, each with a contact, so that what is of one can be asked for by the
other. `Personas` is shared by all rooms; each room makes its own tickets, alerts and items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from opale.customers.models import Contact, Customer
from opale.kernel.actor import ANONYMOUS, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.clock import now
from opale.organisation.actions import tokens
from opale.organisation.models import (
    Company,
    Membership,
    Person,
    Team,
    User,
    WorkingCalendar,
)
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function

CONTACT, FOREIGN_CONTACT, ANONYMOUS_VISITOR = "customer_contact", "foreign_contact", "anonymous"
FUNCTIONS = tuple(f for f in Function if f != Function.CUSTOMER_CONTACT)
NAMES = (*(str(f) for f in FUNCTIONS), CONTACT, FOREIGN_CONTACT, ANONYMOUS_VISITOR)
"""Every persona: the functions of the matrix, the two contacts, and nobody."""

TEAM_OF: Mapping[Function, Team.Kind] = {
    Function.SOLUTION_ARCHITECT: Team.Kind.SOLUTION_ARCHITECTURE,
    Function.PROJECT_MANAGER: Team.Kind.INTEGRATION_PROJECTS,
    Function.BUILD_ENGINEER: Team.Kind.BUILD_ENGINEERING,
    Function.PROVISIONER: Team.Kind.PROVISIONING,
    Function.DESK_AGENT: Team.Kind.SERVICE_DESK,
    Function.RUN_ENGINEER: Team.Kind.RUN_ENGINEERING,
    Function.SERVICE_MANAGER: Team.Kind.SERVICE_MANAGEMENT,
    Function.CORE_ENGINEER: Team.Kind.CORE_INFRASTRUCTURE,
    Function.TOOLS_ENGINEER: Team.Kind.TOOLS,
    Function.ADMINISTRATOR: Team.Kind.INTERNAL_IT,
}
MAKER = system("test-house")


@dataclass
class Personas:
    company: Company
    calendar: WorkingCalendar
    customer: Customer
    other_customer: Customer
    contact: Contact
    other_contact: Contact
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The persona as whoever acts."""
        user = self.users.get(name)
        return actor_of(user) if user else ANONYMOUS

    def client(self, name: str) -> Client:
        """The persona's browser, logged in."""
        client = Client(headers={"Accept-Language": "en"})
        if name in self.users:
            client.force_login(self.users[name])
        return client

    def token(self, name: str, *scopes: str) -> str:
        """An API token of the persona."""
        _row, secret = tokens.create_token(
            by=self.actor(name), name="test", lifetime=timedelta(days=1), scopes=scopes
        )
        return secret


def make_personas() -> Personas:
    with attributed(MAKER):
        calendar = WorkingCalendar.objects.create(
            name="Office hours",
            record=Calendar.on_weekdays("Europe/Paris", "08:00-18:00", country="FR").to_record(),
        )
        company = Company.objects.create(
            name="Opale Telecom", country="FR", language="fr", calendar=calendar, operates=True
        )
        sister = Company.objects.create(
            name="Opale Group", country="BE", language="en", calendar=calendar
        )
        first, second = (_customer(code, calendar) for code in ("ACME", "BETA"))
        house = Personas(company, calendar, first, second, _contact(first), _contact(second))
        house.users[CONTACT] = _user_of(house.contact)
        house.users[FOREIGN_CONTACT] = _user_of(house.other_contact)
        _people(house, sister)
    return house


def _customer(code: str, calendar: WorkingCalendar) -> Customer:
    return Customer.objects.create(code=code, name=code.title(), language="en", calendar=calendar)


def _contact(customer: Customer) -> Contact:
    email = f"contact@{customer.code.lower()}.example"
    user = User.objects.create_user(
        email, kind=User.Kind.CONTACT, language="en", time_zone="Europe/Paris"
    )
    return Contact.objects.create(
        customer=customer, user=user, name=f"Contact {customer.name}", email=email, language="en"
    )


def _user_of(contact: Contact) -> User:
    assert contact.user is not None
    return contact.user


def _people(house: Personas, sister: Company) -> None:
    """All of a kind by one statement: some thousand tests begin with these."""
    users = User.objects.bulk_create(_user(str(function)) for function in FUNCTIONS)
    house.users |= dict(zip(map(str, FUNCTIONS), users, strict=True))
    people = Person.objects.bulk_create(
        _person(house, function, sister if function == Function.GROUP_COLLEAGUE else house.company)
        for function in FUNCTIONS
    )
    house.people |= dict(zip(map(str, FUNCTIONS), people, strict=True))
    placed = [function for function in FUNCTIONS if function != Function.EMPLOYEE]
    teams = Team.objects.bulk_create(_team(house, function) for function in placed)
    house.teams |= dict(zip(map(str, placed), teams, strict=True))
    since = DateTimeTZRange(now() - timedelta(days=30), None)
    Membership.objects.bulk_create(
        Membership(
            team=house.teams[str(function)],
            person=house.people[str(function)],
            function=function,
            period=since,
        )
        for function in placed
    )


def _user(name: str) -> User:
    user = User(email=_email(name), language="en", time_zone="Europe/Paris")
    user.set_unusable_password()
    return user


def _email(name: str) -> str:
    return f"{name}@opale.example"


def _person(house: Personas, function: Function, company: Company) -> Person:
    name = str(function)
    return Person(
        user=house.users[name],
        company=company,
        name=name.replace("_", " ").title(),
        email=_email(name),
        seniority=Person.Seniority.CONFIRMED,
        languages=["fr", "en"],
    )


def _team(house: Personas, function: Function) -> Team:
    manager = house.people[str(function)]
    virtual = function == Function.GROUP_COLLEAGUE
    kind = TEAM_OF.get(function, Team.Kind.CORE_INFRASTRUCTURE)
    return Team(
        name=f"Team of {manager.name}",
        kind=kind,
        pillar=kind.value.split(".")[0],
        virtual=virtual,
        manager=manager,
        company=None if virtual else house.company,
    )
