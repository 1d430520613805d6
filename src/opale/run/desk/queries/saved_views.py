"""Saved views, with how many tickets each holds for the reader."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.http import QueryDict

from opale.kernel.actor import Actor
from opale.kernel.capped_counts import capped_counts
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.organisation.models import Membership, Team
from opale.run.desk.models import DeskQuerySet, FirstView, SavedView, Ticket
from opale.run.desk.models.saved_views import SavedViewQuerySet
from opale.run.desk.queries.filters import Filters
from opale.run.desk.queries.ticket_lists import View, tickets_in

COUNT_LIMIT = 100


def saved_views(*, seen_by: Actor) -> SavedViewQuerySet:
    """Return the actor's own views and those shared with its teams, in order, each with its
    author."""
    return SavedView.objects.of(seen_by).select_related("team", "person")


def views_shown(*, seen_by: Actor) -> tuple[SavedView, ...]:
    """Return the same views for the lists' columns, cached and read-only."""
    return _shown(seen_by, now().replace(second=0, microsecond=0))


@cached(200)
def _shown(seen_by: Actor, _minute: datetime) -> tuple[SavedView, ...]:
    """Return the shown views, cached for a minute, because team memberships are dated."""
    return tuple(saved_views(seen_by=seen_by))


def own_saved_views(*, seen_by: Actor, removed: bool = False) -> SavedViewQuerySet:
    """Return the views that the actor made; with `removed`, those to be restored."""
    rows = SavedView.objects.filter(person_id=seen_by.person_id or 0)
    return rows.filter(removed_at__isnull=not removed)


def get_saved_view(view_id: int, *, seen_by: Actor, removed: bool = False) -> SavedView:
    """Return a view that the actor made, to be changed; with `removed`, one to be restored.

    Errors: NotFound, for others' and missing alike.
    """
    found = own_saved_views(seen_by=seen_by, removed=removed).filter(pk=view_id).first()
    if found is None:
        raise NotFound
    return found


def first_view(*, seen_by: Actor) -> FirstView | None:
    """Return the list that the actor's desk opens with; None for triage."""
    return FirstView.objects.filter(person_id=seen_by.person_id or 0).first()


def own_teams(*, seen_by: Actor) -> list[Team]:
    """Return the actor's present teams, with which a view can be shared."""
    places = Membership.objects.filter(person_id=seen_by.person_id or 0, period__contains=now())
    return list(Team.objects.filter(pk__in=places.values("team_id")).order_by("name"))


def filtered_tickets(
    view: str, filters: Filters, *, seen_by: Actor, at: datetime
) -> DeskQuerySet[Ticket]:
    """Return the tickets of a list that pass all its filters and that the actor may see."""
    tickets = tickets_in(cast(View, view), seen_by=seen_by, at=at)
    return filters.narrow(tickets, seen_by=seen_by, at=at)


def count_saved_views(saved: Sequence[SavedView], *, seen_by: Actor, at: datetime) -> list[int]:
    """Count the tickets of each view for the actor, in one statement, up to COUNTED_TO.

    Views of all tickets are not counted: the number of closed tickets calls for no action.
    """
    lists = [
        filtered_tickets(one.view, Filters.read(QueryDict(one.query)), seen_by=seen_by, at=at)
        if one.view != "all"
        else None
        for one in saved
    ]
    return capped_counts(lists, COUNT_LIMIT)
