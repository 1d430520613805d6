"""Changes of order lines applied to their project; begun and completed work stays.

Source: docs/rules/projects.md, "An order that changes".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from opale.delivery.orders.models import OrderLine
from opale.delivery.projects.actions.decomposition import (
    Made,
    content_of,
    decomposition_key,
    links_among,
    names_of,
    needed_quantity,
    package_of,
    skills_by_name,
    write_deliverables,
    write_gates,
    write_needs,
)
from opale.delivery.projects.actions.releases import release_packages
from opale.delivery.projects.domain.template_content import (
    Content,
    Copy,
    content_record,
    parse_content,
    renumber_pieces,
)
from opale.delivery.projects.models import (
    Decomposition,
    Deliverable,
    PackageLink,
    Project,
    Size,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.states import DISCARD, DROP, OUTSTANDING, PackageState
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.states import perform
from opale.planning.task_order import Cycle, Link, in_order
from opale.reservations.actions.reservations import move_reservation
from opale.reservations.models import Reservation
from opale.reservations.states import RELEASE


@dataclass(slots=True)
class LineDelta:
    """The work packages of a changed line that are kept, added and dropped."""

    line: OrderLine
    content: Content
    stay: Made = field(default_factory=list)
    further: Made = field(default_factory=list)
    dropped: list[WorkPackage] = field(default_factory=list)


def apply_line_changes(
    project: Project, lines: Sequence[OrderLine], *, by: Actor, at: datetime
) -> None:
    """Update packages, deliverables, gates and needs to the present open lines; the caller locks
    the project."""
    rows: dict[int, list[WorkPackage]] = {line.pk: [] for line in lines}
    for row in WorkPackage.objects.filter(project=project, line__in=lines):
        rows[row.line_id or 0].append(row)
    known = {one.line_id: one for one in Decomposition.objects.filter(project=project)}
    for line in lines:
        before = known.get(line.pk) or _as_it_was(project, line, rows[line.pk])
        if before is None:
            continue
        content = read_content(before)
        if before.about != decomposition_key(line):
            shape = _replaced(line, content, content_of(line), rows[line.pk])
        elif before.quantity != line.quantity:
            shape = _resized(line, content, rows[line.pk])
        else:
            _follow_needs(project, line, content, by=by, at=at)
            continue
        _write(project, shape, by=by, at=at)
        _follow_needs(project, line, shape.content, by=by, at=at)
        said = {
            "about": decomposition_key(line),
            "quantity": line.quantity,
            "content": content_record(shape.content),
        }
        update_changed(before, said)


def read_content(decomposition: Decomposition) -> Content:
    steps = decomposition.content.get("steps")
    return parse_content(decomposition.content) if steps else Content(size="express", steps=())


def _as_it_was(
    project: Project, line: OrderLine, rows: Sequence[WorkPackage]
) -> Decomposition | None:
    """Record the assumed decomposition of a line that has none: as many pieces as it had."""
    if not rows:
        return None
    return Decomposition.objects.create(
        project=project,
        line=line,
        about=decomposition_key(line),
        quantity=max(len({row.piece for row in rows if row.piece}), 1),
        content=content_record(content_of(line)),
    )


def _resized(line: OrderLine, content: Content, rows: Sequence[WorkPackage]) -> LineDelta:
    """Return the delta of a changed quantity; all pieces are alike."""
    steps = {step.key: step for step in content.steps}
    shape = LineDelta(line, content)
    live = [row for row in rows if row.state != PackageState.DROPPED and row.key in steps]
    added = _pieces(shape, [(Copy(steps[row.key], row.piece), row) for row in live])
    shape.further = [
        _further(shape, Copy(step, piece)) for piece in added for step in content.steps if step.each
    ]
    return shape


def _replaced(
    line: OrderLine, before: Content, content: Content, rows: Sequence[WorkPackage]
) -> LineDelta:
    """Return the delta of a changed or missing offering; work that is delivered alike stays."""
    steps = {step.key: step for step in content.steps}
    same = {step.key for step in before.steps if steps.get(step.key) == step}
    shape = LineDelta(line, content)
    live = [row for row in rows if row.state != PackageState.DROPPED]
    shape.dropped = [row for row in live if row.key and row.key not in same and row.ahead]
    kept = [(Copy(steps[row.key], row.piece), row) for row in live if row.key in same]
    added = _pieces(shape, kept)
    there = {copy.key for copy, _row in shape.stay}
    pieces = sorted({copy.piece for copy, _row in shape.stay if copy.step.each} | {*added})
    wanted = [
        Copy(step, piece) for step in content.steps for piece in (pieces if step.each else [0])
    ]
    shape.further = [_further(shape, copy) for copy in wanted if copy.key not in there]
    return shape


def _pieces(shape: LineDelta, live: Made) -> list[int]:
    """Sort packages into kept and dropped ones, and return the pieces to add."""
    if not any(step.each for step in shape.content.steps):
        shape.stay = live
        return []
    begun: dict[int, bool] = {}
    for copy, row in live:
        if copy.step.each:
            began = row.state in (PackageState.DOING, PackageState.DONE)
            begun[copy.piece] = begun.get(copy.piece, False) or began
    kept, added = renumber_pieces(begun, shape.line.quantity)
    for copy, row in live:
        if not copy.step.each:
            shape.stay.append((copy, row))
        elif copy.piece in kept:
            shape.stay.append((Copy(copy.step, kept[copy.piece]), row))
        elif row.ahead:
            shape.dropped.append(row)
    return added


def _further(shape: LineDelta, copy: Copy) -> tuple[Copy, WorkPackage]:
    return copy, WorkPackage(key=copy.step.key, piece=copy.piece)


def _write(project: Project, shape: LineDelta, *, by: Actor, at: datetime) -> None:
    for copy, row in shape.stay:
        if row.piece != copy.piece:
            _renumber(row, copy)
    last = _last(project, shape)
    skills = skills_by_name()
    shape.further = [
        (copy, package_of(project, shape.line, copy, skills, last)) for copy, _row in shape.further
    ]
    WorkPackage.objects.bulk_create(row for _copy, row in shape.further)
    _link(project, shape)
    _drop(shape.dropped, by=by, at=at)
    _follow_deliverables(project, shape, by=by, at=at)
    write_gates(project, shape.content)
    if shape.content.size == "project" and project.express:
        project.size = Size.PROJECT
        project.save(update_fields=["size"])


def _renumber(row: WorkPackage, copy: Copy) -> None:
    """Renumber a package; a name that somebody gave it stays."""
    said: dict[str, object] = {"piece": copy.piece}
    before = names_of(Copy(copy.step, row.piece))
    if (row.name_en, row.name_fr) == before:
        said["name_en"], said["name_fr"] = names_of(copy)
    update_changed(row, said)


def _last(project: Project, shape: LineDelta) -> int:
    """Return the position for added pieces, behind the others: rows of equal position keep their
    order."""
    each = [row for copy, row in shape.stay if copy.step.each] or [row for _c, row in shape.stay]
    places = [row.position for row in each or shape.dropped]
    if places:
        return max(places)
    return WorkPackage.objects.filter(project=project).count()


def _link(project: Project, shape: LineDelta) -> None:
    """Link added packages with their predecessors and successors, without cycles."""
    further = {row.pk for _copy, row in shape.further}
    if not further:
        return
    among = [(shape.line, [*shape.stay, *shape.further]), *_others(project, shape.line)]
    wanted = [
        one
        for one in links_among(project, among)
        if one.before_id in further or one.after_id in further
    ]
    keys = list(WorkPackage.objects.filter(project=project).values_list("pk", flat=True))
    there = [
        Link(before, after)
        for before, after in PackageLink.objects.filter(project=project).values_list(
            "before_id", "after_id"
        )
    ]
    PackageLink.objects.bulk_create(_without_circles(keys, there, wanted))


def _without_circles(
    keys: Collection[int], there: Sequence[Link], wanted: Sequence[PackageLink]
) -> list[PackageLink]:
    """Return the wanted links without those that would close a cycle with a planner's own."""

    def possible(links: Sequence[PackageLink]) -> bool:
        try:
            in_order(keys, [*there, *(Link(one.before_id, one.after_id) for one in links)])
        except Cycle:
            return False
        return True

    if possible(wanted):
        return list(wanted)
    kept: list[PackageLink] = []
    for one in wanted:
        if possible([*kept, one]):
            kept.append(one)
    return kept


def _others(project: Project, line: OrderLine) -> Iterator[tuple[OrderLine, Made]]:
    """Yield the packages of the other lines that come from their templates."""
    others = Decomposition.objects.filter(project=project).exclude(line=line)
    for one in others.select_related("line__offering", "line__service__offering"):
        steps = {step.key: step for step in read_content(one).steps}
        rows = WorkPackage.objects.filter(project=project, line=one.line)
        yield (
            one.line,
            [
                (Copy(steps[row.key], row.piece), row)
                for row in rows.exclude(state=PackageState.DROPPED)
                if row.key in steps
            ],
        )


def _drop(rows: Sequence[WorkPackage], *, by: Actor, at: datetime) -> None:
    if rows:
        ids = [row.pk for row in rows]
        perform(DROP, WorkPackage.objects.filter(pk__in=ids), by=by, at=at)
        release_packages(ids, by=by, at=at)


def _follow_deliverables(project: Project, shape: LineDelta, *, by: Actor, at: datetime) -> None:
    """Move deliverables of dropped packages to another one of the same step, else discard them."""
    there = [*shape.stay, *shape.further]
    packages = {copy.step.key: row for copy, row in reversed(there)}
    results = {(one.en, one.step): one for one in shape.content.deliverables}
    known: Mapping[int, WorkPackage] = {
        row.pk: row for row in [*(row for _copy, row in there), *shape.dropped]
    }
    own = Deliverable.objects.filter(project=project, package__in=list(known))
    discarded = []
    for row in own.order_by("pk"):
        package = known[row.package_id or 0]
        wanted = results.pop((row.name_en, package.key), None)
        if package not in shape.dropped or row.state not in OUTSTANDING:
            continue
        if wanted is not None and package.key in packages:
            update_changed(row, {"package": packages[package.key]})
        else:
            discarded.append(row.pk)
    if discarded:
        perform(DISCARD, Deliverable.objects.filter(pk__in=discarded), by=by, at=at)
    if shape.further:
        # Deliverables of steps that stay are not due again.
        new = {copy.step.key for copy, _row in shape.further} - {
            copy.step.key for copy, _row in shape.stay
        }
        write_deliverables(project, [one for one in results.values() if one.step in new], there)


def _follow_needs(
    project: Project, line: OrderLine, content: Content, *, by: Actor, at: datetime
) -> None:
    """Reset needs whose quantity changed, and release what was reserved for the former quantity."""
    rows = TechnicalNeed.objects.filter(project=project, line=line)
    there = {(row.unit, row.name_en): row for row in rows.select_related("reservation", "place")}
    missing = []
    for need in content.needs:
        row = there.pop((need.unit, need.en), None)
        quantity = needed_quantity(need, line)
        if row is None:
            missing.append(need)
        elif row.quantity != quantity:
            _let_go(row, by=by, at=at)
            update_changed(row, {"quantity": quantity, "reservation": None, "place": None})
    for row in there.values():
        _let_go(row, by=by, at=at)
        row.delete()
    write_needs(project, line, missing)


def _let_go(need: TechnicalNeed, *, by: Actor, at: datetime) -> None:
    known = [pk for pk in (need.reservation_id, need.place_id) if pk is not None]
    held = Reservation.objects.filter(pk__in=known, state__in=RELEASE.sources)
    for reservation in held.order_by("pk"):
        move_reservation(reservation, RELEASE, by=by, at=at)
