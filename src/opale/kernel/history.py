"""History by database trigger: each tracked row leaves its previous form and who replaced it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)


def tracked(*, exclude: Iterable[str] = ()) -> Callable[[type[M]], type[M]]:
    """Keep every former version of the rows of a model whose rows change.

    The event table `<model>event` holds the row as it was, `pgh_created_at`, `pgh_label` (update or
    delete) and `pgh_context` (actor, name, reason), which is required: a change made outside
    `kernel.acting.acting` is refused by the database. Append-only tables are their own history.
    """
    track: Callable[[type[M]], type[M]] = pghistory.track(
        pghistory.UpdateEvent("update", row=pghistory.Old),
        pghistory.DeleteEvent("delete", row=pghistory.Old),
        exclude=list(exclude),
        obj_field=pghistory.ObjForeignKey(related_name="former"),
        context_field=pghistory.ContextJSONField(null=False),
        context_id_field=None,  # type: ignore[arg-type]  # no such column
        append_only=True,
    )
    return track


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one change; `label` is the column's name for people."""

    column: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Revision:
    """Who changed or deleted a row, when, why, and what it was before."""

    model: type[models.Model]
    pk: int
    at: datetime
    actor: str
    actor_name: str
    reason: str
    deleted: bool
    differences: tuple[Difference, ...]


def revisions(model: type[models.Model], *, limit: int = 50, **of: Any) -> list[Revision]:
    """The newest changes of the rows of a tracked model that match `of`, newest first.

    `of` are columns that never change in a row, such as `id=3` or `person_id=5`. Changes that
    touch nothing visible are left out. Who may see the row is the caller's to check.
    """
    events = model.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    wanted = {("pgh_obj_id" if name in ("id", "pk") else name): value for name, value in of.items()}
    former = list(events.objects.filter(**wanted).order_by("-pgh_id")[:limit])
    # What a change led to is the row as the next change found it, or as it stands now.
    later: dict[int, models.Model] = {
        row.pk: row for row in model._default_manager.filter(pk__in={e.pgh_obj_id for e in former})
    }
    found = []
    for event in former:
        deleted = event.pgh_label == "delete"
        following = None if deleted else later.get(event.pgh_obj_id)
        later[event.pgh_obj_id] = event
        differences = () if following is None else _differences(model, event, following)
        if deleted or differences:
            found.append(_revision(model, event, deleted=deleted, differences=differences))
    return found


def _revision(
    model: type[models.Model], event: Any, *, deleted: bool, differences: tuple[Difference, ...]
) -> Revision:
    context = event.pgh_context or {}
    return Revision(
        model,
        event.pgh_obj_id,
        event.pgh_created_at,
        context.get("actor", ""),
        context.get("name", ""),
        context.get("reason", ""),
        deleted,
        differences,
    )


def _differences(
    model: type[models.Model], before: models.Model, after: models.Model
) -> tuple[Difference, ...]:
    kept = {field.attname for field in type(before)._meta.concrete_fields}
    return tuple(
        Difference(field.name, str(field.verbose_name), old, new)
        for field in model._meta.concrete_fields
        if field.attname in kept
        and (old := getattr(before, field.attname)) != (new := getattr(after, field.attname))
    )
