"""Presence on tickets: who has one open. No record of work: nothing of it is kept."""

from datetime import timedelta

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.run.desk.models import Presence, Ticket
from opale.run.desk.queries.presence import FRESH_FOR
from opale.run.desk.rights import CONSOLE

PRESENCE_TOPIC = "desk.presence"
RETENTION = timedelta(minutes=10)


def record_presence(ticket: Ticket, *, by: Actor, writing: bool = False) -> None:
    """Record that one has the ticket open or is writing on it; repeated while that is so.

    Colleagues are told when somebody arrives or begins to write, not at every sign.
    Errors: NotAllowed.
    """
    person_id, now = _person(by), clock.now()
    with attributed(by):
        rows = Presence.objects.filter(ticket=ticket, person_id=person_id)
        if rows.filter(writing=writing, seen_at__gt=now - FRESH_FOR).update(seen_at=now):
            return
        Presence.objects.bulk_create(
            [Presence(ticket=ticket, person_id=person_id, writing=writing, seen_at=now)],
            update_conflicts=True,
            unique_fields=["person", "ticket"],
            update_fields=["writing", "seen_at"],
        )
        Presence.objects.filter(seen_at__lt=now - RETENTION).delete()
        live_topics.publish(PRESENCE_TOPIC)


def clear_presence(ticket: Ticket, *, by: Actor) -> None:
    """Record that one has closed the ticket. Errors: NotAllowed."""
    with attributed(by):
        gone, _ = Presence.objects.filter(ticket=ticket, person_id=_person(by)).delete()
        if gone:
            live_topics.publish(PRESENCE_TOPIC)


def _person(by: Actor) -> int:
    if by.person_id is None or not by.can(CONSOLE):
        raise NotAllowed
    return by.person_id
