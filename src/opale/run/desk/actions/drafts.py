"""Drafts on the server: saved while typing, taken over, discarded and restored.

Source: docs/rules/drafts.md.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.text_limits import refuse_long
from opale.run.desk.models import Ticket, WrittenDraft
from opale.run.desk.rights import WORK

BLANK = " \t\r\n"
"""Characters that a form strips at both ends of a sent text, and a draft keeps."""
RETENTION = timedelta(days=14)
HEARTBEAT = timedelta(seconds=45)
"""Minimum interval between signs to others that somebody is still writing."""


@dataclass(frozen=True, slots=True)
class SentDraft:
    """The text and device of a sent draft, which ends with it."""

    device: str
    sitting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """The text of a box on one device. `continues` is the draft that it continues: key,
    revision."""

    kind: str
    device: str
    sitting: str
    body: str
    promise: str = ""
    modules: tuple[int, ...] = ()
    continues: tuple[int, int] | None = None


def save_draft(ticket: Ticket, writing: DraftInput, *, by: Actor) -> WrittenDraft | None:
    """Save a draft; return None for the rest of a text that was sent already.

    The draft that it continues disappears, unless it was changed on its own device meanwhile: then
    both stay. The ticket is not locked: typing makes nobody wait.
    Errors: NotFound, NotAllowed, Invalid (of no kind, or too long).
    """
    _refuse_unfit(writing)
    with attributed(by):
        seen = _workable(ticket, by=by)
        row = _own_row(seen, writing, by=by)
        if writing.sitting == row.ended_sitting:
            return None
        at, before = clock.now(), (bool(row.body), row.at)
        row.sitting, row.body, row.promise = writing.sitting, writing.body, writing.promise[:60]
        row.modules, row.at, row.discarded_at = list(writing.modules), at, None
        if not before[0]:
            row.begun_at = at
        row.revision += 1
        row.save(
            update_fields=[
                "sitting",
                "body",
                "promise",
                "modules",
                "at",
                "begun_at",
                "discarded_at",
                "revision",
            ]
        )
        continued = _end_continued(seen, writing, row, by=by)
        if continued or before[0] != bool(row.body) or at - before[1] > HEARTBEAT:
            _wake(seen)
    return row


def end_draft(
    ticket: Ticket, kind: str, sitting: SentDraft | None, said: str, *, by: Actor
) -> None:
    """End a draft that is sent, inside the transaction of the action that sends it.

    The same text continued on another device of this person ends too, and nothing else there.
    """
    if by.person_id is None or sitting is None:
        return
    here, words = Q(device=sitting.device), said.replace("\r\n", "\n").strip(BLANK)
    mine = WrittenDraft.objects.filter(
        Q(ticket=ticket) | Q(ticket__merged_into=ticket), person_id=by.person_id, kind=kind
    ).alias(words=Func("body", Value(BLANK), function="btrim", output_field=TextField()))
    rows = mine.filter(here | Q(words=words) if words else here)
    ended = Case(When(here, then=Value(sitting.sitting)), default=F("ended_sitting"))
    if rows.update(body="", promise="", modules=[], discarded_at=None, ended_sitting=ended):
        _wake(ticket)
    if not mine.filter(here).exists():
        # Sent before it was kept: its end is kept all the same (`is_sent`).
        WrittenDraft.objects.create(
            ticket=ticket,
            customer_id=ticket.customer_id,
            person_id=by.person_id,
            kind=kind,
            device=sitting.device,
            sitting=sitting.sitting,
            ended_sitting=sitting.sitting,
        )


def is_sent(ticket: Ticket, kind: str, sitting: SentDraft | None, *, by: Actor) -> bool:
    """Return whether a text was sent already, and only the answer to that was lost on the way.

    The ticket is locked by the caller.
    """
    if by.person_id is None or sitting is None:
        return False
    mine = WrittenDraft.objects.filter(
        Q(ticket=ticket) | Q(ticket__merged_into=ticket), person_id=by.person_id, kind=kind
    )
    return mine.filter(device=sitting.device, ended_sitting=sitting.sitting).exists()


def discard_draft(draft: WrittenDraft, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed (another's)."""
    with attributed(by):
        held = _hold(draft, by=by)
        if held.person_id != by.person_id:
            raise NotAllowed
        WrittenDraft.objects.filter(pk=held.pk).update(
            discarded_at=clock.now(), ended_sitting=held.sitting
        )
        _wake(held.ticket)


def restore_draft(draft: WrittenDraft, *, by: Actor) -> WrittenDraft:
    """Restore a discarded draft. Errors: NotFound, NotAllowed, Conflict (written on since)."""
    with attributed(by):
        held = _hold(draft, by=by)
        if held.person_id != by.person_id:
            raise NotAllowed
        if held.discarded_at is None:
            raise Conflict(_("Another draft was started here in the meantime."))
        WrittenDraft.objects.filter(pk=held.pk).update(discarded_at=None, ended_sitting="")
        held.discarded_at, held.ended_sitting = None, ""
        _wake(held.ticket)
    return held


def take_over_draft(draft: WrittenDraft, *, by: Actor) -> WrittenDraft:
    """Return somebody else's draft to continue it: the owner of the ticket may. It stays with its
    author until the continuation is saved.

    Errors: NotFound, NotAllowed (not the owner), Conflict (it is gone).
    """
    with attributed(by):
        held = _hold(draft, by=by)
        own = held.person_id == by.person_id
        if not own and held.ticket.owner_id != by.person_id:
            raise NotAllowed(_("Take the ticket first: only its owner can continue this draft."))
        if not held.body or held.discarded_at is not None:
            raise Conflict(_("This draft was sent or discarded in the meantime."))
    return held


def delete_old_drafts() -> int:
    """Delete old, discarded and sent drafts."""
    old = WrittenDraft.objects.filter(at__lt=clock.now() - RETENTION)
    gone, _rows = old.delete()
    return gone


def _workable(ticket: Ticket, *, by: Actor) -> Ticket:
    seen = Ticket.objects.visible_to(by).filter(pk=ticket.pk).first()
    if seen is None:
        raise NotFound
    if by.person_id is None or not Ticket.objects.within(by, WORK).filter(pk=seen.pk).exists():
        raise NotAllowed
    return seen


def _own_row(ticket: Ticket, writing: DraftInput, *, by: Actor) -> WrittenDraft:
    """Return the row of this device, created if need be, locked: saves come one after another."""
    row, _made = WrittenDraft.objects.select_for_update().get_or_create(
        ticket=ticket,
        person_id=by.person_id or 0,
        kind=writing.kind,
        device=writing.device,
        defaults={
            "customer_id": ticket.customer_id,
            "sitting": writing.sitting,
            "at": clock.now() - 2 * HEARTBEAT,
        },
    )
    return row


def _end_continued(ticket: Ticket, writing: DraftInput, row: WrittenDraft, *, by: Actor) -> bool:
    """End the draft that this one continues, if it is unchanged."""
    if writing.continues is None or writing.continues[0] == row.pk:
        return False
    key, revision = writing.continues
    rows = WrittenDraft.objects.filter(pk=key, revision=revision, kind=writing.kind)
    if ticket.owner_id != by.person_id:
        rows = rows.filter(person_id=by.person_id or 0)
    for former in rows.select_related("ticket"):
        if former.ticket_id != ticket.pk and former.ticket.merged_into_id != ticket.pk:
            return False
    return bool(rows.update(body="", promise="", modules=[]))


def _hold(draft: WrittenDraft, *, by: Actor) -> WrittenDraft:
    rows = WrittenDraft.objects.visible_to(by).select_for_update(of=("self",))
    held = rows.select_related("ticket", "person").filter(pk=draft.pk).first()
    if held is None:
        raise NotFound
    _workable(held.ticket, by=by)
    return held


def _wake(ticket: Ticket) -> None:
    live_topics.publish(draft_topic(ticket), customer_id=None)


def draft_topic(ticket: Ticket) -> str:
    """Return the live topic by which a ticket's pages know who is writing there."""
    return f"desk.drafts:{ticket.live_key}"


def _refuse_unfit(writing: DraftInput) -> None:
    if writing.kind not in WrittenDraft.Kind.values:
        raise Invalid(kind=_("Neither a reply nor a note."))
    refuse_long(body=writing.body)
    for name in ("device", "sitting"):
        value = getattr(writing, name)
        if not value or len(value) > 40:
            raise Invalid(**{name: _("Device or draft session missing.")})
