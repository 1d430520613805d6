"""Builders for work that is asked of others: engineers, a team of the group, a carrier."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.infrastructure.models import ConfigurationItem, Supplier
from opale.kernel.actor import EVERYTHING, OWN, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.organisation.models import Company, Membership, Person, Team
from opale.run.desk.tests.builders import House, make_house


@dataclass
class Works:
    """The house with level 2 (two engineers), level 3, a virtual team and a carrier."""

    house: House
    level_2: Team
    engineer: Person
    second: Person
    level_3: Team
    expert: Person
    group: Team
    colleague: Person
    carrier: Supplier
    circuit: ConfigurationItem

    @property
    def agent(self) -> Actor:
        """An agent of the desk, who sees and works on everything there."""
        return engineer_of(self.house.agent)


def make_works() -> Works:
    house = make_house()
    company = Company.objects.get()
    with attributed(system("test")):
        names = ("Jules Morel", "Inès Faure", "Zoé Roy", "Ann Hill")
        people = [
            Person.objects.create(
                company=company, name=name, email=f"w{n}@nuage.example", seniority="senior"
            )
            for n, name in enumerate(names)
        ]
        engineer, second, expert, colleague = people
        level_2 = make_team("RUN", Team.Kind.RUN_ENGINEERING, engineer, second)
        level_3 = make_team("BUILD", Team.Kind.BUILD_ENGINEERING, expert)
        group = make_team("Backbone", Team.Kind.CORE_INFRASTRUCTURE, colleague, virtual=True)
        carrier = Supplier.objects.create(
            name="Armor Fibre", kind="carrier", email="noc@armor.example", language="en"
        )
        circuit = ConfigurationItem.objects.create(
            name="CIR-1", kind="circuit", attributes={"carrier": "Armor Fibre"}
        )
    return Works(
        house, level_2, engineer, second, level_3, expert, group, colleague, carrier, circuit
    )


def make_team(name: str, kind: Team.Kind, *members: Person, virtual: bool = False) -> Team:
    team = Team.objects.create(
        name=name,
        kind=kind,
        pillar=kind.value.split(".")[0],
        virtual=virtual,
        manager=members[0],
        company=None if virtual else members[0].company,
    )
    for member in members:
        Membership.objects.create(
            team=team,
            person=member,
            function="group_colleague" if virtual else "run_engineer",
            period=DateTimeTZRange(now() - timedelta(days=9), None),
        )
    return team


def engineer_of(person: Person) -> Actor:
    """A RUN engineer: works at the desk too."""
    return _actor(person, dict.fromkeys((*SEEN, "desk.work", "desk.assist"), EVERYTHING))


def expert_of(person: Person, team: Team) -> Actor:
    """Somebody of another team: sees the desk, works on what is asked of the team."""
    return _actor(person, dict.fromkeys(SEEN, EVERYTHING) | {"desk.assist": _in(team)})


def colleague_of(person: Person, team: Team) -> Actor:
    """A group colleague: an employee who works on what is asked of the team."""
    return _actor(person, {"desk.read": OWN, "desk.request": OWN, "desk.assist": _in(team)})


SEEN = ("desk.read", "desk.console", "organisation.read", "infrastructure.read")


def _in(team: Team) -> Scope:
    return Scope(teams=frozenset({team.pk}))


def _actor(person: Person, grants: dict[str, Scope]) -> Actor:
    return Actor("person", f"person:{person.pk}", person.name, grants, person_id=person.pk)
