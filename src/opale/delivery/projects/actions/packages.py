"""Actions of work packages; each reschedules the project's plan.

Source: docs/rules/projects.md, "Tasks".
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext as _

from opale.delivery.projects.actions.plans import lock_package, lock_project, replan
from opale.delivery.projects.actions.releases import (
    release_packages,
    release_remaining,
    restore_reservation,
)
from opale.delivery.projects.actions.slippage import record_slip
from opale.delivery.projects.models import Evidence, Gate, PackageLink, Party, Project, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.states import AHEAD, COMPLETE, DROP, PASS, REOPEN, START, GateState
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.kernel.states import Move, perform
from opale.organisation.models import Skill, Team
from opale.planning.task_order import Cycle, Link, in_order
from opale.planning.task_schedule import MOST_DAYS

MOST_PACKAGES: Final = 3_000
CHANGE: Final = "change"
Kind = WorkPackage.Kind
FIELDS: Final = frozenset(
    {
        "name_en", "name_fr", "kind", "party", "role", "skill", "level", "hours", "days",
        "not_before", "person",
    }
)  # fmt: skip


def add_package(
    project: Project, *, by: Actor, after: Iterable[int] | None = None, **fields: Any
) -> WorkPackage:
    """Add a work package, with the packages that it waits for.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held = lock_project(project, by=by)
        _check(fields)
        rows = WorkPackage.objects.filter(project=held)
        last = rows.aggregate(last=Max("position"))["last"]
        if rows.count() >= MOST_PACKAGES:
            raise Invalid(_("A project has %(most)s tasks at most.") % {"most": MOST_PACKAGES})
        package = WorkPackage.objects.create(
            project=held, position=0 if last is None else last + 1, **fields
        )
        if after:
            _link(held, package, dict.fromkeys(after, 0))
        replan(held, by=by, assigned=package)
    package.refresh_from_db()
    return package


def edit_package(
    package: WorkPackage,
    *,
    by: Actor,
    after: Mapping[int, int] | None = None,
    cause: str = "",
    note: str = "",
    **fields: Any,
) -> None:
    """Change a work package, and its predecessors: `after` are packages with the days between.

    After a promise, a later end needs a cause. Errors: NotFound, NotAllowed, IllegalMove, Invalid
    (a cycle, told by its names).
    """
    with attributed(by):
        held, row = lock_package(package, by=by)
        _check({"kind": row.kind, "days": row.days, **fields})
        before = row.ends_on
        changed = update_changed(row, fields)
        if after is not None and _link(held, row, after):
            changed.append("after")
        if changed:
            replan(held, by=by, assigned=row if "person" in changed else None)
            record_slip(held, row, before, cause=cause, note=note, by=by)


def move_package(
    package: WorkPackage,
    move: Move,
    *,
    by: Actor,
    on: date | None = None,
    at: datetime | None = None,
) -> str:
    """Move one package, as `move_packages`; return why its reservation was not restored, or ""."""
    lost = move_packages(package.project, {package.pk: on or today()}, move, by=by, at=at)
    return lost.get(package.pk, "")


def move_packages(
    project: Project,
    days: Mapping[int, date],
    move: Move,
    *,
    by: Actor,
    at: datetime | None = None,
) -> dict[int, str]:
    """Begin, complete, reopen or drop packages, all or none.

    Returns, for reopened packages, why a released reservation could not be restored. Units: `days`
    are the days on which it happened, by package.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (a milestone waits for other work).
    """
    if any(day > today() for day in days.values()):
        raise Invalid(on=_("The date is in the future."))
    with attributed(by):
        right = CONTRIBUTE if move in (START, COMPLETE) else WORK
        held = lock_project(project, by=by, right=right)
        rows = {row.pk: row for row in WorkPackage.objects.filter(project=held, pk__in=days)}
        if rows.keys() != days.keys():
            raise NotFound
        moment = at or clock.now()
        if move is COMPLETE:
            _require_reached(rows)
        for pk, row in sorted(rows.items()):
            dates = _dates(row, move, days[pk])
            perform(move, WorkPackage.objects.filter(pk=pk), by=by, at=moment, **dates)
        lost: dict[int, str] = {}
        if move is DROP:
            release_packages(rows, by=by, at=moment)
        elif move is COMPLETE:
            release_remaining(days, by=by, at=moment)
        elif move is REOPEN:
            lost = {
                pk: why
                for pk, row in rows.items()
                if (why := restore_reservation(held, row, by=by))
            }
        pass_automatic_gates(held, by=by)
        replan(held, by=by)
    return lost


def _require_reached(rows: Mapping[int, WorkPackage]) -> None:
    """Refuse to complete a milestone whose predecessors are not completed with it or before.

    Errors: Conflict.
    """
    milestones = [pk for pk, row in rows.items() if row.kind == Kind.MILESTONE]
    open_links = PackageLink.objects.filter(after__in=milestones, before__state__in=AHEAD)
    waits = open_links.exclude(before__in=rows).select_related("before__line__site", "after")
    first = waits.order_by("after__position", "before__position").first()
    if first is not None:
        names = [one.before.title for one in waits.filter(after=first.after)[:3]]
        raise Conflict(
            _("“%(milestone)s” is reached once this is done: %(names)s.")
            % {"milestone": first.after.name, "names": ", ".join(names)}
        )


def _dates(row: WorkPackage, move: Move, day: date) -> dict[str, date | None]:
    """Return the dates of a move. Errors: Invalid."""
    if move is START:
        return {"begun_on": day}
    if move is COMPLETE:
        if row.begun_on is not None and day < row.begun_on:
            raise Invalid(on=_("The end date is before the start date."))
        # A package completed without a recorded beginning began on its planned day.
        return {"begun_on": row.begun_on or min(row.starts_on or day, day), "done_on": day}
    return {"begun_on": None, "done_on": None}


def pass_automatic_gates(project: Project, *, by: Actor) -> None:
    """Pass the automatic gates once every package is completed and every evidence is there."""
    if WorkPackage.objects.filter(project=project, state__in=AHEAD).exists():
        return
    ready = Gate.objects.filter(project=project, automatic=True, state=GateState.OPEN).exclude(
        pk__in=Evidence.objects.filter(given_at=None).values("gate_id")
    )
    ids = list(ready.values_list("pk", flat=True))
    if ids:
        moment = clock.now()
        automatic = Move(PASS.name, PASS.sources, PASS.target, CONTRIBUTE)
        rows = Gate.objects.filter(pk__in=ids)
        perform(automatic, rows, by=by, at=moment, passed_at=moment, passed_by=by.signature)


def _link(project: Project, package: WorkPackage, after: Mapping[int, int]) -> bool:
    """Set the predecessors of a package, and return whether anything changed. Errors: Invalid."""
    rows = {row.pk: row for row in WorkPackage.objects.filter(project=project)}
    if set(after) - set(rows):
        raise Invalid(after=_("A task can only wait for tasks of its own project."))
    if any(not 0 <= lag <= MOST_DAYS for lag in after.values()):
        raise Invalid(after=_("The lag is 2,000 working days at most."))
    if package.pk in after:
        raise Invalid(after=_("A task cannot wait for itself."))
    links = list(PackageLink.objects.filter(project=project))
    own = {one.before_id: one for one in links if one.after_id == package.pk}
    if {pk: one.lag for pk, one in own.items()} == dict(after):
        return False
    others = [Link(one.before_id, one.after_id) for one in links if one.after_id != package.pk]
    try:
        in_order(rows, [*others, *(Link(pk, package.pk) for pk in after)])
    except Cycle as cycle:
        names = " → ".join(rows[key].name for key in cycle.keys)
        raise Invalid(
            after=_("Circular dependency, none of these could start: %(names)s.") % {"names": names}
        ) from cycle
    for pk, one in own.items():
        if pk not in after:
            one.delete()
        elif one.lag != after[pk]:
            one.lag = after[pk]
            one.save(update_fields=["lag"])
    PackageLink.objects.bulk_create(
        PackageLink(project=project, before=rows[pk], after=package, lag=lag)
        for pk, lag in after.items()
        if pk not in own
    )
    return True


def _check(fields: Mapping[str, Any]) -> None:
    """Errors: Invalid."""
    if unknown := set(fields) - FIELDS:
        raise Invalid(
            **dict.fromkeys(sorted(unknown), _("This field of a task cannot be changed."))
        )
    for name in ("name_en", "name_fr"):
        if name in fields and not 0 < len(str(fields[name]).strip()) <= 200:
            raise Invalid(**{name: _("Enter a name of at most 200 characters.")})
    days = fields.get("days", 0)
    if not 0 <= days <= MOST_DAYS:
        raise Invalid(days=_("A task takes 2,000 working days at most."))
    milestone = fields.get("kind") == Kind.MILESTONE
    if milestone and days:
        raise Invalid(days=_("A milestone has no duration."))
    if "kind" in fields and not milestone and not days:
        raise Invalid(days=_("Only a milestone has no duration."))
    if not Decimal(0) <= Decimal(fields.get("hours", 0)) <= 10_000:
        raise Invalid(hours=_("Enter between 0 and 10,000 hours."))
    if not 0 <= fields.get("level", 0) <= 5:
        raise Invalid(level=_("Enter a level from 0 to 5."))
    choices: Mapping[str, tuple[Any, str]] = {
        "kind": (Kind.values, _("Unknown kind of task.")),
        "party": (Party.values, _("Unknown party.")),
        "role": (("", *Team.Kind.values), _("Unknown team function.")),
    }
    for name, (known, sentence) in choices.items():
        if name in fields and fields[name] not in known:
            raise Invalid(**{name: sentence})
    skill = fields.get("skill")
    if skill is not None and not isinstance(skill, Skill):
        raise Invalid(skill=_("Unknown skill."))
