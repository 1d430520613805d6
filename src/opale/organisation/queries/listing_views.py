"""Saved columns and named views of lists."""

from django.db.models import QuerySet
from django.http import QueryDict

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.listings.saved_views import ListSettings
from opale.organisation.models import ListingView


def settings_of_listing(listing: str, *, seen_by: Actor) -> ListSettings:
    """Return the actor's columns and views of a list, with the views that others share."""
    return _settings(listing, seen_by)


@cached(2000)
def _settings(listing: str, seen_by: Actor) -> ListSettings:
    rows = ListingView.objects.visible_to(seen_by).filter(listing=listing)
    found = list(rows.select_related("person"))
    unnamed = next((row for row in found if not row.name), None)
    columns = QueryDict(unnamed.query).get("columns", "") if unnamed else ""
    return ListSettings(
        tuple(filter(None, columns.split(","))), tuple(row for row in found if row.name)
    )


def own_listing_views(*, seen_by: Actor, removed: bool = False) -> QuerySet[ListingView]:
    """Return the actor's own views; with `removed` those to be restored."""
    rows = ListingView.objects.filter(person_id=seen_by.person_id or 0)
    found = rows.exclude(name="").filter(removed_at__isnull=not removed)
    return found.select_related("person")


def get_listing_view(view_id: int, *, seen_by: Actor, removed: bool = False) -> ListingView:
    """Return a view of the actor's own; with `removed` one to be restored.

    Errors: NotFound, for others' and missing alike.
    """
    if seen_by.person_id is None:  # a contact: the database shows nothing of this either
        raise NotFound
    found = own_listing_views(seen_by=seen_by, removed=removed).filter(pk=view_id).first()
    if found is None:
        raise NotFound
    return found
