"""The timeline of a ticket: the entries of all its dated records, oldest first."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.utils.translation import gettext_lazy as _

from opale.discussions.rights import MODERATE
from opale.kernel.actor import Actor
from opale.kernel.compiled_queries import compiled
from opale.kernel.errors import NotFound
from opale.kernel.models import StateMove
from opale.kernel.text_limits import SHOWN_TEXT
from opale.messaging.models import OutgoingMail
from opale.messaging.states import MailState
from opale.run.desk.models import (
    Approval,
    Assignment,
    Attachment,
    Breaker,
    Classification,
    Merge,
    Message,
    MessageMove,
    Ownership,
    Participant,
    Pause,
    ProposedAnswer,
    ProposedLink,
    Ticket,
    TicketAlert,
    TicketLink,
    recallable_messages,
)
from opale.run.desk.models.escalation import AskReason, Outcome, ReturnReason, describe_checks
from opale.run.desk.ports import ticket_records
from opale.run.desk.queries.message_mails import mails_of
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import ASSIST, CONSOLE, WORK

EntryKind = Literal[
    "message",
    "move",
    "owner",
    "classified",
    "pause",
    "alert",
    "alert_cleared",
    "approval",
    "participant",
    "proposed",
    "breaker",
    "assignment",
    "merged",
    "left",
    "elsewhere",
]
NEWEST = 60
ALONG = ("mail", "received")
LONG = 2_000
"""The longest message, in characters, whose rendering is cached."""
SHOWN_HTML = 100_000
"""The longest formatted mail that a page shows; of a longer one it shows the text."""
SHOWN_TOGETHER = NEWEST * SHOWN_TEXT
"""Characters of all messages on a page, beyond which each shows its beginning alone."""

SENTENCES = {
    "take": _("%(name)s took the ticket"),
    "wait": _("%(name)s put the ticket on hold for the customer"),
    "hold": _("%(name)s put the ticket on hold"),
    "resume": _("%(name)s resumed the ticket"),
    "restore": _("%(name)s marked the service restored"),
    "withdraw_restoration": _("%(name)s withdrew the restoration"),
    "resolve": _("%(name)s resolved the ticket"),
    "close": _("%(name)s closed the ticket"),
    "cancel": _("%(name)s cancelled the ticket"),
    "reject": _("%(name)s refused the request"),
    "merge": _("%(name)s merged the ticket"),
    "unmerge": _("%(name)s undid the merge"),
    "reopen": _("%(name)s reopened the ticket"),
    "take_back": _("%(name)s undid the closing of the ticket"),
    "revise": _("%(name)s corrected the request"),
    "route": _("%(name)s changed the routing of the request"),
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event of the timeline. `row` is its record; `details` are for the page.

    Entries of upper rooms are drawn by those rooms' templates, `drawn_by`.
    """

    at: datetime
    kind: EntryKind
    actor: str
    row: Any
    details: dict[str, Any] = field(default_factory=dict)
    drawn_by: str = ""

    @property
    def template(self) -> str:
        return self.drawn_by or f"desk/timeline/_{self.kind}.html"

    def shown_to(self, reader: Actor) -> tuple[Hashable, ...] | None:
        """Return all that the entry shows to a reader, as its cache key (`drawn_once`); None for
        entries too complex to cache."""
        if self.kind == "move":
            return (self.at, self.details["sentence"])
        if self.kind == "owner":
            return (self.at, self.row.person.name, self.row.reason)
        return _said(self.row, self.details, reader) if self.kind == "message" else None


def ticket_timeline(
    ticket: Ticket,
    *,
    newest: int = NEWEST,
    internal: bool = True,
) -> tuple[list[TimelineEntry], bool]:
    """Return the newest entries, oldest first, and whether older ones exist.

    Without `internal`, the messages that the customer may read.

    Each source is read newest first up to the limit, so a ticket with thousands of messages costs
    no more than one with sixty. Sources that most tickets lack are read only where there is
    something (`related_records`).
    """
    if not internal:
        entries = sorted(_public_messages(ticket, newest), key=lambda entry: entry.at)
    else:
        entries = [*_entries_of_records(ticket, newest), *_moves(ticket, newest)]
        entries.sort(key=lambda entry: entry.at)
    shown = entries[-newest:]
    _share_room(shown)
    return shown, len(entries) > newest


def _share_room(entries: Sequence[TimelineEntry]) -> None:
    """Set how many characters of each message the page shows, as `room` of its details; the newest
    ones come first.
    """
    left = SHOWN_TOGETHER
    for entry in reversed(entries):
        if entry.kind != "message":
            continue
        room = SHOWN_TEXT if left > 0 else LONG
        mail = entry.details.get("mail")
        html = len(mail.html) + len(mail.html_quoted) if mail and mail.html else 0
        fits = 0 < html <= SHOWN_HTML and left > 0
        quoted = len(mail.quoted) if mail else 0
        left -= html if fits else min(len(entry.row.body), room) + min(quoted, room)
        entry.details.update(room=room, formatted=fits)


def _entries_of_records(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    for record in ticket_records():
        if record.timeline is None or (record.rare and not has(ticket, record.model)):
            continue
        for one in record.timeline(ticket, newest + 1):
            if isinstance(one, TimelineEntry):
                yield one
            else:
                yield TimelineEntry(one.at, "elsewhere", one.actor, one.row, drawn_by=one.template)


def _said(row: Message, details: Mapping[str, Any], reader: Actor) -> tuple[Hashable, ...] | None:
    """Return the cache key of a message that came without a mail and whose mails were sent, if any,
    and that its reader is not offered to change: such buttons belong to one session."""
    if may_change(row, reader):
        return None
    mails = details.get("sent", ())
    more = any(details.get(name) for name in ("mail", "came", "files", "proposal"))
    if more or len(row.body) > LONG or any(_told_of(mail) for mail in mails):
        return None
    sent = [(mail.sent_at, *mail.to, None, *mail.cc) for mail in mails]
    words = (row.pk, row.author, str(row.voice), row.at, row.visibility, row.direction, row.body)
    return (
        *words,
        row.next_update_at,
        row.format,
        row.person_id,
        row.edited_at,
        row.deleted_at,
        reader.person_id == row.person_id,
        may_quote(row, reader),
        *sent,
    )


def may_change(message: Message, reader: Actor) -> bool:
    """Return whether its reader is offered to edit or delete a message: an author one's own note,
    and an administrator any."""
    if message.direction != Message.Direction.NOTE or message.deleted_at is not None:
        return False
    return is_own_note(message, reader) or reader.can(MODERATE)


def is_own_note(note: Message, reader: Actor) -> bool:
    """Return whether its reader wrote a note, and may still write ones."""
    writes = WORK if note.assignment_id is None else ASSIST
    return (
        reader.person_id is not None and note.person_id == reader.person_id and reader.can(writes)
    )


def may_quote(message: Message, reader: Actor) -> bool:
    """Return whether its reader has a box into which a message is quoted."""
    return message.deleted_at is None and (reader.can(WORK) or reader.can(ASSIST))


def _told_of(mail: OutgoingMail) -> bool:
    """Return whether a mail has more to show than that it was sent."""
    said = mail.refused or mail.bounced or mail.delivered
    return mail.state != MailState.SENT or bool(said)


def get_message(message_id: int, *, seen_by: Actor) -> Message:
    """Return a message that the actor reads at the desk, or on a request of one's own.

    Errors: NotFound.
    """
    if seen_by.can(CONSOLE):
        seen = Ticket.objects.visible_to(seen_by).values("pk")
        rows = Message.objects.visible_to(seen_by).filter(ticket__in=seen)
    else:
        own = Ticket.objects.visible_to(seen_by).filter(employee_id=seen_by.person_id or 0)
        public = Message.objects.filter(visibility=Message.Visibility.PUBLIC)
        rows = public.filter(ticket__in=own.values("pk")).exclude(recallable_messages())
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return found


def _public_messages(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    public = Message.objects.filter(ticket=ticket, visibility=Message.Visibility.PUBLIC)
    rows = public.exclude(recallable_messages()).prefetch_related("attachments")
    for row in rows.order_by("-at", "-id")[: newest + 1]:
        row.ticket = ticket
        yield TimelineEntry(row.at, "message", row.author, row, {"files": row.attachments.all()})


def message_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    """Yield the messages with files, proposals and origin in `details`, which are read only where
    the ticket has any: the page sends no query per message."""
    files, proposed = has(ticket, Attachment), has(ticket, ProposedAnswer)
    along = (*ALONG, "proposal__author") if proposed else ALONG
    found = _newest_messages(ticket.pk, along=along, limit=newest)
    if files:
        prefetch_related_objects(found, "attachments")
    if has(ticket, MessageMove):
        came = MessageMove.objects.filter(undone_at=None).select_related("origin").order_by("-id")
        prefetch_related_objects(found, Prefetch("moves", came, to_attr="came"))
    # A person's message is one mail; a notice is one per recipient.
    notices = [row for row in found if row.is_notice]
    mails = mails_of(notices) if notices else {}
    for row in found:
        row.ticket = ticket
        details = {
            "sent": mails.get(row.pk) or ([row.mail] if row.mail else []),
            "came": next(iter(getattr(row, "came", [])), None),
            "files": row.attachments.all() if files else [],
            "proposal": getattr(row, "proposal", None) if proposed else None,
        }
        yield TimelineEntry(row.at, "message", row.author, row, details | _mail_of(row, ticket))


@compiled
def _newest_messages(ticket_id: int, /, *, along: tuple[str, ...], limit: int) -> QuerySet[Message]:
    rows = Message.objects.filter(ticket=ticket_id).select_related(*along)
    return rows.order_by("-at", "-id")[:limit]


def _mail_of(message: Message, ticket: Ticket) -> dict[str, Any]:
    """Return the mail details of a message that came by mail, with its clues for this ticket.

    Clues for another ticket are for those who see that one: `conversation.reveal` adds them.
    """
    mail = getattr(message, "received", None)
    if mail is None:
        return {}
    return {"mail": mail, "clues": [c for c in mail.why if c["number"] == ticket.number]}


def owner_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    for row in _newest_owners(ticket.pk, limit=newest):
        yield TimelineEntry(row.starts, "owner", row.person.name, row)


@compiled
def _newest_owners(ticket_id: int, /, *, limit: int) -> QuerySet[Ownership]:
    rows = Ownership.objects.filter(ticket=ticket_id).select_related("person")
    return rows.order_by("-starts")[:limit]


def classification_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    rows = _newest_classifications(ticket.pk, limit=newest + 1)
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        yield TimelineEntry(row.at, "classified", row.actor_name, row, {"before": before})


@compiled
def _newest_classifications(ticket_id: int, /, *, limit: int) -> QuerySet[Classification]:
    rows = Classification.objects.filter(ticket=ticket_id).select_related("service")
    return rows.order_by("-at", "-id")[:limit]


def pause_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    for row in _newest_pauses(ticket.pk, limit=newest):
        yield TimelineEntry(row.starts, "pause", "", row)


def _newest_pauses(ticket_id: int, *, limit: int) -> QuerySet[Pause]:
    return Pause.objects.filter(ticket=ticket_id).order_by("-starts")[:limit]


def alert_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    rows = TicketAlert.objects.filter(ticket=ticket).select_related("alert")
    for row in rows.order_by("-linked_at")[:newest]:
        yield TimelineEntry(row.linked_at, "alert", "", row)
        if row.alert.cleared_at and row.alert.cleared_at >= ticket.received_at:
            yield TimelineEntry(row.alert.cleared_at, "alert_cleared", "", row)


def approval_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    if ticket.request_type_id is None:
        return
    rows = Approval.objects.filter(ticket=ticket).select_related("decided_by")
    for row in rows.order_by("-asked_at")[:newest]:
        yield TimelineEntry(row.asked_at, "approval", "", row)
        if row.decided_at is not None:
            yield TimelineEntry(row.decided_at, "approval", "", row, {"decided": True})


def _moves(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    """Yield the state moves of the ticket, and of its assignments."""
    rows = _newest_work(ticket.pk, limit=newest + 1) if has(ticket, Assignment) else []
    work, of_work = {row.pk: row for row in rows}, Assignment._meta.label_lower
    for move in _newest_moves(ticket.pk, tuple(work), limit=newest + 1):
        if move.subject == of_work:
            yield _move_of_work(work[move.subject_id], move)
        else:
            sentence = SENTENCES[move.move] % {"name": move.actor_name}
            yield TimelineEntry(move.at, "move", move.actor_name, move, {"sentence": sentence})


def _newest_work(ticket_id: int, *, limit: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(ticket=ticket_id)
    return rows.select_related("team", "supplier", "person").order_by("-id")[:limit]


@compiled
def _newest_moves(ticket_id: int, work: tuple[int, ...], /, *, limit: int) -> QuerySet[StateMove]:
    either = Q(subject=Ticket._meta.label_lower, subject_id=ticket_id)
    if work:
        either |= Q(subject=Assignment._meta.label_lower, subject_id__in=work)
    return StateMove.objects.filter(either).order_by("-id")[:limit]


def _move_of_work(row: Assignment, move: StateMove) -> TimelineEntry:
    note = _what_was_said(row, move.move)
    details = {"move": move.move, "whom": row.whom, "note": note}
    return TimelineEntry(move.at, "assignment", move.actor_name, row, details)


def _what_was_said(row: Assignment, move: str) -> str:
    if move == "ask":
        words = [
            str(AskReason(row.reason).label),
            *(word for _code, word in describe_checks(row.tried)),
        ]
        return ", ".join(words)
    if move == "return":
        return " · ".join(filter(None, [str(ReturnReason(row.outcome).label), row.outcome_note]))
    if move == "finish":
        return " · ".join(filter(None, [str(Outcome(row.outcome).label), row.outcome_note]))
    return ""


def merge_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    rows = Merge.objects.filter(into=ticket, undone_at=None).select_related("ticket")
    for row in rows.order_by("-at", "-id")[:newest]:
        yield TimelineEntry(row.at, "merged", row.actor_name, row)


def participant_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    for row in Participant.objects.filter(ticket=ticket).order_by("-since")[:newest]:
        yield TimelineEntry(row.since, "participant", row.address, row)


def proposed_link_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    """Yield the proposed links, at the end: a ticket with a proposal has just begun."""
    for row in ProposedLink.objects.filter(ticket=ticket).select_related("other"):
        yield TimelineEntry(row.at, "proposed", "", row, {"hidden": row.other.confidential})


def breaker_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    for row in Breaker.objects.filter(ticket=ticket).order_by("-opened_at")[:newest]:
        yield TimelineEntry(row.opened_at, "breaker", "", row)


def moved_message_entries(ticket: Ticket, newest: int) -> Iterable[TimelineEntry]:
    """Yield the messages that were moved elsewhere, alone or by a split."""
    split = TicketLink.objects.filter(ticket=OuterRef("target"), at=OuterRef("at"))
    rows = MessageMove.objects.filter(origin=ticket, merge=None, undone_at=None)
    rows = rows.annotate(split=Exists(split))
    for row in rows.select_related("target").order_by("-at", "-id")[:newest]:
        yield TimelineEntry(row.at, "left", row.actor_name, row)
