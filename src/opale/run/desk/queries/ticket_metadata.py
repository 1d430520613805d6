"""Watchers and external references of a ticket, and the tags in use."""

from django.db.models import Count, F, Func

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import ExternalReference, Ticket, Watcher
from opale.run.desk.states import OPEN_STATES

TAGS_OFFERED = 30


def watchers_of(ticket: Ticket) -> list[Watcher]:
    rows = Watcher.objects.filter(ticket=ticket).select_related("person", "contact")
    return list(rows.order_by("since", "id"))


def get_watcher(ticket: Ticket, watcher_id: int) -> Watcher:
    """Errors: NotFound."""
    rows = Watcher.objects.filter(ticket=ticket, pk=watcher_id).select_related("ticket")
    return _first(rows.first())


def references_of(ticket: Ticket) -> list[ExternalReference]:
    return list(ExternalReference.objects.filter(ticket=ticket))


def get_reference(ticket: Ticket, reference_id: int) -> ExternalReference:
    """Errors: NotFound."""
    rows = ExternalReference.objects.filter(ticket=ticket, pk=reference_id)
    found = rows.select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def tags_in_use(*, seen_by: Actor) -> list[tuple[str, int]]:
    """Return the tags of open tickets with how many carry each, the most used first."""
    rows = Ticket.objects.visible_to(seen_by).filter(state__in=OPEN_STATES)
    unnested = rows.annotate(tag=Func(F("tags"), function="unnest")).values("tag")
    counted = unnested.annotate(count=Count("pk")).order_by("-count", "tag")[:TAGS_OFFERED]
    return [(row["tag"], row["count"]) for row in counted]


def _first(watcher: Watcher | None) -> Watcher:
    if watcher is None:
        raise NotFound
    return watcher
