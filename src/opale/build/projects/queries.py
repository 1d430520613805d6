"""Reading projects: every list starts with who is asking."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.build.orders.models import OrderLine
from opale.build.projects import recipes
from opale.build.projects.contents import Content, read
from opale.build.projects.models import (
    WORK_PACKAGE,
    ActionItem,
    Baseline,
    CarrierPromise,
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
    Minutes,
    PackageLink,
    Project,
    ProjectsQuerySet,
    ProjectTemplate,
    Risk,
    Slip,
    TechnicalNeed,
    Weather,
    WorkPackage,
)
from opale.build.projects.rights import READ
from opale.build.projects.scheduling import A_DAY, Workdays, workdays
from opale.build.projects.standing import Code, Seen, promised, reasons
from opale.build.projects.states import AHEAD, LIVE, OUTSTANDING, PackageState
from opale.build.resources.ports import Planned, Work
from opale.build.resources.states import OPEN as OPEN_REQUESTS
from opale.customers.models import Offering
from opale.customers.queries import PEOPLE, offerings
from opale.infrastructure.models import CapacityPool, Supplier
from opale.infrastructure.queries import suppliers
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.business_time import Calendar, holiday_name
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions, together
from opale.organisation.models import Person, WorkingCalendar
from opale.organisation.queries import people
from opale.reservations.states import HOLDING
from opale.ui.palette import Result

LONGEST_NUMBER: Final = 18
NEWEST: Final = 30
DEEPEST: Final = 40
"""So many reasons behind each other are told."""
S = Person.Seniority
LEADERS: Final = "project_manager"
"""The function of who leads projects."""


def today() -> date:
    return localtime(clock.now()).date()


def workdays_of(calendar: WorkingCalendar) -> Workdays:
    return workdays(Calendar.from_record(calendar.record))


def calendar_of(person: Person | None, default: Workdays) -> Workdays:
    """A package is done on the days of whoever does it: in another country, on other days."""
    if person is None:
        return default
    return workdays_of(person.calendar or person.company.calendar)


# The portfolio


def projects(
    *,
    seen_by: Actor,
    text: str = "",
    state: str = "",
    size: str = "",
    weather: str = "",
    waits_for: str = "",
    manager_id: int | None = None,
) -> ProjectsQuerySet[Project]:
    """Projects by words of their number, name, customer or order; `state` may be `live`."""
    found = Project.objects.visible_to(seen_by).select_related(
        "customer", "manager", "order", "next_package", "calendar"
    )
    exact = {"size": size, "weather": weather, "waits_for": waits_for, "manager_id": manager_id}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if state == "live":
        found = found.filter(state__in=LIVE)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        named = (
            Q(name__unaccent__icontains=word)
            | Q(customer__name__unaccent__icontains=word)
            | Q(customer__code__iexact=word)
            | Q(manager__name__unaccent__icontains=word)
            | Q(order__external_id__iexact=word)
        )
        for prefix, column in (("P-", "number"), ("O-", "order__number")):
            number = word.upper().removeprefix(prefix)
            if number.isdecimal() and len(number) <= LONGEST_NUMBER:
                named |= Q(**{column: int(number)})
        found = found.filter(named)
    return found


def get_project(number: int, *, seen_by: Actor) -> Project:
    """Errors: NotFound, hidden and missing alike."""
    found = projects(seen_by=seen_by).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def project_of_order(order_number: int, *, seen_by: Actor) -> Project | None:
    return projects(seen_by=seen_by).filter(order__number=order_number).first()


def stormy(actor: Actor) -> QuerySet[Project]:
    """For the rail: live projects that keep no promise as they stand."""
    return Project.objects.visible_to(actor).filter(state__in=LIVE, weather=Weather.STORM)


@dataclass(frozen=True, slots=True)
class Counts:
    """The portfolio in figures."""

    live: int
    storm: int
    cloud: int
    sun: int
    unled: int


def counts(*, seen_by: Actor) -> Counts:
    rows = Project.objects.visible_to(seen_by).filter(state__in=LIVE)
    found = rows.aggregate(
        live=Count("pk"),
        storm=Count("pk", filter=Q(weather=Weather.STORM)),
        cloud=Count("pk", filter=Q(weather=Weather.CLOUD)),
        sun=Count("pk", filter=Q(weather=Weather.SUN)),
        unled=Count("pk", filter=Q(manager=None)),
    )
    return Counts(**found)


def jumps(text: str, actor: Actor, limit: int) -> list[Result]:
    """The project with this number, for the command palette."""
    word = text.strip().upper()
    if not actor.can(READ) or not word.startswith("P-"):
        return []
    return [
        Result(
            label=f"{project.reference} {project.name}",
            url=reverse("projects_show", args=[project.number]),
            icon="timeline",
            group=_("Projects"),
            note=project.customer.name,
        )
        for project in projects(seen_by=actor, text=word)[:limit]
    ]


# Who leads


def seniority_asked(project: Project) -> str:
    """What the policy asks of who leads it: a senior where the catalogue's families say so."""
    rows = OrderLine.objects.filter(order=project.order_id).values_list(
        "offering__family", "service__offering__family"
    )
    families = {family for pair in rows for family in pair if family}
    return S.SENIOR if families & recipes.SENIOR_FOR else S.JUNIOR


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could lead a project: does the policy want it, and how many are led now?"""

    person: Person
    fits: bool
    running: int


def candidates(project: Project, *, seen_by: Actor) -> list[Candidate]:
    """Project managers, who fits and has least first."""
    fitting = recipes.FITS[seniority_asked(project)]
    led = Count("projects_led", filter=Q(projects_led__state__in=LIVE), distinct=True)
    rows = people(seen_by=seen_by, function=LEADERS)
    running = dict(rows.annotate(running=led).values_list("pk", "running"))
    found = [Candidate(one, one.seniority in fitting, running.get(one.pk, 0)) for one in rows]
    return sorted(found, key=lambda one: (not one.fits, one.running, one.person.name))


# How it stands


def seen_of(project: Project) -> Seen:
    """What the weather hangs on, from the record and the dates that the project has now."""
    until = promised(project.promised_on, project.wanted_on)
    calendar = workdays_of(project.calendar)
    day = today()
    ahead = WorkPackage.objects.filter(project=project, state__in=AHEAD)
    late = Q(promised_on__lt=day) | Q(because__kind="begun", ends_on=day, starts_on__lt=day)
    worst = Deliverable.objects.filter(project=project, state__in=OUTSTANDING)
    risks = Risk.objects.filter(project=project, closed_at=None)
    return Seen(
        led=project.manager_id is not None,
        margin=calendar.count(project.ends_on, until) if project.ends_on and until else None,
        late_by=project.late_by,
        overdue=ahead.filter(late, days__gt=0).exclude(ends_on=None).count(),
        refusals=worst.aggregate(most=Max("refusals"))["most"] or 0,
        left=ahead.filter(person__left_on__isnull=False).count(),
        risks=[likelihood * harm for likelihood, harm in risks.values_list("likelihood", "harm")],
    )


def reasons_of(project: Project) -> list[Code]:
    """Why the weather is what it is; nothing for what has ended."""
    return reasons(seen_of(project)) if project.state in LIVE else []


# Work packages


def packages(*, seen_by: Actor) -> ProjectsQuerySet[WorkPackage]:
    return WorkPackage.objects.visible_to(seen_by).select_related(
        "project__customer", "person__company", "skill", "line", "reservation", "request"
    )


def packages_of(
    project: Project, *, seen_by: Actor, critical: bool = False, ahead: bool = False
) -> ProjectsQuerySet[WorkPackage]:
    """In their order; of what was dropped, nothing. `critical` are those that decide the end."""
    found = packages(seen_by=seen_by).filter(project=project).exclude(state=PackageState.DROPPED)
    if critical:
        found = found.filter(critical=True)
    return found.filter(state__in=AHEAD) if ahead else found


def get_package(package_id: int, *, seen_by: Actor, project: Project | None = None) -> WorkPackage:
    """Errors: NotFound."""
    rows = packages(seen_by=seen_by).filter(pk=package_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def waits_of(rows: Iterable[WorkPackage], *, seen_by: Actor) -> Mapping[int, list[PackageLink]]:
    """What each of these packages waits for."""
    found: dict[int, list[PackageLink]] = defaultdict(list)
    links = PackageLink.objects.visible_to(seen_by).filter(after__in=list(rows))
    for link in links.select_related("before").order_by("before__position", "id"):
        found[link.after_id].append(link)
    return found


def links_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[PackageLink]:
    return PackageLink.objects.visible_to(seen_by).filter(project=project)


@dataclass(frozen=True, slots=True)
class Cause:
    """One step of an explanation: why a package stands where it does.

    `closed` are the days between on which it is not worked because of a holiday, with its name.
    """

    package: WorkPackage
    kind: str
    on: date
    of: WorkPackage | None
    calendar: str
    closed: tuple[tuple[date, str], ...]


def why(package: WorkPackage, *, seen_by: Actor) -> list[Cause]:
    """From a package back over what each start hangs on, to what hangs on nothing else."""
    rows = WorkPackage.objects.visible_to(seen_by).filter(project=package.project_id)
    hangs_on = {pk: because.get("of") for pk, because in rows.values_list("pk", "because")}
    way: list[int] = []
    pk: int | None = package.pk
    while pk is not None and pk not in way and len(way) <= DEEPEST:
        way.append(pk)
        of = hangs_on.get(pk)
        pk = int(of) if of else None
    found = rows.select_related(
        "person__calendar", "person__company__calendar", "project__calendar"
    ).in_bulk(way)
    told = [(found[pk], found.get(other)) for pk, other in pairwise([*way, 0]) if pk in found]
    return [_cause(row, other) for row, other in told[:DEEPEST] if row.because]


def _cause(row: WorkPackage, other: WorkPackage | None) -> Cause:
    person = row.person
    calendar = (person.calendar or person.company.calendar) if person else row.project.calendar
    on = date.fromisoformat(row.because["on"])
    starts = row.starts_on or on
    closed = _holidays(calendar, min(on, starts), row.ends_on or starts) if row.days else ()
    return Cause(row, row.because["kind"], on, other, calendar.name, closed)


def _holidays(calendar: WorkingCalendar, since: date, until: date) -> tuple[tuple[date, str], ...]:
    hours = Calendar.from_record(calendar.record)
    language = "fr" if (get_language() or "").startswith("fr") else "en"
    days = (since + n * A_DAY for n in range(min((until - since).days + 1, 800)))
    return tuple(
        (day, holiday_name(hours, day, language))
        for day in days
        if hours.weekly[day.weekday()] and hours.is_holiday(day)
    )


class HeldForPackages:
    """Hours are reserved for work packages, and given back with the lines that they are of.

    What is of no line is given back with every line: it is of the whole project.
    """

    def sources(self, line_ids: Collection[int]) -> Mapping[str, int]:
        if not line_ids:
            return {}
        rows = WorkPackage.objects.filter(
            Q(line__in=line_ids) | Q(line=None, project__order__lines__in=line_ids),
            Q(reservation__isnull=False) | Q(request__isnull=False),
        )
        first = min(line_ids)
        return {row.source: row.line_id or first for row in rows.distinct().only("line_id")}


def work_between(since: date, until: date, *, seen_by: Actor) -> list[Work]:
    """Work packages that are still to be done in these days, for the planner of people's hours.

    What is asked of a team, the planner reads as a request.
    """
    rows = (
        packages(seen_by=seen_by)
        .filter(project__state__in=LIVE, state__in=AHEAD, hours__gt=0)
        .filter(starts_on__lt=until, ends_on__gte=since)
        .exclude(request__state__in=OPEN_REQUESTS)
        .exclude(role="", person=None)
        .order_by("project_id", "position", "id")
    )
    found = {row.pk: row for row in rows}
    waits = waits_of(found.values(), seen_by=seen_by)
    return [_work(row, waits.get(row.pk, []), found) for row in found.values()]


def planned_of(sources: Collection[str], *, seen_by: Actor) -> dict[str, Planned]:
    """When the work packages among these sources may be done and are wished for."""
    numbers = (one.removeprefix(WORK_PACKAGE) for one in sources if one.startswith(WORK_PACKAGE))
    ids = [int(number) for number in numbers if number.isdecimal()]
    found = {row.pk: row for row in packages(seen_by=seen_by).filter(pk__in=ids)}
    waits = waits_of(found.values(), seen_by=seen_by)
    told = {}
    for row in found.values():
        work = _work(row, waits.get(row.pk, []), found)
        told[row.source] = Planned(
            not_before=work.not_before, wished=work.wished, after=work.after, fixed=work.fixed
        )
    return told


def _work(row: WorkPackage, waits: Iterable[PackageLink], known: Collection[int]) -> Work:
    """What is planned with it is followed; anything else is waited for until its planned end."""
    ends = [
        link.before.ends_on + A_DAY
        for link in waits
        if link.before_id not in known and link.before.ends_on and link.before.ahead
    ]
    holds = row.reservation is not None and row.reservation.state in HOLDING
    return Work(
        key=row.source,
        purpose=f"{row.project.reference} · {row.name}",
        hours=row.hours,
        kind=row.role,
        skill_id=row.skill_id,
        level=max(row.level, 1),
        reservation_id=row.reservation_id if holds else None,
        not_before=max([*ends, *([row.not_before] if row.not_before else [])], default=None),
        wished=row.starts_on,
        after=tuple((link.before.source, link.lag) for link in waits if link.before_id in known),
        fixed=row.state == PackageState.DOING,
    )


def left_behind(project: Project, *, seen_by: Actor) -> list[WorkPackage]:
    """What is ahead for somebody who does not work here any more."""
    return list(
        packages_of(project, seen_by=seen_by, ahead=True).filter(person__left_on__isnull=False)
    )


def needs_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[TechnicalNeed]:
    return (
        TechnicalNeed.objects.visible_to(seen_by)
        .filter(project=project)
        .select_related("line", "pool", "reservation")
    )


def pools_in(unit: str) -> QuerySet[CapacityPool]:
    """The pools that are counted in this unit."""
    return CapacityPool.objects.filter(unit=unit).order_by("name")


def carriers(*, seen_by: Actor) -> QuerySet[Supplier]:
    return suppliers(seen_by=seen_by, kind=Supplier.Kind.CARRIER)


# Promises and slips


def baselines_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Baseline]:
    return Baseline.objects.visible_to(seen_by).filter(project=project)


def last_baseline(project: Project, *, seen_by: Actor) -> Baseline | None:
    return baselines_of(project, seen_by=seen_by).order_by("-number").first()


def slips_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Slip]:
    return Slip.objects.visible_to(seen_by).filter(project=project).select_related("package")


def carrier_promises_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[CarrierPromise]:
    rows = CarrierPromise.objects.visible_to(seen_by).filter(package__project=project)
    return rows.select_related("package", "supplier")


def unexplained_since(
    project: Project, package: WorkPackage, baseline: Baseline | None = None
) -> date | None:
    """The day after which nobody said yet why the package ends later; None for none."""
    frozen_plan = baseline or Baseline.objects.filter(project=project).order_by("-number").first()
    frozen = frozen_plan.dates_of(package.pk) if frozen_plan else None
    if frozen_plan is None or frozen is None or package.ends_on is None:
        return None
    said = Slip.objects.filter(package=package, said_at__gte=frozen_plan.made_at).aggregate(
        last=Max("now_on")
    )["last"]
    since = max(date.fromisoformat(frozen[1]), said or date.min)
    return since if package.ends_on > since else None


@dataclass(frozen=True, slots=True)
class Late:
    """A package that ends later than in the last baseline; `unsaid`: nobody said why yet."""

    package: WorkPackage
    was_on: date
    days: int
    unsaid: bool


def late_packages(project: Project, *, seen_by: Actor) -> list[Late]:
    """Those that moved by themselves: what only waits for others that are late is theirs."""
    baseline = last_baseline(project, seen_by=seen_by)
    if baseline is None:
        return []
    calendar = workdays_of(project.calendar)
    rows = list(packages_of(project, seen_by=seen_by))
    later: dict[int, tuple[date, date]] = {}
    for row in rows:
        frozen = baseline.dates_of(row.pk)
        if frozen and row.ends_on and row.ends_on > date.fromisoformat(frozen[1]):
            later[row.pk] = (date.fromisoformat(frozen[1]), row.ends_on)
    before = defaultdict(list)
    for link in links_of(project, seen_by=seen_by).filter(after__in=later):
        before[link.after_id].append(link.before_id)
    said = dict(
        Slip.objects.filter(project=project, said_at__gte=baseline.made_at)
        .values_list("package_id")
        .annotate(last=Max("now_on"))
    )
    found = []
    for row in rows:
        if row.pk not in later or any(pk in later for pk in before[row.pk]):
            continue
        was, ends = later[row.pk]
        unsaid = ends > max(was, said.get(row.pk) or date.min)
        found.append(Late(row, was, max(calendar.count(was, ends), 1), unsaid))
    return found


# Proofs


def deliverables(*, seen_by: Actor) -> ProjectsQuerySet[Deliverable]:
    return Deliverable.objects.visible_to(seen_by).select_related("project", "package")


def deliverables_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Deliverable]:
    return deliverables(seen_by=seen_by).filter(project=project).prefetch_related("versions")


def get_deliverable(
    deliverable_id: int, *, seen_by: Actor, project: Project | None = None
) -> Deliverable:
    """Errors: NotFound."""
    rows = deliverables(seen_by=seen_by).filter(pk=deliverable_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def versions_of(
    deliverable: Deliverable, *, seen_by: Actor
) -> ProjectsQuerySet[DeliverableVersion]:
    return DeliverableVersion.objects.visible_to(seen_by).filter(deliverable=deliverable)


def gates_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Gate]:
    rows = Gate.objects.visible_to(seen_by).filter(project=project)
    return rows.select_related("project").prefetch_related("evidences")


def get_gate(gate_id: int, *, seen_by: Actor, project: Project | None = None) -> Gate:
    """Errors: NotFound."""
    rows = Gate.objects.visible_to(seen_by).select_related("project").filter(pk=gate_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def get_evidence(evidence_id: int, *, seen_by: Actor, project: Project | None = None) -> Evidence:
    """Errors: NotFound."""
    rows = Evidence.objects.visible_to(seen_by).select_related("gate__project")
    rows = rows.filter(pk=evidence_id)
    found = (rows.filter(gate__project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


# Followed


def risks(*, seen_by: Actor) -> ProjectsQuerySet[Risk]:
    return Risk.objects.visible_to(seen_by).select_related("owner", "project")


def risks_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Risk]:
    return risks(seen_by=seen_by).filter(project=project)


def get_risk(risk_id: int, *, seen_by: Actor, project: Project | None = None) -> Risk:
    """Errors: NotFound."""
    rows = risks(seen_by=seen_by).filter(pk=risk_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def actions_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[ActionItem]:
    rows = ActionItem.objects.visible_to(seen_by).filter(project=project)
    return rows.select_related("owner", "project")


def get_action(action_id: int, *, seen_by: Actor, project: Project | None = None) -> ActionItem:
    """Errors: NotFound."""
    rows = ActionItem.objects.visible_to(seen_by).select_related("owner", "project")
    rows = rows.filter(pk=action_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def minutes_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Minutes]:
    return Minutes.objects.visible_to(seen_by).filter(project=project)


def history_of(project: Project, *, seen_by: Actor) -> list[Revision]:
    """Who changed the project or its packages, newest first; for who may read names."""
    if not seen_by.can(PEOPLE):
        return []
    parts = revisions(
        WorkPackage,
        limit=NEWEST,
        kind=_("a work package"),
        called="name_fr" if (get_language() or "").startswith("fr") else "name_en",
        project_id=project.pk,
    )
    return together(revisions(Project, limit=NEWEST, id=project.pk), parts, limit=NEWEST)


# Templates


@dataclass(frozen=True, slots=True)
class Delivered:
    """How an offering is delivered: by a template of its own, or as its family."""

    offering: Offering
    content: Content
    own: bool


def templates(*, seen_by: Actor) -> list[Delivered]:
    """Every offering that is sold, by family and code."""
    if not seen_by.can(READ):
        return []
    own = {row.offering_id: row.content for row in ProjectTemplate.objects.all()}
    rows = offerings(seen_by=seen_by).order_by("family", "code")
    return [_delivered(offering, own) for offering in rows]


def template_of(code: str, *, seen_by: Actor) -> Delivered:
    """Errors: NotFound."""
    offering = offerings(seen_by=seen_by, retired=True).filter(code=code).first()
    if offering is None or not seen_by.can(READ):
        raise NotFound
    own = {
        row.offering_id: row.content for row in ProjectTemplate.objects.filter(offering=offering)
    }
    return _delivered(offering, own)


def _delivered(offering: Offering, own: Mapping[int, object]) -> Delivered:
    kept = own.get(offering.pk)
    if isinstance(kept, dict):
        return Delivered(offering, read(kept), own=True)
    return Delivered(offering, recipes.BY_FAMILY.get(offering.family, recipes.OTHER), own=False)
