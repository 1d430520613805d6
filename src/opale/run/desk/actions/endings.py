"""Restoration, resolution and closure with all that is stated at the end: the outage, the cause,
and the message to the customer. Source: docs/rules/ticket-life-cycle.md, "What is stated".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Service
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound
from opale.run.desk.actions.answers import answer_customer
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.lifecycle import (
    cancel_ticket,
    capture_states,
    close_ticket,
    resolve_ticket,
    restore_service,
    restore_states,
)
from opale.run.desk.actions.message_recall import CustomerUpdateState, recall_message
from opale.run.desk.actions.outages import set_other_outages, set_outage
from opale.run.desk.actions.ticket_fields import set_ticket_fields
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.models import Kind, Message, Notice, ServiceOutage, Ticket
from opale.run.desk.queries.endings import outage_start
from opale.run.desk.queries.outages import running_outages

SESSION: Final = "session"


class Outage(models.TextChoices):
    """Whether the service was down, as whoever ends the work states it."""

    DOWN = "down", _("The service was down")
    NOT_DOWN = "not_down", _("The service was not down")


@dataclass(frozen=True, slots=True)
class Ended:
    """What was ended, with the state before it, and the message that went out by hand."""

    ticket: Ticket
    before: Mapping[str, Any]
    message: Message | None = None


def restore(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime | None = None,
    outage: str = "",
    since: datetime | None = None,
    service: Service | None = None,
    services: Sequence[Service] = (),
    cause: str = "",
    message: str = "",
    message_format: str = Message.Format.PLAIN,
    credential: str = "",
) -> Ended:
    """Record when the service worked again, by a workaround too: it stops the restore clock (GTR).

    With `outage` down it was down from `since` on; a `service` is set where the ticket has none.
    `services` are those that were down, where it was not the ticket's own alone.
    The `message` is written to the customer in place of the notice of restoration;
    `message_format` says how it is to be read.
    Errors: NotFound, NotAllowed, IllegalMove, Conflict (said already), Invalid.
    """
    with attributed(by):
        held, before = _begin(ticket, service, by=by)
        restored = restore_service(held, by=by, at=at)
        _state_outage(restored, outage, since, services, by=by)
        if cause:
            change_ticket(Ticket.objects.get(pk=held.pk), cause=cause)
        return _end(held, before, message, message_format, by=by, credential=credential)


def resolve(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime | None = None,
    outage: str = "",
    since: datetime | None = None,
    service: Service | None = None,
    services: Sequence[Service] = (),
    cause: str = "",
    values: Mapping[str, Any] | None = None,
    message: str = "",
    message_format: str = Message.Format.PLAIN,
    credential: str = "",
) -> Ended:
    """Resolve a ticket; an incident not yet restored is restored by it, `at` that time or now.

    The outage, the services and the message are as in `restore`; `values` are those of the
    installation's own fields.
    Errors: NotFound, NotAllowed, IllegalMove, Conflict, Invalid.
    """
    with attributed(by):
        held, before = _begin(ticket, service, by=by)
        if values:
            held = set_ticket_fields(held, values, by=by)
        if held.kind == Kind.INCIDENT and held.restored_at is None:
            restored = restore_service(held, by=by, at=at)
            _state_outage(restored, outage, since, services, by=by)
        resolve_ticket(held, by=by, cause=cause)
        return _end(held, before, message, message_format, by=by, credential=credential)


def cancel(ticket: Ticket, *, by: Actor, reason: str = "") -> Ended:
    """Cancel a ticket without result: a mistake, a duplicate, a withdrawn wish.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        held, before = _begin(ticket, by=by)
        return Ended(cancel_ticket(held, by=by, reason=reason), before)


def close(
    ticket: Ticket,
    *,
    by: Actor,
    message: str = "",
    message_format: str = Message.Format.PLAIN,
    credential: str = "",
) -> Ended:
    """Close a resolved ticket. The `message` is written to the customer in place of the notice,
    and is to be read as `message_format` says.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held, before = _begin(ticket, by=by)
        close_ticket(held, by=by)
        return _end(held, before, message, message_format, by=by, credential=credential)


def undo_ending(
    ticket: Ticket, before: Mapping[str, Any], message_id: int | None, *, ended: str, by: Actor
) -> bool:
    """Return a ticket to the state before it was ended; return whether its message was recalled.

    A message that has left stays, and so does its notice.
    Errors: NotFound, NotAllowed, Conflict (the ticket has changed since).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        recalled = message_id is None or _recall(held, message_id, before, by=by)
        restore_states([held], {held.pk: before}, ended=ended, by=by)
        change_ticket(Ticket.objects.get(pk=held.pk), outage_from=_moment(before["outage_from"]))
        _restore_others(held, before.get("others", ()))
    return recalled


def _begin(
    ticket: Ticket, service: Service | None = None, *, by: Actor
) -> tuple[Ticket, Mapping[str, Any]]:
    """Return the locked ticket and its state, for `undo_ending`; set the service where it has
    none."""
    held = lock_ticket(ticket, by=by)
    before = capture_states([held])[held.pk] | {
        "outage_from": _text(held.outage_from),
        "others": [[one.service_id, _text(one.starts)] for one in running_outages(held)],
        "told": _text(held.customer_told_at),
        "answered": _text(held.answered_at),
    }
    if service is not None and held.service_id is None:
        held = classify_ticket(held, replace(ClassificationInput.of(held), service=service), by=by)
    return held, before


def _state_outage(
    ticket: Ticket,
    outage: str,
    since: datetime | None,
    services: Sequence[Service],
    *,
    by: Actor,
) -> None:
    if ticket.kind != Kind.INCIDENT or not outage:
        return
    start = (since or outage_start(ticket)) if outage == Outage.DOWN else None
    own = not services or any(service.pk == ticket.service_id for service in services)
    if (start if own else None) != ticket.outage_from:
        set_outage(ticket, start if own else None, by=by)
    set_other_outages(ticket, services, start, by=by)


def _end(
    ticket: Ticket,
    before: Mapping[str, Any],
    text: str,
    text_format: str,
    *,
    by: Actor,
    credential: str,
) -> Ended:
    """Write the message, and record it as the notice of each contact whom it was sent to."""
    ended = Ticket.objects.get(pk=ticket.pk)
    if not text.strip():
        return Ended(ended, before)
    # In a browser it may be recalled for some seconds, as any other message.
    hold = settings.SEND_UNDO if credential == SESSION else timedelta()
    written = answer_customer(
        ended, text, by=by, hold=hold, text_format=Message.Format(text_format or "plain")
    )
    if not isinstance(written, Message):
        return Ended(ended, before)
    ended.refresh_from_db()
    outcome, about = _news(ended, before)
    if about is not None:
        Message.objects.filter(pk=written.pk).update(outcome=outcome)
        _record_notices(ended, written, outcome, about)
        refresh_commitments(ended)
    return Ended(ended, before, written)


def _news(ticket: Ticket, before: Mapping[str, Any]) -> tuple[str, datetime | None]:
    """Return what the customer is told, and when it happened; None where no notice tells it."""
    if ticket.closed_at is not None:
        return Message.Outcome.CLOSED, ticket.closed_at
    told = _text(ticket.restored_at) != before["restored_at"]
    return Message.Outcome.RESTORED, ticket.restored_at if told else None


def _record_notices(ticket: Ticket, message: Message, occasion: str, about: datetime) -> None:
    mail = message.mail
    reached = {address.lower() for address in (*mail.to, *mail.cc)} if mail else set()
    contacts = Contact.objects.filter(customer=ticket.customer_id, left_on=None)
    Notice.objects.bulk_create(
        Notice(
            ticket=ticket,
            customer_id=ticket.customer_id,
            contact=contact,
            occasion=occasion,
            about=about,
            address=contact.email.lower(),
            message=message,
            at=message.at,
        )
        for contact in contacts.exclude(email="")
        if contact.email.lower() in reached
    )


def _restore_others(ticket: Ticket, before: Sequence[tuple[int | None, str]]) -> None:
    """Return the running outages of other services to those before."""
    now = {(row.service_id, _text(row.starts)): row for row in running_outages(ticket)}
    wanted = {(key, starts) for key, starts in before}
    for key, row in now.items():
        if key not in wanted:
            row.delete()
    missing = wanted - now.keys()
    services = Service.objects.in_bulk([service_id for service_id, _at in missing if service_id])
    for service_id, starts in missing:
        service = services.get(service_id) if service_id else None
        ServiceOutage.objects.create(
            ticket=ticket,
            customer_id=service.customer_id if service else ticket.customer_id,
            service=service,
            starts=datetime.fromisoformat(starts),
        )


def _recall(ticket: Ticket, message_id: int, before: Mapping[str, Any], *, by: Actor) -> bool:
    """Take the message back while it waits; return False where it has left."""
    message = Message.objects.filter(pk=message_id, ticket=ticket, leaves_at__gt=clock.now())
    row = message.first()
    if row is None:
        return False
    Notice.objects.filter(message=row).delete()
    told = CustomerUpdateState(_moment(before["told"]), _moment(before["answered"]))
    try:
        recall_message(row, told, by=by)
    except (Conflict, NotFound):
        return False
    return True


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
