"""Answers to customers: engineers propose them, the owner sends them.

Source: docs/rules/ownership.md, "Answers under the owner's eyes".
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.history import fingerprint
from opale.kernel.live_topics import publish_once
from opale.kernel.reference_cache import pinned
from opale.kernel.states import record_moves
from opale.organisation.models import Person
from opale.run.desk.actions.attachments import lock_waiting_files
from opale.run.desk.actions.drafts import SentDraft, end_draft, is_sent
from opale.run.desk.actions.messages import (
    READ_TO_WRITE,
    CustomerMessage,
    send_to_customer,
    validate_message,
)
from opale.run.desk.actions.pauses import pause_ticket
from opale.run.desk.actions.text_modules import count_use
from opale.run.desk.actions.ticket_locks import change_ticket, lock_current_ticket
from opale.run.desk.facts import AnswerDecided, AnswerProposed
from opale.run.desk.models import (
    Assignment,
    Message,
    Pause,
    ProposedAnswer,
    StreamSettings,
    Ticket,
)
from opale.run.desk.queries.links import merge_chain_of
from opale.run.desk.rights import ASSIST, CONSOLE, WORK
from opale.run.desk.states import REFUSE, SEND, WAIT, TicketState

State = ProposedAnswer.State


class RefusalReason(models.TextChoices):
    """Why the owner does not send what was proposed."""

    INCOMPLETE = "incomplete", gettext_lazy("Information missing")
    WRONG = "wrong", gettext_lazy("Not accurate")
    WORDING = "wording", gettext_lazy("Not clear to the customer")
    NOT_NOW = "not_now", gettext_lazy("Not now")
    SAID_ALREADY = "said_already", gettext_lazy("Already known to the customer")


def answer_customer(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    to: Sequence[str] = (),
    cc: Sequence[str] | None = None,
    next_update_at: datetime | None = None,
    attachments: Sequence[int] = (),
    modules: Sequence[int] = (),
    sitting: SentDraft | None = None,
    hold: timedelta = timedelta(),
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message | ProposedAnswer:
    """Write to the customer: the owner's answer is sent, anybody else's follows the stream's rule.

    Under the owner's eyes it is proposed; with standing consent it is sent at once in the owner's
    name, and the owner is told. Parts of Opale, which are no person, send directly. `modules` are
    the text modules used, `sitting` names the draft that ends with it: the same text of one sitting
    is sent once, however often it is asked for. The owner's answer waits for `hold`, and
    `recall_message` can recall it meanwhile.
    Errors: NotFound, NotAllowed, Invalid (nothing said, or nobody to write to).
    """
    with pinned(), attributed(by), publish_once():
        held = lock_for_writing(ticket, by=by)
        if is_sent(held, "public", sitting, by=by) and (known := _known(held, body, by)):
            return known
        said = validate_message(held, body, to=to, cc=cc, next_update_at=next_update_at)
        words = CustomerMessage(
            body, said.to, said.cc, next_update_at, attachments, hold, text_format
        )
        count_use(modules, by=by)
        end_draft(held, "public", sitting, body, by=by)
        if by.person_id is None or by.person_id == held.owner_id:
            return send_to_customer(held, words, by=by)
        answer = _propose(held, words, Person.objects.get(pk=by.person_id), by=by)
        if get_answer_rule(held.stream) == StreamSettings.Answers.STANDING_CONSENT:
            _send(held, answer, body, next_update_at, by=by)
        else:
            change_ticket(held)
    return answer


def send_and_wait(
    write: Callable[[], Message | ProposedAnswer],
    *,
    by: Actor,
    until: datetime | None = None,
    confirmed: bool = False,
) -> Message | ProposedAnswer:
    """Write to the customer, by `write`, and put the ticket on hold for the answer: both or none.

    `until` and `confirmed` are as in `pause_ticket`.
    Sent twice, the second time changes nothing.
    Errors: those of `write` and of `pause_ticket` (IllegalMove: it was on hold before), Invalid
    (the owner has to send it first).
    """
    with attributed(by):
        written = write()
        if isinstance(written, ProposedAnswer) and written.state != State.SENT:
            raise Invalid(
                wait=_("The owner has to send this message first: it cannot be waited for yet.")
            )
        ticket = Ticket.objects.get(pk=written.ticket_id)
        if ticket.state != TicketState.PENDING:
            pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, until=until, confirmed=confirmed)
        elif not _waits_since(ticket, written):
            raise IllegalMove(WAIT.name, {ticket.pk: ticket.state})
    return written


def _waits_since(ticket: Ticket, written: Message | ProposedAnswer) -> bool:
    """Return whether the ticket was put on hold with this message, or later."""
    sent = written.message if isinstance(written, ProposedAnswer) else written
    running = Pause.objects.filter(ticket=ticket, ends=None)
    return sent is not None and running.filter(starts__gte=sent.at).exists()


def _known(ticket: Ticket, body: str, by: Actor) -> Message | ProposedAnswer | None:
    """Return the actor's newest message, or proposed answer, with this text."""
    sent = ticket.messages.filter(direction=Message.Direction.SENT, person=by.person_id, body=body)
    proposed = ticket.proposed_answers.filter(author=by.person_id, body=body)
    return sent.order_by("-id").first() or proposed.order_by("-id").first()


def answer_for_work(
    assignment: Assignment,
    body: str,
    *,
    by: Actor,
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message | ProposedAnswer:
    """Write to the customer from an assignment, by the rule of the stream.

    Errors: as in `answer_customer`.
    """
    if not by.can(ASSIST):
        raise NotAllowed
    return answer_customer(assignment.ticket, body, by=by, text_format=text_format)


def get_answer_rule(stream: str) -> str:
    """Return how a stream handles an engineer's answer; outside any stream the owner sends it."""
    found = StreamSettings.objects.filter(stream=stream).values_list("engineer_answers", flat=True)
    return found.first() or StreamSettings.Answers.OWNER_SENDS


def edit_answer(
    answer: ProposedAnswer, body: str, *, by: Actor, next_update_at: datetime | None = None
) -> ProposedAnswer:
    """Change one's own proposed answer, while it is undecided.

    Errors: NotFound, NotAllowed (another's answer), IllegalMove (decided), Invalid.
    """
    with attributed(by):
        ticket, held = _hold(answer, by=by)
        if by.person_id != held.author_id:
            raise NotAllowed
        _refuse_decided("edit", held)
        validate_message(ticket, body, to=held.to, cc=held.cc, next_update_at=next_update_at)
        ProposedAnswer.objects.filter(pk=held.pk).update(body=body, next_update_at=next_update_at)
        held.body, held.next_update_at = body, next_update_at
        change_ticket(ticket)
    return held


def send_answer(
    answer: ProposedAnswer,
    *,
    by: Actor,
    body: str | None = None,
    next_update_at: datetime | None = None,
    seen: str | None = None,
) -> Message:
    """Send a proposed answer, as it is or edited, in the owner's own name.

    `seen` is the fingerprint (`answer_fingerprint`) of the text that the owner read: if the text
    has changed since, it is not sent.
    Errors: NotFound, NotAllowed (not the owner), IllegalMove (decided already), Conflict, Invalid.
    """
    with attributed(by):
        ticket, held = _hold_as_owner(answer, by=by)
        _refuse_decided(SEND.name, held)
        if seen is not None and seen != answer_fingerprint(held):
            writer = {"name": held.author.name}
            raise Conflict(_("%(name)s edited this reply in the meantime.") % writer)
        said = held.body if body is None else body
        promised = next_update_at or (held.next_update_at if body is None else None)
        validate_message(ticket, said, to=held.to, cc=held.cc, next_update_at=promised)
        return _send(ticket, held, said, promised, by=by, decided_by=by.person_id)


def refuse_answer(
    answer: ProposedAnswer, reason: str, *, by: Actor, comment: str = ""
) -> ProposedAnswer:
    """Refuse a proposed answer as its owner, with a reason.

    Errors: NotFound, NotAllowed (not the owner), IllegalMove, Invalid.
    """
    if reason not in RefusalReason.values:
        raise Invalid(reason=_("This reason is not in the list."))
    with attributed(by):
        ticket, held = _hold_as_owner(answer, by=by)
        _refuse_decided(REFUSE.name, held)
        at = clock.now()
        decided = {"decided_at": at, "decided_by_id": by.person_id}
        _decide(held, REFUSE.target, by=by, at=at, reason=reason, comment=comment, **decided)
        change_ticket(ticket)
    return held


def mark_answer_seen(answer: ProposedAnswer, *, by: Actor) -> None:
    """Record that the owner has seen an answer sent in the owner's name.

    Errors: NotFound, NotAllowed (not the owner), IllegalMove (nothing was sent so).
    """
    with attributed(by):
        ticket, held = _hold_as_owner(answer, by=by)
        if held.state != State.SENT or held.decided_by_id is not None:
            raise IllegalMove("see", {held.pk: held.state})
        ProposedAnswer.objects.filter(pk=held.pk, seen_at=None).update(seen_at=clock.now())
        change_ticket(ticket)


def answer_fingerprint(answer: ProposedAnswer) -> str:
    """Return a short hash of the proposed text, to detect that it changed."""
    promised = answer.next_update_at.isoformat() if answer.next_update_at else ""
    return fingerprint(answer.body, promised)


def lock_for_writing(ticket: Ticket, *, by: Actor) -> Ticket:
    """Lock the ticket, or the one it was merged into, for anyone who works at the desk or on one of
    its assignments.

    Errors: NotFound, NotAllowed.
    """
    if by.can(CONSOLE) and not by.can(WORK):
        asked = (
            Assignment.objects.within(by, ASSIST)
            .running()
            .filter(ticket__in=merge_chain_of(ticket.pk))
        )
        if asked.exists():
            return lock_current_ticket(ticket, by=by, right=CONSOLE, along=READ_TO_WRITE)
    return lock_current_ticket(ticket, by=by, along=READ_TO_WRITE)


def _propose(
    ticket: Ticket, words: CustomerMessage, author: Person, *, by: Actor
) -> ProposedAnswer:
    at = clock.now()
    lock_waiting_files(ticket, words.attachments, by=by)
    answer = ProposedAnswer.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        author=author,
        body=words.body,
        format=words.text_format,
        to=list(words.to),
        cc=list(words.cc),
        next_update_at=words.next_update_at,
        attachments=list(words.attachments),
        proposed_at=at,
    )
    record_moves(ProposedAnswer, "propose", {answer.pk: ""}, State.PROPOSED, by=by, at=at)
    announce(AnswerProposed(answer_id=answer.pk, ticket_id=ticket.pk, at=at), by=by)
    return answer


def _send(
    ticket: Ticket,
    answer: ProposedAnswer,
    body: str,
    next_update_at: datetime | None,
    *,
    by: Actor,
    decided_by: int | None = None,
) -> Message:
    words = CustomerMessage(
        body,
        answer.to,
        answer.cc,
        next_update_at,
        answer.attachments,
        text_format=Message.Format(answer.format),
    )
    message = send_to_customer(ticket, words, by=by, voice=ticket.owner)
    at = message.at
    decided = {"decided_at": at, "decided_by_id": decided_by, "message_id": message.pk}
    _decide(answer, SEND.target, by=by, at=at, **decided)
    return message


def _decide(
    answer: ProposedAnswer, state: str, *, by: Actor, at: datetime, **fields: object
) -> None:
    move = SEND if state == SEND.target else REFUSE
    record_moves(ProposedAnswer, move.name, {answer.pk: answer.state}, state, by=by, at=at)
    ProposedAnswer.objects.filter(pk=answer.pk).update(state=state, **fields)
    answer.state = state
    for name, value in fields.items():
        setattr(answer, name, value)
    fact = AnswerDecided(answer_id=answer.pk, ticket_id=answer.ticket_id, state=state, at=at)
    announce(fact, by=by)


def _hold(answer: ProposedAnswer, *, by: Actor) -> tuple[Ticket, ProposedAnswer]:
    seen = ProposedAnswer.objects.visible_to(by).filter(pk=answer.pk)
    if not seen.exists():
        raise NotFound
    ticket = lock_current_ticket(Ticket(pk=answer.ticket_id), by=by, right=CONSOLE)
    return ticket, seen.select_for_update(of=("self",)).select_related("author").get()


def _hold_as_owner(answer: ProposedAnswer, *, by: Actor) -> tuple[Ticket, ProposedAnswer]:
    ticket, held = _hold(answer, by=by)
    if by.person_id is None or by.person_id != ticket.owner_id:
        raise NotAllowed(_("Only the ticket owner can decide this. Take the ticket first."))
    return ticket, held


def _refuse_decided(act: str, held: ProposedAnswer) -> None:
    if held.state != State.PROPOSED:
        raise IllegalMove(
            act, {held.pk: held.state}, _("This reply has already been sent or refused.")
        )
