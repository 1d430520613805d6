"""State machines: a table of moves, a lock, a constraint."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.functional import Promise

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import insert_many
from opale.kernel.errors import IllegalMove, NotAllowed, NotFound
from opale.kernel.models import StateMove

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Move:
    """Allowed move of a state machine. Buttons, diagrams and refusals come from the same table."""

    name: str
    sources: frozenset[str]
    target: str
    right: str
    label: str | Promise = ""


def perform(
    move: Move, rows: models.QuerySet[M], *, by: Actor, at: datetime, **changes_made: Any
) -> list[int]:
    """Move every row to `move.target`, or none. Locks in one order, so bulk moves cannot deadlock.

    It is that of the keys, or the one that the model says as `lock_order`. Units: `at` is the trade
    time of the move, aware; the time of typing is recorded beside it.
    Errors: NotFound (nothing visible), NotAllowed, IllegalMove.
    """
    with attributed(by):
        held = rows.order_by(*getattr(rows.model, "lock_order", ("pk",)))
        locking = held.select_for_update(of=("self",)).values_list("pk", "state")
        found = dict(sorted(locking))
        if not found:
            raise NotFound
        locked = rows.model._default_manager.filter(pk__in=found)
        if not by.everywhere(move.right):
            allowed = locked.filter(by.reach(move.right, rows.model)).values_list("pk", flat=True)
            if found.keys() - set(allowed):
                raise NotAllowed
        if refused := {pk: state for pk, state in found.items() if state not in move.sources}:
            raise IllegalMove(move.name, refused)
        locked.update(state=move.target, **changes_made)
        record_moves(rows.model, move.name, found, move.target, by=by, at=at)
        live_topics.publish(*(f"{rows.model._meta.label_lower}:{pk}" for pk in found))
    return list(found)


def record_moves(
    model: type[models.Model],
    move: str,
    sources: Mapping[int, str],
    target: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write the moves with actor, source, target, trade time and recorded time."""
    rows = [move_columns(model, pk, move, was, target, by=by, at=at) for pk, was in sources.items()]
    insert_many(StateMove, rows)


def move_columns(
    model: type[models.Model],
    pk: int,
    move: str,
    source: str,
    target: str,
    *,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Return the columns of one move."""
    return {
        "subject": model._meta.label_lower,
        "subject_id": pk,
        "move": move,
        "source": source,
        "target": target,
        "actor": by.key,
        "actor_name": by.name,
        "at": at,
    }


def moves_of(model: type[models.Model], pk: int) -> models.QuerySet[StateMove]:
    return StateMove.objects.filter(subject=model._meta.label_lower, subject_id=pk).order_by("id")
