"""Saved columns and named views of a listing. An app above stores them.

A view is an address of the list: its filters, its order and its columns. What is in it depends on
who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from opale.kernel.actor import Actor


class SavedView(Protocol):
    """Saved view, made by `keeper`; `shared` with all who hold the right of the list."""

    id: int
    listing: str
    name: str
    query: str
    shared: bool
    person_id: int

    @property
    def keeper(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ListSettings:
    """Saved columns and views of one person in a listing. `columns` are names; none where not
    chosen.
    """

    columns: tuple[str, ...] = ()
    views: tuple[SavedView, ...] = ()


NO_SETTINGS = ListSettings()


class SettingsStore(Protocol):
    """Storage of views and columns. Errors are those of `kernel.errors`."""

    def of(self, listing: str, *, seen_by: Actor) -> ListSettings:
        """Return the actor's own columns and views, and the views that others share."""
        ...

    def get(self, view_id: int, *, seen_by: Actor, removed: bool = False) -> SavedView:
        """Return a view of the actor's own, to change it. Errors: NotFound."""
        ...

    def own(self, *, seen_by: Actor) -> QuerySet[Any]:
        """Return the rows of the actor's own views."""
        ...

    def choose(self, listing: str, columns: Sequence[str], *, by: Actor) -> None:
        """Save the columns that the actor chose; with none, reset to those of the list."""
        ...

    def add(self, listing: str, name: str, query: str, *, shared: bool, by: Actor) -> int:
        """Save a view and return its id. Errors: NotAllowed, Invalid, Conflict."""
        ...

    def edit(self, view_id: int, *, name: str, shared: bool, by: Actor) -> None:
        """Rename a view, share it or stop sharing it. Errors: NotFound, Invalid."""
        ...

    def remove(self, view_id: int, *, by: Actor) -> None:
        """Remove a view. Errors: NotFound."""
        ...

    def restore(self, view_id: int, *, by: Actor) -> None:
        """Restore a removed view. Errors: NotFound."""
        ...


_stores: list[SettingsStore] = []


def set_store(store: SettingsStore) -> None:
    """Set the store of views and columns."""
    _stores[:] = [store]


def store() -> SettingsStore:
    return _stores[0]


def settings_of(listing: str, actor: Actor) -> ListSettings:
    """Return the actor's saved columns and views of a listing: none for anyone but staff."""
    if actor.person_id is None or not _stores:
        return NO_SETTINGS
    return _stores[0].of(listing, seen_by=actor)
