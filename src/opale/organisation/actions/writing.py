"""The steps that every action of this room takes: lock what may be changed, change what differs."""

from typing import Any, TypeVar

from django.db.models import Model

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.kernel.owned import OwnedQuerySet
from opale.organisation import rights

M = TypeVar("M", bound=Model)


def require(by: Actor, right: str) -> None:
    """For what does not exist yet: the right is held on anything. Errors: NotAllowed."""
    if not by.can(right):
        raise NotAllowed


def locked(rows: OwnedQuerySet[M], by: Actor, *any_of: str) -> M:
    """The one row of `rows`, locked, on which the actor holds one of the rights (EDIT by default).

    Errors: NotFound, NotAllowed.
    """
    row = rows.visible_to(by).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    mine = rows.model._default_manager.filter(pk=row.pk)
    if not any(
        mine.filter(by.reach(right, rows.model)).exists() for right in any_of or (rights.EDIT,)
    ):
        raise NotAllowed
    return row


def amend(row: Model, changes: dict[str, Any]) -> list[str]:
    """Write the columns that differ; their names are given back."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        row.save(update_fields=changed)
    return changed
