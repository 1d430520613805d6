"""Unread marks: news of a ticket that its owner has not seen yet."""

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.run.desk.actions.ticket_locks import QUEUE
from opale.run.desk.models import News, Ticket


def mark_unread_for_owner(held: Ticket, *, of: int | None) -> None:
    """Mark the ticket as unread for its owner, unless the owner made the change: `of` is who made
    it.

    Runs inside the action that holds the ticket, and refreshes open pages.
    """
    if of != held.owner_id:
        News.objects.get_or_create(ticket=held, defaults={"since": clock.now()})


def mark_read(ticket: Ticket, *, by: Actor) -> None:
    """Mark the ticket as read by its owner. Does nothing without news, or for anybody else."""
    if by.person_id is None or by.person_id != ticket.owner_id:
        return
    gone, _by_model = News.objects.filter(ticket=ticket).delete()
    if gone:
        live_topics.publish(QUEUE, customer_id=ticket.customer_id)
