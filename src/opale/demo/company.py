"""Organisation of the demo company: group, people, teams, skills, calendars and duties."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from opale.demo.bulk_insert import write_lines
from opale.demo.copy_rows import line
from opale.demo.names import COMPANIES, DOMAIN, PersonName, people, telephone
from opale.demo.roster import Staffing, staffing
from opale.kernel.business_time import Calendar
from opale.organisation.models import (
    Absence,
    Company,
    Membership,
    Person,
    PersonSkill,
    Skill,
    Team,
    User,
    WorkingCalendar,
)
from opale.organisation.rights import Function, Pillar
from opale.run.shifts.models import Duty

K = Team.Kind
S = Person.Seniority
FRANCE, BRITAIN, MOROCCO = 0, 1, 2
PARIS = "Europe/Paris"
CALENDARS = {
    "24x7": Calendar.around_the_clock(),
    "Bureaux France": Calendar.on_weekdays(PARIS, "08:30-12:30", "13:30-18:00", country="FR"),
    "Commerces France": Calendar(
        PARIS, Calendar.on_weekdays(PARIS, "08:00-20:00").weekly[:1] * 6 + ((),), country="FR"
    ),
    "UK office hours": Calendar.on_weekdays(
        "Europe/London", "09:00-17:30", country="GB", subdivision="ENG"
    ),
    "Bureaux Maroc": Calendar.on_weekdays("Africa/Casablanca", "08:30-17:30", country="MA"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """The role of one person: a function in a team."""

    team: str
    function: Function
    title: str
    company: int
    seniority: str


# name, kind, pillar, company (None: virtual), purpose
TEAMS: tuple[tuple[str, str, str, int | None, str], ...] = (
    ("Centre de services", K.SERVICE_DESK, Pillar.RUN, FRANCE,
     "24 h/24 et 7 j/7, filières Corporate et Solution"),
    ("Ingénierie RUN", K.RUN_ENGINEERING, Pillar.RUN, FRANCE, "Niveau 2, problèmes, changements"),
    ("Gestion des services", K.SERVICE_MANAGEMENT, Pillar.RUN, FRANCE, "Comités de pilotage"),
    ("Architecture de solutions", K.SOLUTION_ARCHITECTURE, Pillar.BUILD, FRANCE,
     "Avant-vente, conception"),
    ("Projets d’intégration", K.INTEGRATION_PROJECTS, Pillar.BUILD, FRANCE,
     "De la commande à la mise en production"),
    ("Ingénierie BUILD", K.BUILD_ENGINEERING, Pillar.BUILD, FRANCE, "Experts, niveau 3"),
    ("Provisioning", K.PROVISIONING, Pillar.BUILD, FRANCE, "Réseau et serveurs"),
    ("Infrastructure cœur", K.CORE_INFRASTRUCTURE, Pillar.TECHNICAL, FRANCE,
     "Datacentres, backbone, systèmes centraux"),
    ("Outils BSS et OSS", K.TOOLS, Pillar.TECHNICAL, FRANCE, "Supervision, ticketing, facturation"),
    ("Informatique interne", K.INTERNAL_IT, Pillar.TECHNICAL, FRANCE,
     "Bureaux, téléphonie, équipements"),
    ("Infrastructure du groupe", K.CORE_INFRASTRUCTURE, Pillar.TECHNICAL, None,
     "Backbone et datacentres de tout le groupe"),
    ("SI du groupe", K.TOOLS, Pillar.TECHNICAL, None, "Développements spécifiques, analyse métier"),
    ("Administration", K.OTHER, Pillar.GENERAL, FRANCE, "Finance, ressources humaines, commerce"),
)  # fmt: skip
# how many, team, function, title, company, seniorities in turn
HEADCOUNT: tuple[tuple[int, str, Function, str, int, tuple[str, ...]], ...] = (
    (14, "Centre de services", Function.DESK_AGENT, "Agent du centre de services", FRANCE,
     (S.CONFIRMED, S.JUNIOR, S.CONFIRMED)),
    (8, "Ingénierie RUN", Function.RUN_ENGINEER, "Ingénieur RUN", FRANCE,
     (S.SENIOR, S.CONFIRMED)),
    (3, "Gestion des services", Function.SERVICE_MANAGER, "Responsable de services", FRANCE,
     (S.SENIOR,)),
    (3, "Architecture de solutions", Function.SOLUTION_ARCHITECT, "Architecte de solutions", FRANCE,
     (S.SENIOR,)),
    (4, "Projets d’intégration", Function.PROJECT_MANAGER, "Chef de projet intégration", FRANCE,
     (S.SENIOR, S.JUNIOR)),
    (6, "Ingénierie BUILD", Function.BUILD_ENGINEER, "Ingénieur BUILD", FRANCE,
     (S.SENIOR, S.CONFIRMED)),
    (3, "Provisioning", Function.PROVISIONER, "Technicien de provisionnement", FRANCE,
     (S.CONFIRMED,)),
    (5, "Infrastructure cœur", Function.CORE_ENGINEER, "Ingénieur cœur de réseau", FRANCE,
     (S.SENIOR, S.CONFIRMED)),
    (3, "Outils BSS et OSS", Function.TOOLS_ENGINEER, "Ingénieur outils", FRANCE,
     (S.CONFIRMED,)),
    (2, "Informatique interne", Function.TOOLS_ENGINEER, "Technicien interne", FRANCE,
     (S.CONFIRMED,)),
    (2, "Infrastructure du groupe", Function.GROUP_COLLEAGUE, "Network engineer", BRITAIN,
     (S.SENIOR,)),
    (1, "SI du groupe", Function.GROUP_COLLEAGUE, "Business analyst", BRITAIN, (S.CONFIRMED,)),
    (2, "SI du groupe", Function.GROUP_COLLEAGUE, "Développeur", MOROCCO, (S.CONFIRMED,)),
    (1, "Administration", Function.ADMINISTRATOR, "Administrateur d'Opale", FRANCE, (S.SENIOR,)),
    (5, "Administration", Function.EMPLOYEE, "Chargé de gestion", FRANCE,
     (S.CONFIRMED, S.JUNIOR)),
)  # fmt: skip
ROLES = tuple(
    Role(team, function, title, company, seniorities[index % len(seniorities)])
    for count, team, function, title, company, seniorities in HEADCOUNT
    for index in range(count)
)
SKILLS = {
    "IP/MPLS": "réseau", "BGP": "réseau", "Pare-feu": "réseau", "Fibre": "réseau",
    "Linux": "systèmes", "VMware": "systèmes", "PostgreSQL": "systèmes", "Backup": "systèmes",
    "DNS": "cœur", "RADIUS": "cœur", "SIP": "téléphonie", "Power and cooling": "datacentre",
}  # fmt: skip
TRADE = {
    "Ingénierie BUILD": (("IP/MPLS", 4), ("VMware", 4), ("Linux", 3)),
    "Provisioning": (("IP/MPLS", 3), ("VMware", 3), ("Backup", 3)),
    "Infrastructure cœur": (("BGP", 4), ("Power and cooling", 3)),
}
"""Skills that the catalogue requires of these teams: two people of each have them."""
DESK = "Centre de services"


@dataclass(slots=True)
class Staff:
    """The people and teams that the rest of the demo refers to."""

    calendars: dict[str, WorkingCalendar] = field(default_factory=dict)
    companies: list[Company] = field(default_factory=list)
    teams: dict[str, Team] = field(default_factory=dict)
    by_function: dict[str, list[Person]] = field(default_factory=dict)
    by_team: dict[str, list[Person]] = field(default_factory=dict)
    shifts: list[Staffing[Person]] = field(default_factory=list)

    @property
    def everyone(self) -> list[Person]:
        return list({p.pk: p for found in self.by_team.values() for p in found}.values())


def create_company(rng: Random, *, now: datetime, starts: datetime, encoded: str) -> Staff:
    """Write the whole organisation. `encoded` is the encoded password of every login."""
    staff = Staff()
    for name, calendar in CALENDARS.items():
        staff.calendars[name] = WorkingCalendar(name=name, record=calendar.to_record())
    WorkingCalendar.objects.bulk_create(staff.calendars.values())
    offices = ("Bureaux France", "UK office hours", "Bureaux Maroc")
    staff.companies = Company.objects.bulk_create(
        Company(
            name=name, country=country, time_zone=zone, language=language,
            calendar=staff.calendars[office], operates=index == FRANCE,
        )
        for index, ((name, country, zone, language, *_), office)
        in enumerate(zip(COMPANIES, offices, strict=True))
    )  # fmt: skip
    _hire(rng, staff, encoded, now)
    _write_teams(staff, now)
    _write_skills(rng, staff, now)
    _write_duties(staff, starts - timedelta(days=2), now + timedelta(days=28), now)
    return staff


def _hire(rng: Random, staff: Staff, encoded: str, now: datetime) -> None:
    named = {language: iter(people(rng, language, len(ROLES))) for language in ("fr", "en")}
    users, hired = [], []
    for index, role in enumerate(ROLES):
        company = staff.companies[role.company]
        name: PersonName = next(named[company.language])
        email = f"{name.slug}@{DOMAIN}"
        users.append(
            User(email=email, password=encoded, language=company.language,
                 time_zone=company.time_zone, created_at=now)
        )  # fmt: skip
        hired.append(
            Person(
                company=company, name=name.full, email=email, time_zone=company.time_zone,
                phone=telephone(rng, company.country),
                languages=["fr", "en"] if index % 3 else [company.language],
                seniority=role.seniority,
                job_title=role.title,
            )
        )  # fmt: skip
    User.objects.bulk_create(users)
    for person, user in zip(hired, users, strict=True):
        person.user = user
    Person.objects.bulk_create(hired)
    for role, person in zip(ROLES, hired, strict=True):
        staff.by_function.setdefault(role.function, []).append(person)
        staff.by_team.setdefault(role.team, []).append(person)


def _write_teams(staff: Staff, now: datetime) -> None:
    for name, kind, pillar, company, purpose in TEAMS:
        staff.teams[name] = Team(
            name=name, kind=kind, pillar=pillar, virtual=company is None, purpose=purpose,
            manager=staff.by_team[name][-1],
            company=None if company is None else staff.companies[company],
        )  # fmt: skip
    Team.objects.bulk_create(staff.teams.values())
    since = (now - timedelta(days=730), None)
    memberships = [
        Membership(
            team=staff.teams[role.team], person=person, function=role.function, period=since,
            role=_standing(person, staff.by_team[role.team]),
        )
        for role, person in zip(ROLES, _in_order(staff), strict=True)
    ]  # fmt: skip
    # Virtual teams gather members of several companies: two of ours belong to each.
    memberships += [
        Membership(team=staff.teams[team], person=person, function=Function.GROUP_COLLEAGUE,
                   share_percent=20, period=since)
        for team, source in (("Infrastructure du groupe", "Infrastructure cœur"),
                             ("SI du groupe", "Outils BSS et OSS"))
        for person in staff.by_team[source][:2]
    ]  # fmt: skip
    Membership.objects.bulk_create(memberships)


def _standing(person: Person, members: Sequence[Person]) -> str:
    if person is members[-1]:
        return Membership.Role.MANAGER
    return Membership.Role.LEAD if person is members[0] else Membership.Role.MEMBER


def _in_order(staff: Staff) -> Iterable[Person]:
    """Yield the people in the order of ROLES."""
    seen: dict[str, int] = {}
    for role in ROLES:
        yield staff.by_team[role.team][seen.get(role.team, 0)]
        seen[role.team] = seen.get(role.team, 0) + 1


def _write_skills(rng: Random, staff: Staff, now: datetime) -> None:
    skills = Skill.objects.bulk_create(
        Skill(name=name, family=family) for name, family in SKILLS.items()
    )
    held = {
        (person.pk, skill.name): PersonSkill(person=person, skill=skill, level=rng.randint(2, 5))
        for person in staff.everyone
        for skill in rng.sample(skills, 3)
    }
    known = {skill.name: skill for skill in skills}
    for team, asked in TRADE.items():
        for person in staff.by_team[team][:2]:
            for name, level in asked:
                row = held.setdefault(
                    (person.pk, name), PersonSkill(person=person, skill=known[name], level=level)
                )
                row.level = max(row.level, level)
    PersonSkill.objects.bulk_create(held.values())
    Absence.objects.bulk_create(
        Absence(person=person, kind=Absence.Kind.LEAVE,
                period=(now + timedelta(days=3 + n), now + timedelta(days=8 + n)))
        for n, person in enumerate(staff.by_team["Ingénierie BUILD"][:2]
                                   + staff.by_team["Ingénierie RUN"][-2:])
    )  # fmt: skip


def _write_duties(staff: Staff, starts: datetime, ends: datetime, now: datetime) -> None:
    agents: Sequence[Person] = staff.by_team[DESK]
    staff.shifts = list(staffing(agents, starts, ends, now=now, zone=PARIS))
    rows = (
        (person.pk, staff.teams[team].pk, kind, role, f"[{begins.isoformat()},{until.isoformat()})")
        for team, person, kind, role, begins, until in (*_staffed(staff), *_standby(staff))
    )
    columns = ("person_id", "team_id", "kind", "role", "period")
    write_lines("shifts_duty", columns, map(line, rows))


def _staffed(staff: Staff) -> Iterator[tuple[str, Person, str, str, datetime, datetime]]:
    for shift in staff.shifts:
        for role, holders in (
            (Duty.Role.LEAD, (shift.lead,)),
            (Duty.Role.TRIAGE, (shift.triage,)),
            (Duty.Role.AGENT, shift.others),
        ):
            for holder in holders:
                yield DESK, holder, Duty.Kind.STAFFED, role, shift.starts, shift.ends


def _standby(staff: Staff) -> Iterator[tuple[str, Person, str, str, datetime, datetime]]:
    """Yield stand-by weeks in turn: a manager for the desk, an engineer for level 2 and for the
    core."""
    turns = (
        (DESK, Duty.Role.MANAGER, staff.by_function[Function.SERVICE_MANAGER]),
        ("Ingénierie RUN", Duty.Role.AGENT, staff.by_team["Ingénierie RUN"]),
        ("Infrastructure cœur", Duty.Role.AGENT, staff.by_team["Infrastructure cœur"]),
    )
    begins, last = staff.shifts[0].starts, staff.shifts[-1].ends
    week = 0
    while begins < last:
        until = begins + timedelta(days=7)
        for team, role, members in turns:
            yield team, members[week % len(members)], Duty.Kind.STANDBY, role, begins, until
        week, begins = week + 1, until
