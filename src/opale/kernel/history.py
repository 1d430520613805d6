"""History by database trigger: each tracked row leaves its previous form and who replaced it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

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
        context_id_field=None,
        append_only=True,
    )
    return track
