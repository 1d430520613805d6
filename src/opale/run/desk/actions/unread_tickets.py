"""What the owner of a ticket does not know of it yet."""

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.run.desk.actions.ticket_locks import QUEUE
from opale.run.desk.models import News, Ticket


def mark_unread_for_owner(held: Ticket, *, of: int | None) -> None:
    """Mark the ticket for its owner, unless it is the owner who did it: `of` is that person.

    Inside the action that holds the ticket, and wakes who looks at it.
    """
    if of != held.owner_id:
        News.objects.get_or_create(ticket=held, defaults={"since": clock.now()})


def mark_read(ticket: Ticket, *, by: Actor) -> None:
    """The owner has looked. Nothing where there is no news, or somebody else looks."""
    if by.person_id is None or by.person_id != ticket.owner_id:
        return
    gone, _by_model = News.objects.filter(ticket=ticket).delete()
    if gone:
        live_topics.publish(QUEUE, customer_id=ticket.customer_id)
