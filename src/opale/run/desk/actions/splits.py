"""Messages that belong to another ticket: split off as a new one, moved, or copied.

Source: docs/rules/merge-and-links.md, "Splitting".
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.facts import announce
from opale.run.desk.actions.lifecycle import cancel_ticket
from opale.run.desk.actions.merges import UNDOABLE_FOR
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import change_ticket, lock_tickets, touch_ticket
from opale.run.desk.domain.incoming_mail.subjects import clean_subject
from opale.run.desk.facts import TicketSplit
from opale.run.desk.models import (
    Attachment,
    Grade,
    Kind,
    Message,
    MessageMove,
    ReceivedMail,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.queries.links import Split, message_moves_of_split, split_of
from opale.run.desk.states import CANCEL, TicketState
from opale.ui.markdown_text import with_pictures


def split_ticket(
    ticket: Ticket,
    messages: Collection[Message],
    *,
    by: Actor,
    subject: str = "",
    copy: bool = False,
) -> Ticket:
    """Split messages off as a ticket of their own, for the same requester, in triage.

    Its receipt is that of the first of its messages, so splitting gains no time.
    Errors: NotFound, NotAllowed, Invalid (no messages, messages of another ticket, all of them
    moved away), Conflict (a message has left meanwhile).
    """
    with attributed(by):
        (held,) = lock_tickets({ticket.pk}, by=by).values()
        chosen = _hold_messages(held, messages)
        if not copy and not Message.objects.filter(ticket=held).exclude(pk__in=chosen).exists():
            raise Invalid(_("No message would be left. Merge or rename the ticket instead."))
        first = min(message.at for message in chosen.values())
        new = receive_ticket(
            NewTicket(
                subject=subject.strip() or clean_subject(held.subject) or held.subject,
                source=Source(held.source),
                kind=Kind(held.kind),
                customer=held.customer,
                contact=held.contact,
                employee=held.employee,
                impact=Grade(held.impact),
                urgency=Grade(held.urgency),
                language=held.language,
            ),
            by=by,
            at=max(first, held.received_at),
        )
        at = clock.now()
        for message in chosen.values():
            _send_over(message, new, by=by, at=at, copy=copy)
        # Moves and link share one instant, by which `split_of` finds the split.
        TicketLink.objects.create(
            ticket=new,
            customer_id=new.customer_id,
            kind=TicketLink.Kind.RELATED_TO,
            other=held,
            actor=by.key,
            at=at,
        )
        if held.confidential:
            change_ticket(new, confidential=True)
        change_ticket(held)
        announce(TicketSplit(ticket_id=new.pk, origin_id=held.pk, at=at), by=by)
    return new


def undo_split(ticket: Ticket, *, by: Actor) -> Ticket:
    """Undo a split: return the messages to their ticket, cancel the new one, and return their
    ticket.

    Copied messages never left; their copies end with the new ticket.
    Errors: NotFound, NotAllowed, IllegalMove (no split, undone already, or ended), Conflict (too
    late, something was written since, or a message or the other ticket went on).
    """
    with attributed(by):
        if not Ticket.objects.visible_to(by).filter(pk=ticket.pk).exists():
            raise NotFound
        split = split_of(ticket)
        if split is None:
            raise IllegalMove("unsplit", detail=_("This ticket was not created by a split."))
        origin_id = message_moves_of_split(split).values_list("origin", flat=True).first()
        if origin_id is None:
            raise IllegalMove("unsplit", detail=_("This split has already been undone."))
        held = lock_tickets({split.ticket_id, origin_id}, by=by)
        new, origin = held[split.ticket_id], held[origin_id]
        moves = list(message_moves_of_split(split).select_for_update(of=("self",)))
        at = clock.now()
        _refuse_unsplit(split, new, origin, moves, at=at)
        _hold_messages(new, [move.message for move in moves])
        for move in moves:
            if move.copied_from_id is None:
                _put(move.message, origin)
        MessageMove.objects.filter(pk__in=[move.pk for move in moves]).update(undone_at=at)
        with translation.override(new.language):
            reason = _("Split undone")
        cancel_ticket(new, by=by, reason=reason)
        change_ticket(origin)
    return origin


def _refuse_unsplit(
    split: Split, new: Ticket, origin: Ticket, moves: Collection[MessageMove], *, at: datetime
) -> None:
    if not moves:
        raise IllegalMove("unsplit", detail=_("This split has already been undone."))
    if at - split.at > UNDOABLE_FOR:
        raise Conflict(_("A split can be undone for 14 days; this one is older."))
    if new.state not in CANCEL.sources:
        sentence = _("%(number)s is closed. Reopen it first.")
        raise IllegalMove("unsplit", {new.pk: new.state}, sentence % {"number": new.reference})
    if origin.merged_into is not None:
        words = {"number": origin.reference, "into": origin.merged_into.reference}
        raise Conflict(_("%(number)s was merged into %(into)s in the meantime.") % words)
    came = [move.message_id for move in moves]
    if Message.objects.filter(ticket=new).exclude(pk__in=came).exists():
        words = {"number": new.reference}
        raise Conflict(
            _("%(number)s has new messages since then. Merge the two tickets instead.") % words
        )


def move_message(message: Message, target: Ticket, *, by: Actor, copy: bool = False) -> MessageMove:
    """Move or copy a message to another ticket of the same customer; a note may go to any.

    Errors: NotFound, NotAllowed, IllegalMove (a merged ticket), Invalid, Conflict (it has left
    meanwhile).
    """
    with attributed(by):
        held = lock_tickets({message.ticket_id, target.pk}, by=by)
        origin, there = held[message.ticket_id], held[target.pk]
        (chosen,) = _hold_messages(origin, [message]).values()
        if origin.pk == there.pk:
            raise Invalid(_("The message is already on this ticket."))
        if there.state == TicketState.MERGED:
            raise IllegalMove("move", {there.pk: there.state})
        internal = chosen.visibility == Message.Visibility.INTERNAL
        if not internal and not _of_one(origin, there):
            raise Invalid(
                _("Messages with a customer can only be moved to a ticket of the same customer.")
            )
        move = _send_over(chosen, there, by=by, at=clock.now(), copy=copy)
        change_ticket(origin)
        change_ticket(there)
    return move


def undo_message_move(move: MessageMove, *, by: Actor) -> Ticket:
    """Put a moved message back where it was; return that ticket.

    A copy cannot be undone: a note of the record says that it is one.
    Errors: NotFound, NotAllowed, IllegalMove, Conflict (too late, or it has moved on).
    """
    with attributed(by):
        held = lock_tickets({move.origin_id, move.target_id}, by=by)
        told = MessageMove.objects.select_for_update(of=("self",)).get(pk=move.pk)
        at = clock.now()
        if told.undone_at is not None or told.merge_id is not None or told.copied_from_id:
            raise IllegalMove("move", detail=_("This cannot be undone."))
        if at - told.at > UNDOABLE_FOR:
            raise Conflict(_("A move can be undone for 14 days; this one is older."))
        origin = held[told.origin_id]
        found = _hold_messages(held[told.target_id], [told.message])
        _put(found[told.message_id], origin)
        MessageMove.objects.filter(pk=told.pk).update(undone_at=at)
        for ticket in held.values():
            touch_ticket(ticket)
    return origin


def _of_one(origin: Ticket, target: Ticket) -> bool:
    """Return whether messages of one ticket may be read on the other: same customer or employee, or
    none known yet."""
    if origin.customer_id is None and origin.employee_id is None:
        return True
    return (origin.customer_id, origin.employee_id) == (target.customer_id, target.employee_id)


def _hold_messages(ticket: Ticket, messages: Collection[Message]) -> dict[int, Message]:
    keys = {message.pk for message in messages}
    if not keys:
        raise Invalid(_("Select a message."))
    rows = Message.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("at", "pk")
    held = {row.pk: row for row in rows}
    if held.keys() != keys:
        raise NotFound
    if any(row.ticket_id != ticket.pk for row in held.values()):
        raise Conflict(_("A message was moved from this ticket in the meantime."))
    return held


def _send_over(
    message: Message, target: Ticket, *, by: Actor, at: datetime, copy: bool
) -> MessageMove:
    origin_id, original = message.ticket_id, message
    if copy:
        files, names = _copy_files(original, target)
        formatted = original.format == Message.Format.MARKDOWN
        message = Message.objects.create(
            ticket=target,
            customer_id=target.customer_id,
            direction=original.direction,
            visibility=original.visibility,
            author=original.author,
            person_id=original.person_id,
            contact_id=original.contact_id,
            body=with_pictures(original.body, names) if formatted else original.body,
            format=original.format,
            language=original.language,
            incoming_id=original.incoming_id,
            at=original.at,
            deleted_at=original.deleted_at,
        )
        Attachment.objects.filter(pk__in=files).update(message=message)
        _copy_received(original, message)
    else:
        _put(message, target)
    return MessageMove.objects.create(
        message=message,
        customer_id=target.customer_id,
        origin_id=origin_id,
        target=target,
        copied_from=original if copy else None,
        actor=by.key,
        actor_name=by.name,
        at=at,
    )


def _copy_received(original: Message, message: Message) -> None:
    """Copy the data of a received mail with the message."""
    row = ReceivedMail.objects.filter(message=original).first()
    if row is not None:
        row.pk, row.message, row.opened, row.acknowledged = None, message, False, False
        row.save(force_insert=True)


def _copy_files(original: Message, target: Ticket) -> tuple[list[int], dict[str, str]]:
    """Copy the files of a message, on the same bytes, for its copy: return them, and by which names
    its text shows them."""
    made: list[int] = []
    names: dict[str, str] = {}
    for file in Attachment.objects.filter(message=original).order_by("pk"):
        shown_as = file.shown_as
        file.pk, file.message, file.ticket_id = None, None, target.pk
        file.customer_id = target.customer_id
        file.save(force_insert=True)
        made.append(file.pk)
        names[shown_as] = file.shown_as
    return made, names


def _put(message: Message, target: Ticket) -> None:
    for rows in (
        Message.objects.filter(pk=message.pk),
        Attachment.objects.filter(Q(message=message) | Q(edited_note=message)),
    ):
        rows.update(ticket=target, customer_id=target.customer_id)
