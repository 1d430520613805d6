"""What people keep of a listing: its columns, and views with a name. An app above stores it.

A view is an address of the list: its filters, its order and its columns. What is in it depends on
who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class View:
    """A kept view; `shared` with all who hold the right of the list. `keeper` made it."""

    id: int
    listing: str
    name: str
    query: str
    shared: bool
    person_id: int
    keeper: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What one person has of a listing. `columns` are names; none where they were not chosen."""

    columns: tuple[str, ...] = ()
    views: tuple[View, ...] = ()


NOTHING = Kept()


class Store(Protocol):
    """Keeps views and columns. Errors are those of `kernel.errors`."""

    def of(self, listing: str, *, seen_by: Actor) -> Kept:
        """Return the actor's own columns and views, and the views that others share."""
        ...

    def get(self, view_id: int, *, seen_by: Actor, removed: bool = False) -> View:
        """Return a view of the actor's own, to be changed. Errors: NotFound."""
        ...

    def choose(self, listing: str, columns: Sequence[str], *, by: Actor) -> None:
        """Keep the columns that the actor wants; with none, those of the list again."""
        ...

    def add(self, listing: str, name: str, query: str, *, shared: bool, by: Actor) -> int:
        """Keep a view; its id is returned. Errors: NotAllowed, Invalid, Conflict."""
        ...

    def edit(self, view_id: int, *, name: str, shared: bool, by: Actor) -> None:
        """Rename a view, share it or share it no more. Errors: NotFound, Invalid."""
        ...

    def remove(self, view_id: int, *, by: Actor) -> None:
        """Errors: NotFound."""
        ...

    def restore(self, view_id: int, *, by: Actor) -> None:
        """Bring a removed view back. Errors: NotFound."""
        ...


_stores: list[Store] = []


def keep_in(store: Store) -> None:
    """Say who keeps views and columns."""
    _stores[:] = [store]


def store() -> Store:
    return _stores[0]


def kept_of(listing: str, actor: Actor) -> Kept:
    """Return what the actor keeps of a listing: nothing for who is no person of the house."""
    if actor.person_id is None or not _stores:
        return NOTHING
    return _stores[0].of(listing, seen_by=actor)
