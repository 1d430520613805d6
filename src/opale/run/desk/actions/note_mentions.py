"""Telling people of an internal note: whom it mentions, and who watches its ticket."""

from collections.abc import Iterable

from django.urls import reverse

from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify
from opale.organisation.models import Person
from opale.run.desk.models import Message, Watcher
from opale.run.desk.notification_kinds import MENTIONED, NOTED
from opale.run.desk.queries.note_readers import readers_of_notes
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


def notify_watchers(note: Message, mentioned: Iterable[Person], *, by: Actor) -> None:
    """Tell the colleagues who watch a ticket, and may open it now, of a note that does not mention
    them. A burst of notes is one notification."""
    told = {person.pk for person in mentioned}
    watching = Watcher.objects.filter(ticket=note.ticket, person__isnull=False)
    found = Person.objects.filter(pk__in=watching.values("person"), left_on=None)
    others = list(found.exclude(pk__in=told | {by.person_id or 0}).select_related("user"))
    notify(
        NOTED,
        readers_of_notes(note.ticket).among(others),
        thing=f"desk.ticket:{note.ticket_id}",
        url=f"{reverse('desk_ticket', args=[note.ticket.number])}#message-{note.pk}",
        values={
            "author": note.author,
            "ticket": note.ticket.reference,
            "subject": note.ticket.subject,
        },
        by=by,
    )


def thing_of(note: Message) -> str:
    """Return what notifications are about that tell of a note."""
    return f"desk.note:{note.pk}"
