"""Telling people that an internal note mentions them."""

from collections.abc import Iterable

from django.urls import reverse

from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify
from opale.organisation.models import Person
from opale.run.desk.models import Message
from opale.run.desk.notification_kinds import MENTIONED
from opale.ui.markdown_text import markdown_as_line


def notify_mentioned(note: Message, people: Iterable[Person], *, by: Actor) -> None:
    """Tell the people whom a note mentions, except for its author."""
    if note.assignment_id is None:
        url = reverse("desk_ticket", args=[note.ticket.number])
    else:
        url = reverse("desk_assignment", args=[note.assignment_id])
    notify(
        MENTIONED,
        [person for person in people if person.pk != by.person_id],
        thing=thing_of(note),
        url=f"{url}#message-{note.pk}",
        values={
            "author": note.author,
            "ticket": note.ticket.reference,
            "subject": note.ticket.subject,
            "text": markdown_as_line(note.body),
        },
        by=by,
    )


def thing_of(note: Message) -> str:
    """Return what notifications are about that tell of a note."""
    return f"desk.note:{note.pk}"
