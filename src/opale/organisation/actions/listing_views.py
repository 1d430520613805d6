"""Actions on saved columns and views of lists."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.locks import take_locks
from opale.listings.saved_views import ListSettings, SavedView
from opale.organisation.models import ListingView, Person
from opale.organisation.queries.listing_views import (
    get_listing_view,
    own_listing_views,
    settings_of_listing,
)
from opale.organisation.rights import EDIT_SELF

MOST_VIEWS: Final = 40
"""Views of one person in a list; as many removed ones are kept, the last ones."""
MOST_SHARED: Final = 100
"""Shared views of a list, of everybody together: all of them are drawn for each reader."""
REMOVED_RETENTION: Final = timedelta(days=90)
BATCH_SIZE: Final = 500
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2000


def choose_columns(listing: str, columns: Sequence[str], *, by: Actor) -> None:
    """Save the columns of a list; with none, return to its default. Errors: NotAllowed."""
    query = urlencode({"columns": ",".join(columns)}) if columns else ""
    with attributed(by):
        person_id = _locked(by)
        kept = ListingView.objects.filter(person_id=person_id, listing=listing, name="").first()
        if kept is not None:
            update_changed(kept, {"query": query})
        elif query:
            ListingView.objects.create(person_id=person_id, listing=listing, query=query)


def save_listing_view(listing: str, name: str, query: str, *, shared: bool, by: Actor) -> int:
    """Save a view of a list; return its id. Errors: NotAllowed, Invalid, Conflict."""
    name = _name(name)
    if len(query) > LONGEST_QUERY:
        raise Invalid(_("These filters are too long to be saved."))
    with attributed(by):
        person_id = _locked(by)
        _check_room(listing, by)
        if shared:
            _check_shared(listing)
        kept = ListingView.objects.create(
            person_id=person_id, listing=listing, name=name, query=query, shared=shared
        )
    return kept.pk


def edit_listing_view(view_id: int, *, name: str, shared: bool, by: Actor) -> None:
    """Rename a view, share it or stop sharing it. Errors: NotFound, Invalid, Conflict."""
    _amend(view_id, {"name": _name(name), "shared": shared}, by)


def remove_listing_view(view_id: int, *, by: Actor) -> None:
    """Remove a view. Errors: NotFound."""
    _amend(view_id, {"removed_at": clock.now()}, by)


def restore_listing_view(view_id: int, *, by: Actor) -> None:
    """Undo the removal of a view. Errors: NotFound, Conflict where no room is left for it."""
    _amend(view_id, {"removed_at": None}, by, removed=True)


def delete_removed_views(*, by: Actor) -> int:
    """Delete views that were removed long ago; their history stays."""
    with attributed(by):
        old = ListingView.objects.filter(removed_at__lt=clock.now() - REMOVED_RETENTION)
        batch = old.order_by("pk").values("pk")[:BATCH_SIZE]
        return ListingView.objects.filter(pk__in=batch).delete()[0]


def _amend(view_id: int, said: Mapping[str, Any], by: Actor, *, removed: bool = False) -> None:
    _keeper(by)
    with attributed(by):
        _locked(by)  # as where one is saved: of two at once the second counts the first
        rows = own_listing_views(seen_by=by, removed=removed).select_for_update(of=("self",))
        found = rows.filter(pk=view_id).first()
        if found is None:
            raise NotFound
        if removed:
            _check_room(found.listing, by)
        if said.get("shared", found.shared) and (removed or not found.shared):
            _check_shared(found.listing)
        update_changed(found, said)
        if said.get("removed_at"):
            _delete_oldest_removed(found.listing, by)


def _check_room(listing: str, by: Actor) -> None:
    """Refuse one more view of a list where as many are kept as may be. Errors: Conflict."""
    if own_listing_views(seen_by=by).filter(listing=listing).count() >= MOST_VIEWS:
        sentence = _("You have %(most)d views of this list, which is the limit: remove one first.")
        raise Conflict(sentence % {"most": MOST_VIEWS})


def _check_shared(listing: str) -> None:
    """Refuse one more shared view of a list where everybody together shares as many as may be.

    Errors: Conflict.
    """
    take_locks(f"organisation.shared_views:{listing}")
    shared = ListingView.objects.filter(listing=listing, shared=True, removed_at=None)
    if shared.count() >= MOST_SHARED:
        sentence = _(
            "This list has %(most)d shared views, which is the limit: keep this one private, or ask"
            " for one to be removed."
        )
        raise Conflict(sentence % {"most": MOST_SHARED})


def _delete_oldest_removed(listing: str, by: Actor) -> None:
    """Delete one's removed views of a list beyond the last ones: so many can be restored."""
    gone = own_listing_views(seen_by=by, removed=True).filter(listing=listing)
    beyond = gone.order_by("-removed_at", "-pk").values_list("pk", flat=True)[MOST_VIEWS:]
    ListingView.objects.filter(pk__in=list(beyond)).delete()


def _locked(by: Actor) -> int:
    """Return the actor's person, locked: of two at once the second waits. Errors: NotAllowed."""
    person_id = _keeper(by)
    Person.objects.select_for_update().get(pk=person_id)
    return person_id


def _keeper(by: Actor) -> int:
    """Return the actor's person. Errors: NotAllowed."""
    if by.person_id is None or not by.can(EDIT_SELF):
        raise NotAllowed
    return by.person_id


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Invalid(name=_("Enter a name of at most 60 characters."))
    return said


class ListingViews:
    """Store of views and columns in this app's tables (`saved_views.SettingsStore`)."""

    def of(self, listing: str, *, seen_by: Actor) -> ListSettings:
        return settings_of_listing(listing, seen_by=seen_by)

    def get(self, view_id: int, *, seen_by: Actor, removed: bool = False) -> SavedView:
        return get_listing_view(view_id, seen_by=seen_by, removed=removed)

    def own(self, *, seen_by: Actor) -> QuerySet[ListingView]:
        return own_listing_views(seen_by=seen_by)

    def choose(self, listing: str, columns: Sequence[str], *, by: Actor) -> None:
        choose_columns(listing, columns, by=by)

    def add(self, listing: str, name: str, query: str, *, shared: bool, by: Actor) -> int:
        return save_listing_view(listing, name, query, shared=shared, by=by)

    def edit(self, view_id: int, *, name: str, shared: bool, by: Actor) -> None:
        edit_listing_view(view_id, name=name, shared=shared, by=by)

    def remove(self, view_id: int, *, by: Actor) -> None:
        remove_listing_view(view_id, by=by)

    def restore(self, view_id: int, *, by: Actor) -> None:
        restore_listing_view(view_id, by=by)
