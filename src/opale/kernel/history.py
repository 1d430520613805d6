"""History by database trigger: the author of each tracked row, its previous forms and who replaced
them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.utils.functional import Promise

M = TypeVar("M", bound=models.Model)
FORMER_SHOWN: Final = 50
"""Former texts that are shown of one row, the latest."""


def tracked(
    *,
    creation: bool = False,
    exclude: Iterable[str] = (),
    only: Collection[str] = (),
    along: Collection[str] = (),
) -> Callable[[type[M]], type[M]]:
    """Keep every former version of the rows of a model that can change.

    The event table `<model>event` holds the row as it was, `pgh_created_at`, `pgh_label` (update or
    delete) and `pgh_context` (actor, name, reason), which is required: a change made outside
    `kernel.attribution.attributed` is refused by the database. Append-only tables are their own
    history.

    With `creation` the row as it was made is kept too (label insert), by one trigger per statement,
    and a row without attribution is refused. Left out only where each row has a dated record
    anyway. With `only` no more than these columns are kept, when one of them changes, `along`
    with others, and no deletion: of rows that are otherwise written once.
    Source: docs/decisions/0007-who-made-a-row.md.
    """
    trackers: list[pghistory.RowEvent]
    if only:
        changed = pghistory.AnyChange(*only)
        trackers = [pghistory.UpdateEvent("update", row=pghistory.Old, condition=changed)]
    else:
        trackers = [
            pghistory.UpdateEvent("update", row=pghistory.Old),
            pghistory.DeleteEvent("delete", row=pghistory.Old),
        ]
    if creation:
        trackers.append(pghistory.InsertEvent("insert", level=pgtrigger.Statement))

    def track(model: type[M]) -> type[M]:
        tracking: Callable[[type[M]], type[M]] = pghistory.track(
            *trackers,
            fields=[*along, *only] if only else None,
            exclude=list(exclude),
            model_name=f"{model.__name__}Event",
            obj_field=pghistory.ObjForeignKey(related_name="former"),
            context_field=pghistory.ContextJSONField(null=False),
            context_id_field=None,  # type: ignore[arg-type]  # no such column
            append_only=True,
        )
        return tracking(model)

    return track


@dataclass(frozen=True, slots=True)
class FormerText:
    """A text that a row had until an edit; `version` is the row's tracked columns with it."""

    text: str
    replaced_at: datetime
    version: Any


def former_texts(row: models.Model, column: str) -> list[FormerText]:
    """Return the texts that a tracked row had in a column before its edits, the latest first."""
    versions = row.former.filter(pgh_label="update").order_by("-pgh_id")  # type: ignore[attr-defined]  # made by `tracked`
    found: list[FormerText] = []
    after = getattr(row, column)
    for version in versions[:FORMER_SHOWN]:
        if (text := getattr(version, column)) != after:
            found.append(FormerText(text, version.pgh_created_at, version))
        after = text
    return found


def fingerprint(*texts: str) -> str:
    """Return a short hash of texts, by which to see that they have changed since they were read."""
    return sha256("\x00".join(texts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one change; `label` is the column's name for people."""

    column: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Revision:
    """Creation, change or deletion of a row: its author, moment and reason, and the row before.

    `row` is the present row, or its last state. For a row that belongs to the one whose history
    this is, `kind` says what it is, and the column `called` holds its name for people.
    """

    model: type[models.Model]
    pk: int
    at: datetime
    actor: str
    actor_name: str
    reason: str
    created: bool
    deleted: bool
    differences: tuple[Difference, ...]
    row: models.Model
    kind: str | Promise = ""
    called: str = ""


def revisions(
    model: type[models.Model],
    *,
    limit: int = 50,
    kind: str | Promise = "",
    called: str = "",
    **of: Any,
) -> list[Revision]:
    """Return the newest changes of the rows of a tracked model that match `of`, newest first.

    `of` are columns that never change in a row, such as `id=3` or `person_id=5`; of one row, its
    creation is always among them. Changes that touch nothing visible are left out. The caller
    checks who may see the row.
    """
    events = model.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    wanted = {("pgh_obj_id" if name in ("id", "pk") else name): value for name, value in of.items()}
    newest = events.objects.filter(**wanted).order_by("-pgh_id")
    former = list(newest[:limit])
    if "pgh_obj_id" in wanted and len(former) == limit and former[-1].pgh_label != "insert":
        former += newest.filter(pgh_label="insert")
    # What a change led to is the row as the next change found it, or as it stands now; a row that
    # was never changed stands as it was made.
    changed = {event.pgh_obj_id for event in former if event.pgh_label == "update"}
    later: dict[int, models.Model] = {
        row.pk: row for row in model._default_manager.filter(pk__in=changed)
    }
    last = dict(later)
    found = []
    for event in former:
        pk = event.pgh_obj_id
        row = last.setdefault(pk, event)
        differences: tuple[Difference, ...] = ()
        if event.pgh_label == "update":
            differences = _differences(model, event, later.get(pk, event))
        later[pk] = event
        if differences or event.pgh_label != "update":
            found.append(_revision(model, event, differences, row, kind, called))
    return found


def merged_revisions(of: list[Revision], *parts: list[Revision], limit: int) -> list[Revision]:
    """Return the changes of a row and of what belongs to it as one history, newest first.

    All rows made in the transaction that made the row itself are one line, which stays the last
    however many there are.
    """
    made = [revision for revision in of if revision.created]
    born = {revision.at for revision in made}
    belonging = (r for part in parts for r in part if not (r.created and r.at in born))
    others = [*(revision for revision in of if not revision.created), *belonging]
    others.sort(key=lambda revision: revision.at, reverse=True)
    return [*others[: limit - len(made)], *made]


def _revision(
    model: type[models.Model],
    event: Any,
    differences: tuple[Difference, ...],
    row: models.Model,
    kind: str | Promise,
    called: str,
) -> Revision:
    context = event.pgh_context or {}
    return Revision(
        model,
        event.pgh_obj_id,
        event.pgh_created_at,
        context.get("actor", ""),
        context.get("name", ""),
        context.get("reason", ""),
        event.pgh_label == "insert",
        event.pgh_label == "delete",
        differences,
        row,
        kind,
        called,
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
