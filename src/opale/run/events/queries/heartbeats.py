"""Queries on heartbeats."""

from django.db.models import F, QuerySet

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.events.models import Heartbeat
from opale.run.events.rights import READ


def heartbeats(*, seen_by: Actor) -> QuerySet[Heartbeat]:
    """Return the heartbeats: the missing ones first, then those due next."""
    if not seen_by.can(READ):
        return Heartbeat.objects.none()
    return Heartbeat.objects.select_related("integration").order_by(
        "-active", F("missing_since").asc(nulls_last=True), F("due_at").asc(nulls_last=True), "name"
    )


def get_heartbeat(heartbeat_id: int, *, seen_by: Actor) -> Heartbeat:
    """Return the heartbeat. Errors: NotFound."""
    found = heartbeats(seen_by=seen_by).filter(pk=heartbeat_id).first()
    if found is None:
        raise NotFound
    return found
