"""An order that was begun is decomposed by what the catalogue says of each of its lines.

Source: docs/rules/projects.md, "From an order".
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.build.orders.facts import OrderChanged, OrderMoved
from opale.build.orders.models import Order, OrderLine
from opale.build.orders.ports import sources_for
from opale.build.orders.queries import offering_of
from opale.build.orders.states import ENDED, OPEN, OrderState
from opale.build.projects import recipes
from opale.build.projects.actions.adopting import adopt
from opale.build.projects.actions.giving_back import give_back
from opale.build.projects.actions.planning import replan, tell
from opale.build.projects.contents import Content, Copy, copies, quantity_of, read, woven
from opale.build.projects.facts import ProjectMoved, ProjectOpened
from opale.build.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    PackageLink,
    Project,
    ProjectTemplate,
    Size,
    TechnicalNeed,
    WorkPackage,
)
from opale.build.projects.queries import today
from opale.build.projects.states import (
    AHEAD,
    CANCEL,
    DISCARD,
    DROP,
    FINISH,
    LIVE,
    OUTSTANDING,
    ProjectState,
)
from opale.customers.models import Customer, Offering
from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Unavailable
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform
from opale.organisation.models import Company, Skill, WorkingCalendar
from opale.reservations.actions import release_all

SHORT = 120
Action = OrderLine.Action


def follow_order(fact: OrderMoved | OrderChanged, by: Actor) -> None:
    """Bring the project of an order to what the order says now."""
    bring_up_to(fact.order_id, by=by, at=fact.at)


def bring_up_to(order_id: int, *, by: Actor, at: datetime | None = None) -> Project | None:
    """Decompose what is new on a begun order, drop what is no longer delivered, end with it."""
    moment = at or clock.now()
    with acting(by):
        order = (
            Order.objects.select_for_update(of=("self",))
            .select_related("customer")
            .filter(pk=order_id)
            .first()
        )
        if order is None:
            return None
        project = _project_of(order)
        if order.state == OrderState.IN_PROGRESS:
            project = _decompose(order, project, by=by, at=moment)
        if project is None or project.state not in LIVE:
            return project
        lines = list(OrderLine.objects.filter(order=order))
        _drop_lines(project, [one for one in lines if _not_delivered(one)], by=by, at=moment)
        if order.state in ENDED:
            done = order.state in (OrderState.COMPLETED, OrderState.PARTIAL)
            _end(project, FINISH if done else CANCEL, by=by, at=moment)
        else:
            replan(project)
    return project


def content_of(line: OrderLine) -> Content:
    """How a line is delivered: as its offering says, else as its family."""
    if line.action == Action.DELETE:
        return recipes.TERMINATION
    offering = offering_of(line)
    return content_for(offering) if offering is not None else recipes.OTHER


def content_for(offering: Offering) -> Content:
    own = ProjectTemplate.objects.filter(offering=offering).first()
    return read(own.content) if own else recipes.BY_FAMILY.get(offering.family, recipes.OTHER)


def _project_of(order: Order) -> Project | None:
    rows = Project.objects.select_for_update(of=("self",)).select_related("calendar")
    return rows.filter(order=order).first()


def _decompose(order: Order, project: Project | None, *, by: Actor, at: datetime) -> Project | None:
    rows = OrderLine.objects.filter(order=order, state__in=OPEN).exclude(action=Action.NO_CHANGE)
    lines = list(rows.select_related("offering", "service__offering").order_by("position", "id"))
    if project is not None:
        known = set(WorkPackage.objects.filter(project=project).values_list("line_id", flat=True))
        lines = [line for line in lines if line.pk not in known]
        if project.state not in LIVE:
            return project
    if not lines or order.customer is None:
        return project
    contents = {line.pk: content_of(line) for line in lines}
    large = any(content.size == "project" for content in contents.values())
    if project is None:
        project = _open(order, order.customer, lines, large=large, at=at)
        announce(
            ProjectOpened(
                project_id=project.pk,
                order_id=order.pk,
                customer_id=order.customer.pk,
                at=at,
            ),
            by=by,
        )
    elif large and project.express:
        project.size = Size.PROJECT
        project.save(update_fields=["size"])
    _fill(project, lines, contents, by=by)
    return project


def _open(
    order: Order, customer: Customer, lines: Sequence[OrderLine], *, large: bool, at: datetime
) -> Project:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('projects_project_number')")
        number = int(cursor.fetchone()[0])
    return Project.objects.create(
        number=number,
        order=order,
        customer=customer,
        name=_name(order, lines, french=customer.language == "fr"),
        size=Size.PROJECT if large else Size.EXPRESS,
        calendar=_home_calendar(),
        begins_on=max(today(), localtime(at).date()),
        wanted_on=_wanted(order, lines),
        opened_at=at,
    )


def _name(order: Order, lines: Sequence[OrderLine], *, french: bool) -> str:
    """What it is about: the first sentence of the order, else what it is of."""
    said = order.description.strip().splitlines()
    if said:
        first = said[0].split(". ")[0].rstrip(".")
        return first if len(first) <= SHORT else f"{first[: SHORT - 1].rstrip()}…"
    names = []
    for line in lines:
        offering = offering_of(line)
        if offering is not None:
            name = offering.name_fr if french else offering.name_en
            if name not in names:
                names.append(name)
    return " · ".join(names)[:200] or order.reference


def _home_calendar() -> WorkingCalendar:
    """The hours of the company that operates. Errors: Unavailable."""
    home = Company.objects.filter(operates=True).select_related("calendar").first()
    if home is None:
        raise Unavailable(timedelta(minutes=1), _("No company operates the service yet."))
    return home.calendar


def _wanted(order: Order, lines: Iterable[OrderLine]) -> date | None:
    days = [wanted for line in lines if (wanted := line.wanted_at or order.wanted_at)]
    return localtime(max(days)).date() if days else None


def _fill(
    project: Project, lines: Sequence[OrderLine], contents: Mapping[int, Content], *, by: Actor
) -> None:
    first = WorkPackage.objects.filter(project=project).count()
    skills = {skill.name: skill for skill in Skill.objects.all()}
    made: dict[int, list[tuple[Copy, WorkPackage]]] = {}
    for line in lines:
        made[line.pk] = [
            (copy, _package(project, line, copy, skills, first + place))
            for place, copy in enumerate(copies(contents[line.pk], line.quantity))
        ]
        first += len(made[line.pk])
    WorkPackage.objects.bulk_create(row for pairs in made.values() for _copy, row in pairs)
    PackageLink.objects.bulk_create(_links(project, lines, made))
    for line in lines:
        _write_needs(project, line, contents[line.pk])
        _write_deliverables(project, contents[line.pk], made[line.pk])
        _write_gates(project, contents[line.pk])
    adopt(project, lines, by=by)


def _package(
    project: Project, line: OrderLine, copy: Copy, skills: Mapping[str, Skill], position: int
) -> WorkPackage:
    step = copy.step
    piece = f" · {copy.piece}" if copy.piece else ""
    return WorkPackage(
        project=project,
        line=line,
        key=step.key,
        piece=copy.piece,
        position=position,
        name_en=f"{step.en}{piece}",
        name_fr=f"{step.fr}{piece}",
        kind=step.kind,
        party=step.party,
        role=step.role,
        skill=skills.get(step.skill),
        level=step.level,
        hours=Decimal(str(step.hours)),
        days=step.days,
    )


def _links(
    project: Project,
    lines: Sequence[OrderLine],
    made: Mapping[int, Sequence[tuple[Copy, WorkPackage]]],
) -> list[PackageLink]:
    """What waits for what within each line, and for what another offering of the order does."""
    rows = [row for line in lines for _copy, row in made[line.pk]]
    named = [(_code_of(line), [copy for copy, _row in made[line.pk]]) for line in lines]
    return [
        PackageLink(project=project, before=rows[before], after=rows[after], lag=lag)
        for (before, after), lag in woven(named).items()
    ]


def _code_of(line: OrderLine) -> str:
    offering = offering_of(line)
    return offering.code if offering is not None else ""


def _write_needs(project: Project, line: OrderLine, content: Content) -> None:
    TechnicalNeed.objects.bulk_create(
        TechnicalNeed(
            project=project,
            line=line,
            name_en=need.en,
            name_fr=need.fr,
            unit=need.unit,
            quantity=quantity_of(need, line.characteristics) * line.quantity,
        )
        for need in content.needs
    )


def _write_deliverables(
    project: Project, content: Content, made: Sequence[tuple[Copy, WorkPackage]]
) -> None:
    packages = {copy.step.key: row for copy, row in reversed(made)}
    Deliverable.objects.bulk_create(
        Deliverable(project=project, name_en=one.en, name_fr=one.fr, package=packages.get(one.step))
        for one in content.deliverables
    )


def _write_gates(project: Project, content: Content) -> None:
    """Lines that ask for the same gate pass it together."""
    known = set(Gate.objects.filter(project=project).values_list("name_en", flat=True))
    for one in content.gates:
        if one.en in known:
            continue
        gate = Gate.objects.create(
            project=project, name_en=one.en, name_fr=one.fr, automatic=one.automatic
        )
        Evidence.objects.bulk_create(
            Evidence(gate=gate, name_en=proof.en, name_fr=proof.fr) for proof in one.evidences
        )


def _not_delivered(line: OrderLine) -> bool:
    return line.state in ENDED and line.state != OrderState.COMPLETED


def _drop_lines(project: Project, lines: Collection[OrderLine], *, by: Actor, at: datetime) -> None:
    """What an ended line was to bring is no longer done; the order gave back what it held."""
    rows = WorkPackage.objects.filter(project=project, line__in=lines, state__in=AHEAD)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        perform(DROP, WorkPackage.objects.filter(pk__in=ids), by=by, at=at)
        give_back(ids, by=by, at=at)
    due = Deliverable.objects.filter(
        project=project, package__line__in=lines, state__in=OUTSTANDING
    )
    results = list(due.values_list("pk", flat=True))
    if results:
        perform(DISCARD, Deliverable.objects.filter(pk__in=results), by=by, at=at)
    TechnicalNeed.objects.filter(project=project, line__in=lines).delete()
    # Whoever was offered before is not reserved for it after.
    ids = [line.pk for line in lines]
    release_all([*(line.source for line in lines), *sources_for(ids)], by=by, at=at)


def _end(project: Project, move: Move, *, by: Actor, at: datetime) -> None:
    """With its order: whatever is still ahead is dropped."""
    ahead = list(
        WorkPackage.objects.filter(project=project, state__in=AHEAD).values_list("pk", flat=True)
    )
    if ahead:
        perform(DROP, WorkPackage.objects.filter(pk__in=ahead), by=by, at=at)
        give_back(ahead, by=by, at=at)
    due = list(
        Deliverable.objects.filter(project=project, state__in=OUTSTANDING).values_list(
            "pk", flat=True
        )
    )
    if due:
        perform(DISCARD, Deliverable.objects.filter(pk__in=due), by=by, at=at)
    rows = Project.objects.filter(pk=project.pk)
    if move is FINISH and project.state == ProjectState.PREPARING:
        move = Move(FINISH.name, LIVE, ProjectState.DONE, FINISH.right)
    perform(move, rows, by=by, at=at, ended_at=at, next_package=None, waits_for="", late_by=0)
    project.refresh_from_db()
    tell_moved(project, by=by, at=at)


def tell_moved(project: Project, *, by: Actor, at: datetime) -> None:
    tell(project)
    announce(
        ProjectMoved(
            project_id=project.pk,
            order_id=project.order_id,
            customer_id=project.customer_id,
            state=project.state,
            at=at,
        ),
        by=by,
    )
