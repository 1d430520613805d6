"""Facts of a ticket that conditions are tried on, as it is now or as it was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.utils.timezone import localtime

from opale.kernel.models import StateMove
from opale.run.desk.models import FOREVER, Classification, DeskQuerySet, Message, Ticket


@dataclass(frozen=True)
class TicketView:
    """A ticket at a moment. `past` reads its state and classification of then from the record;
    what has no dated record (subject, tags, fields, owner) is as it is now."""

    ticket: Ticket
    at: datetime
    past: bool = False

    @cached_property
    def state(self) -> str:
        if not self.past:
            return self.ticket.state
        moves = StateMove.objects.filter(
            subject=Ticket._meta.label_lower, subject_id=self.ticket.pk
        )
        before = moves.filter(at__lte=self.at).order_by("-id").values_list("target", flat=True)
        after = moves.filter(at__gt=self.at).order_by("id").values_list("source", flat=True)
        return before.first() or after.first() or self.ticket.state

    @cached_property
    def graded(self) -> Ticket | Classification:
        if not self.past:
            return self.ticket
        rows = Classification.objects.filter(ticket=self.ticket, at__lte=self.at)
        return rows.select_related("service").order_by("-at", "-id").first() or self.ticket

    @cached_property
    def last_message(self) -> Message | None:
        return self._messages().first()

    @cached_property
    def last_received(self) -> Message | None:
        return self._messages().filter(direction=Message.Direction.RECEIVED).first()

    @property
    def due(self) -> datetime | None:
        return None if self.ticket.next_due_at == FOREVER else self.ticket.next_due_at

    def _messages(self) -> DeskQuerySet[Message]:
        shown = Message.objects.filter(
            ticket=self.ticket, visibility=Message.Visibility.PUBLIC, at__lte=self.at
        )
        return shown.order_by("-at", "-id")


def _writer(view: TicketView) -> str:
    if view.last_message is None:
        return ""
    received = view.last_message.direction == Message.Direction.RECEIVED
    return "customer" if received else "desk"


def _wrote(view: TicketView) -> datetime | None:
    return view.last_received.at if view.last_received else None


def _since(view: TicketView, moment: datetime | None) -> timedelta | None:
    return None if moment is None else view.at - moment


READERS: Final[Mapping[str, Callable[[TicketView], Any]]] = {
    "kind": lambda view: view.graded.kind,
    "state": lambda view: view.state,
    "priority": lambda view: view.graded.priority,
    "impact": lambda view: view.graded.impact,
    "urgency": lambda view: view.graded.urgency,
    "source": lambda view: view.ticket.source,
    "subject": lambda view: view.ticket.subject,
    "tags": lambda view: list(view.ticket.tags),
    "fields": lambda view: {
        name: str(value) for name, value in view.ticket.field_values.items() if value is not None
    },
    "customer": lambda view: view.ticket.customer.code if view.ticket.customer else "",
    "service": lambda view: view.graded.service.reference if view.graded.service else "",
    "stream": lambda view: view.ticket.stream,
    "request_type": lambda view: view.ticket.request_type.code if view.ticket.request_type else "",
    "premium": lambda view: view.graded.premium,
    "restored": lambda view: (
        view.ticket.restored_at is not None and view.ticket.restored_at <= view.at
    ),
    "owner_id": lambda view: view.ticket.owner_id,
    "language": lambda view: view.ticket.language,
    "message": lambda view: view.last_message.body if view.last_message else "",
    "last_writer": _writer,
    "received": lambda view: view.ticket.received_at,
    "received_ago": lambda view: _since(view, view.ticket.received_at),
    "customer_wrote": _wrote,
    "customer_wrote_ago": lambda view: _since(view, _wrote(view)),
    "due": lambda view: view.due,
    "due_ago": lambda view: _since(view, view.due),
    "hour": lambda view: localtime(view.at).hour,
    "weekday": lambda view: localtime(view.at).isoweekday(),
}


def facts_of(view: TicketView, names: frozenset[str]) -> dict[str, Any]:
    """Return the values of these variables: no more is read than a condition asks for."""
    return {name: READERS[name](view) for name in names}
