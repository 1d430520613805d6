"""Webhook events of tickets, with the ticket as `GET /api/v1/tickets/{number}` shows it.

An event goes to those who may see the ticket. Messages and notes are never sent.
"""

from collections.abc import Collection, Iterator
from types import SimpleNamespace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.kernel.facts import Fact
from opale.run.desk import facts, rights
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.tickets import TicketOut
from opale.webhooks.ports import EventContent, publish

Rows = tuple[tuple[type[Fact], str, str | Promise], ...]


def publish_ticket_events() -> None:
    """Publish the desk's facts as webhook events; called once, when Opale starts."""
    of_one: Rows = (
        (facts.TicketReceived, "ticket.received", _("Ticket received")),
        (facts.TicketClassified, "ticket.classified", _("Ticket classified")),
        (facts.MessageReceived, "ticket.customer_wrote", _("Customer wrote on a ticket")),
        (facts.ServiceRestored, "ticket.restored", _("Service restored")),
        (facts.TicketRejected, "ticket.rejected", _("Ticket refused")),
        (facts.TicketReopened, "ticket.reopened", _("Ticket reopened")),
    )
    for kind, name, label in of_one:
        publish(kind, name, label=label, right=rights.READ, tell=_of_one)
    of_many: Rows = (
        (facts.TicketsMoved, "ticket.state_changed", _("Ticket state changed")),
        (facts.TicketsResolved, "ticket.resolved", _("Ticket resolved")),
        (facts.TicketsClosed, "ticket.closed", _("Ticket closed")),
        (facts.TicketsCancelled, "ticket.cancelled", _("Ticket cancelled")),
        (facts.TicketsMerged, "ticket.merged", _("Ticket merged into another")),
    )
    for kind, name, label in of_many:
        publish(kind, name, label=label, right=rights.READ, tell=_of_many)
    # Events for the desk alone.
    publish(
        facts.TicketOwnerChanged,
        "ticket.owner_changed",
        label=_("Ticket owner changed"),
        right=rights.CONSOLE,
        tell=_of_one,
    )
    publish(
        facts.MessageSent,
        "ticket.message_sent",
        label=_("Message sent to the customer"),
        right=rights.CONSOLE,
        tell=_of_one,
    )
    publish(
        facts.CommitmentBreached,
        "ticket.commitment_breached",
        label=_("SLA breached"),
        right=rights.CONSOLE,
        tell=_of_breach,
    )


def _of_one(fact: Any, seen_by: Actor) -> Iterator[EventContent]:
    return _tickets([fact.ticket_id], seen_by)


def _of_many(fact: Any, seen_by: Actor) -> Iterator[EventContent]:
    return _tickets(fact.ticket_ids, seen_by)


def _of_breach(fact: facts.CommitmentBreached, seen_by: Actor) -> Iterator[EventContent]:
    said = {"measure": fact.measure, "due_at": fact.due_at}
    return _tickets([fact.ticket_id], seen_by, commitment=said)


def _tickets(ticket_ids: Collection[int], seen_by: Actor, **more: Any) -> Iterator[EventContent]:
    asker = {"request": SimpleNamespace(actor=seen_by)}
    for ticket in tickets.visible_tickets(ticket_ids, seen_by=seen_by):
        yield EventContent(
            {"ticket": TicketOut.model_validate(ticket, context=asker).dict(), **more},
            ticket.customer_id,
        )
