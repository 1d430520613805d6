"""Decomposition of order lines into work packages, needs, deliverables and gates.

Source: docs/rules/projects.md, "From an order".
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from opale.customers.models import Offering
from opale.delivery.orders.models import OrderLine
from opale.delivery.orders.queries import offering_of
from opale.delivery.projects.actions.held_before import adopt_reservations
from opale.delivery.projects.domain.template_content import (
    Content,
    Copy,
    Need,
    Result,
    content_record,
    copies,
    link_copies,
    parse_content,
    quantity_of,
)
from opale.delivery.projects.models import (
    Decomposition,
    Deliverable,
    Evidence,
    Gate,
    PackageLink,
    Project,
    ProjectTemplate,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import default_templates
from opale.kernel.actor import Actor
from opale.organisation.models import Skill

Action = OrderLine.Action
Made = list[tuple[Copy, WorkPackage]]
LARGEST_NEED: Final = Decimal(9_999_999_999)


def content_of(line: OrderLine) -> Content:
    """Return how a line is delivered: by its offering's template, else by its family's."""
    if line.action == Action.NO_CHANGE:
        return default_templates.NOTHING
    if line.action == Action.DELETE:
        return default_templates.TERMINATION
    offering = offering_of(line)
    return content_for(offering) if offering is not None else default_templates.OTHER


def content_for(offering: Offering) -> Content:
    own = ProjectTemplate.objects.filter(offering=offering).first()
    return (
        parse_content(own.content)
        if own
        else default_templates.BY_FAMILY.get(offering.family, default_templates.OTHER)
    )


def decompose_lines(
    project: Project, lines: Sequence[OrderLine], contents: Mapping[int, Content], *, by: Actor
) -> None:
    """Decompose new lines, and take over the reservations made for them."""
    first = WorkPackage.objects.filter(project=project).count()
    skills = skills_by_name()
    made: dict[int, Made] = {}
    for line in lines:
        made[line.pk] = [
            (copy, package_of(project, line, copy, skills, first + place))
            for place, copy in enumerate(copies(contents[line.pk], line.quantity))
        ]
        first += len(made[line.pk])
    WorkPackage.objects.bulk_create(row for pairs in made.values() for _copy, row in pairs)
    PackageLink.objects.bulk_create(links_among(project, [(one, made[one.pk]) for one in lines]))
    Decomposition.objects.bulk_create(
        Decomposition(
            project=project,
            line=line,
            about=decomposition_key(line),
            quantity=line.quantity,
            content=content_record(contents[line.pk]),
        )
        for line in lines
    )
    for line in lines:
        write_needs(project, line, contents[line.pk].needs)
        write_deliverables(project, contents[line.pk].deliverables, made[line.pk])
        write_gates(project, contents[line.pk])
    adopt_reservations(project, lines, by=by)


def decomposition_key(line: OrderLine) -> str:
    """Return the key of how a line is delivered: lines with different keys share no work."""
    if line.action in (Action.DELETE, Action.NO_CHANGE):
        return str(line.action)
    offering = offering_of(line)
    return f"offering:{offering.pk if offering is not None else ''}"


def skills_by_name() -> dict[str, Skill]:
    return {skill.name: skill for skill in Skill.objects.all()}


def package_of(
    project: Project, line: OrderLine, copy: Copy, skills: Mapping[str, Skill], position: int
) -> WorkPackage:
    step = copy.step
    name_en, name_fr = names_of(copy)
    return WorkPackage(
        project=project,
        line=line,
        key=step.key,
        piece=copy.piece,
        position=position,
        name_en=name_en,
        name_fr=name_fr,
        kind=step.kind,
        party=step.party,
        role=step.role,
        skill=skills.get(step.skill),
        level=step.level,
        hours=Decimal(str(step.hours)),
        days=step.days,
    )


def names_of(copy: Copy) -> tuple[str, str]:
    """Return the English and French names, with the number of the piece."""
    piece = f" · {copy.piece}" if copy.piece else ""
    return f"{copy.step.en}{piece}", f"{copy.step.fr}{piece}"


def links_among(
    project: Project, lines: Sequence[tuple[OrderLine, Sequence[tuple[Copy, WorkPackage]]]]
) -> list[PackageLink]:
    """Return the links within each line, and those to other offerings of the order."""
    rows = [row for _line, made in lines for _copy, row in made]
    named = [(_code_of(line), [copy for copy, _row in made]) for line, made in lines]
    return [
        PackageLink(project=project, before=rows[before], after=rows[after], lag=lag)
        for (before, after), lag in link_copies(named).items()
    ]


def _code_of(line: OrderLine) -> str:
    offering = offering_of(line)
    return offering.code if offering is not None else ""


def needed_quantity(need: Need, line: OrderLine) -> Decimal:
    """Return the quantity that all pieces of a line need."""
    return min(quantity_of(need, line.characteristics) * line.quantity, LARGEST_NEED)


def write_needs(project: Project, line: OrderLine, needs: Iterable[Need]) -> None:
    TechnicalNeed.objects.bulk_create(
        TechnicalNeed(
            project=project,
            line=line,
            name_en=need.en,
            name_fr=need.fr,
            unit=need.unit,
            quantity=needed_quantity(need, line),
        )
        for need in needs
    )


def write_deliverables(
    project: Project, results: Iterable[Result], made: Sequence[tuple[Copy, WorkPackage]]
) -> None:
    packages = {copy.step.key: row for copy, row in reversed(made)}
    Deliverable.objects.bulk_create(
        Deliverable(project=project, name_en=one.en, name_fr=one.fr, package=packages.get(one.step))
        for one in results
    )


def write_gates(project: Project, content: Content) -> None:
    """Write the gates; lines that name the same gate share it."""
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
