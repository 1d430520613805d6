"""Running, trying and undoing macros. Each act is the one done by hand, with its rights.

Source: docs/rules/macros.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, OpaleError
from opale.organisation.models import Person, Team
from opale.run.desk.actions.answers import answer_customer
from opale.run.desk.actions.assignments import WorkRequest, request_work, withdraw_assignment
from opale.run.desk.actions.classifications import grade_tickets
from opale.run.desk.actions.lifecycle import (
    capture_states,
    close_ticket,
    resolve_ticket,
    restore_service,
    restore_states,
    withdraw_restoration,
)
from opale.run.desk.actions.messages import write_note
from opale.run.desk.actions.ownership import give_back, give_ticket, take_ticket
from opale.run.desk.actions.pauses import pause_ticket, resume_ticket
from opale.run.desk.actions.ticket_locks import lock_ticket
from opale.run.desk.actions.ticket_metadata import change_tags
from opale.run.desk.models import (
    Assignment,
    Grade,
    Kind,
    Macro,
    MacroRun,
    Message,
    Pause,
    ProposedAnswer,
    Ticket,
)
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries.text_modules import get_text_module, render_module, render_text, team_of
from opale.run.desk.queries.tickets import get_ticket

UndoStep = dict[str, Any]
"""Data to undo one act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroActs:
    """The acts of a macro, always in the order of these fields. Texts have variables."""

    take: bool = False
    owner_id: int | None = None
    impact: int | None = None
    urgency: int | None = None
    tags: tuple[str, ...] = ()
    note_fr: str = ""
    note_en: str = ""
    module_id: int | None = None
    team_id: int | None = None
    pause: str = ""
    pause_minutes: int | None = None
    restore: bool = False
    resolve: bool = False
    cause_fr: str = ""
    cause_en: str = ""
    close: bool = False

    @classmethod
    def of(cls, macro: Macro) -> "MacroActs":
        return cls.from_record(macro.acts)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "MacroActs":
        """Return the acts of a stored record; what this version does not know is left out."""
        known = {name.name for name in fields(cls)}
        kept = {name: value for name, value in record.items() if name in known}
        return cls(**{**kept, "tags": tuple(kept.get("tags", ()))})

    def to_record(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class PerformedAct:
    """One act described in words; `text` is the text it writes."""

    sentence: str
    text: str = ""


@dataclass(slots=True)
class MacroTrial:
    """The effect of a macro on a ticket, and why it would be refused: then nothing is done."""

    done: list[PerformedAct] = field(default_factory=list)
    refusal: str = ""
    undoable: bool = False


@dataclass(slots=True)
class Series:
    """A series of acts that runs on a ticket. `done` are those that had something to do, `back`
    undoes them, None where that is not possible."""

    ticket: Ticket
    acts: MacroActs
    by: Actor
    done: list[PerformedAct] = field(default_factory=list)
    back: list[UndoStep | None] = field(default_factory=list)

    @property
    def own_language(self) -> bool:
        return self.ticket.language == "fr"

    def did(self, sentence: str, way: UndoStep | None = None, text: str = "") -> None:
        self.done.append(PerformedAct(sentence, text))
        self.back.append(way)

    def again(self) -> Ticket:
        """Return the ticket as the previous acts left it."""
        self.ticket = get_ticket(self.ticket.number, seen_by=self.by)
        return self.ticket


def run_macro(ticket: Ticket, macro: Macro, *, by: Actor, seen: datetime | None = None) -> MacroRun:
    """Run all acts of the macro, or none. `seen` is the ticket's last change when it was shown.

    Errors: NotFound, NotAllowed, Conflict (retired, not for such a ticket, or changed since), and
    those of its acts (IllegalMove, Invalid).
    """
    with attributed(by, reason=_("Macro “%(name)s”") % {"name": macro.name_en}):
        going = _go(ticket, macro, by=by, seen=seen)
        held = going.again()
        undoable = all(way is not None for way in going.back)
        run = MacroRun.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            macro=macro,
            actor=by.key,
            back=[way for way in reversed(going.back) if way] if undoable else [],
            at=clock.now(),
            left_at=held.updated_at,
        )
        _count(macro, by=by)
    return run


def try_macro(ticket: Ticket, macro: Macro, *, by: Actor) -> MacroTrial:
    """Run a macro and roll it back: the trial shows what it really did.

    Errors: NotFound, NotAllowed.
    """
    tried = MacroTrial()
    with transaction.atomic():
        try:
            with attributed(by):
                going = _go(ticket, macro, by=by, seen=None, told=tried.done)
                tried.undoable = all(way is not None for way in going.back)
        except (NotFound, NotAllowed):
            raise
        except OpaleError as refusal:
            tried.refusal = refusal.sentence
        transaction.set_rollback(True)
    return tried


def undo_macro(run: MacroRun, *, by: Actor) -> Ticket:
    """Undo all acts of a run, in the opposite order.

    Errors: NotFound, NotAllowed, Conflict (undone already, nothing to undo, or the ticket has
    changed since), and those of the undoing acts.
    """
    with attributed(by, reason=_("undone")):
        held = lock_ticket(run.ticket, by=by)
        row = MacroRun.objects.select_for_update().get(pk=run.pk)
        if row.actor != by.key:
            raise NotAllowed
        if row.undone_at is not None or not row.back:
            raise Conflict(_("This cannot be undone."))
        if held.updated_at != row.left_at:
            raise Conflict(_("The ticket has changed since then. Correct it by hand."))
        undo_acts(held, row.back, by=by)
        MacroRun.objects.filter(pk=row.pk).update(undone_at=clock.now())
    return get_ticket(held.number, seen_by=by)


def _go(
    ticket: Ticket,
    macro: Macro,
    *,
    by: Actor,
    seen: datetime | None,
    told: list[PerformedAct] | None = None,
) -> Series:
    held = lock_ticket(ticket, by=by)
    if seen is not None and held.updated_at != seen:
        raise Conflict(
            _("The ticket changed after this preview. Check it again; nothing was done.")
        )
    _refuse_unmeant(macro, held, by)
    going = perform_acts(held, MacroActs.of(macro), by=by, told=told)
    if not going.done:
        raise Conflict(_("This macro has nothing to do on this ticket."))
    return going


def perform_acts(
    ticket: Ticket,
    acts: MacroActs,
    *,
    by: Actor,
    told: list[PerformedAct] | None = None,
) -> Series:
    """Do a series of acts on a ticket, in their order, inside the transaction of the caller.

    Errors: NotFound, NotAllowed, and those of the acts (IllegalMove, Conflict, Invalid).
    """
    held = lock_ticket(ticket, by=by)
    shown = get_ticket(held.number, seen_by=by)
    series = Series(shown, acts, by, done=[] if told is None else told)
    for act in ACTS_IN_ORDER:
        act(series)
    return series


def undo_acts(ticket: Ticket, back: Sequence[UndoStep], *, by: Actor) -> None:
    """Undo a series of acts on a locked ticket; `back` are their undo steps, the last act first."""
    for way in back:
        UNDO_FUNCTIONS[way["act"]](Ticket.objects.get(pk=ticket.pk), way, by)


def _refuse_unmeant(macro: Macro, ticket: Ticket, by: Actor) -> None:
    if macro.retired_at is not None:
        raise Conflict(_("This macro is archived."))
    if macro.only_kind and ticket.kind != macro.only_kind:
        kind = {"kind": Kind(macro.only_kind).label}
        raise Conflict(_("This macro is for another ticket type: %(kind)s.") % kind)
    if macro.only_mine and ticket.owner_id != by.person_id:
        raise Conflict(_("This macro works on your own tickets only. Take the ticket first."))
    if ticket.priority < macro.most_priority:
        raise Conflict(_("This macro is not allowed at this priority."))


def _take(going: Series) -> None:
    ticket = going.ticket
    if not going.acts.take or (ticket.owner_id == going.by.person_id and ticket.state != "new"):
        return
    former = ticket.owner_id
    take_ticket(ticket, by=going.by, seen_owner_id=former)
    came_by_itself = ticket.state in ("new", "in_progress") and former != going.by.person_id
    going.did(_("Take ticket"), {"act": "give_back"} if came_by_itself else None)


def _assign(going: Series) -> None:
    owner_id, former = going.acts.owner_id, going.ticket.owner
    if owner_id is None or owner_id == former.pk:
        return
    person = Person.objects.filter(pk=owner_id).first()
    if person is None:
        raise Invalid(owner_id=_("This person does not exist."))
    give_ticket(going.ticket, person, by=going.by, seen_owner_id=former.pk)
    going.did(
        _("Assign to %(name)s") % {"name": person.name}, {"act": "assign", "owner": former.pk}
    )


def _grade(going: Series) -> None:
    acts, ticket = going.acts, going.ticket
    if acts.impact is None and acts.urgency is None:
        return
    was = {"impact": int(ticket.impact), "urgency": int(ticket.urgency)}
    changed = grade_tickets(
        [ticket],
        by=going.by,
        impact=Grade(acts.impact) if acts.impact else None,
        urgency=Grade(acts.urgency) if acts.urgency else None,
    )
    if changed:
        new = going.again().priority
        going.did(_("Set priority to P%(new)s") % {"new": new}, {"act": "grade", **was})


def _tag(going: Series) -> None:
    before = set(going.ticket.tags)
    if not going.acts.tags or not change_tags([going.ticket], add=going.acts.tags, by=going.by):
        return
    added = sorted(set(going.again().tags) - before)
    going.did(_("Add tags: %(tags)s") % {"tags": ", ".join(added)}, {"act": "untag", "tags": added})


def _note(going: Series) -> None:
    said = going.acts.note_fr if going.own_language else going.acts.note_en
    if not said:
        return
    text = _filled(said, going)
    write_note(going.ticket, text, by=going.by)
    going.did(_("Add internal note"), None, text)


def _reply(going: Series) -> None:
    if going.acts.module_id is None:
        return
    try:
        module = get_text_module(going.acts.module_id, seen_by=going.by)
    except NotFound:
        raise Invalid(module_id=_("This canned reply does not exist.")) from None
    ticket = going.again()
    text = render_module(module, ticket, ticket.language, by=going.by, markdown=True).text
    markdown = Message.Format.MARKDOWN
    answer = answer_customer(ticket, text, by=going.by, modules=[module.pk], text_format=markdown)
    name = {"name": module.name(ticket.language)}
    waits = isinstance(answer, ProposedAnswer) and answer.state == ProposedAnswer.State.PROPOSED
    sentence = (
        _("Propose the reply “%(name)s” to the owner")
        if waits
        else _("Reply to the customer with “%(name)s”")
    )
    going.did(sentence % name, None, text)


def _escalate(going: Series) -> None:
    if going.acts.team_id is None:
        return
    team = Team.objects.filter(pk=going.acts.team_id).first()
    if team is None:
        raise Invalid(team_id=_("This team no longer exists."))
    asked = request_work(going.ticket, WorkRequest(team=team, reason=AskReason.SKILL), by=going.by)
    going.did(
        _("Escalate to %(team)s") % {"team": team.name}, {"act": "withdraw", "asked": asked.pk}
    )


def _pause(going: Series) -> None:
    acts = going.acts
    if not acts.pause:
        return
    kind = Pause.Kind(acts.pause)
    minutes = acts.pause_minutes
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    resumes = going.again().state == "in_progress"
    pause_ticket(going.ticket, kind, by=going.by, until=until)
    undoing = {"act": "resume"} if resumes else None
    going.did(_("Put on hold: %(kind)s") % {"kind": kind.label}, undoing)


def _restore(going: Series) -> None:
    if not going.acts.restore or going.ticket.restored_at is not None:
        return
    restore_service(going.ticket, by=going.by, at=clock.now())
    going.did(_("Mark service restored"), {"act": "unrestore"})


def _resolve(going: Series) -> None:
    if not going.acts.resolve:
        return
    ticket = going.again()
    cause = going.acts.cause_fr if going.own_language else going.acts.cause_en
    stood = capture_states([ticket])[ticket.pk]
    text = _filled(cause, going) if cause else ticket.cause
    resolve_ticket(ticket, by=going.by, cause=text)
    going.did(_("Resolve ticket"), {"act": "stand", "ended": "resolved", "before": stood}, text)


def _close(going: Series) -> None:
    if not going.acts.close:
        return
    ticket = going.again()
    stood = capture_states([ticket])[ticket.pk]
    close_ticket(ticket, by=going.by)
    going.did(_("Close ticket"), {"act": "stand", "ended": "closed", "before": stood})


ACTS_IN_ORDER: tuple[Callable[[Series], None], ...] = (
    _take,
    _assign,
    _grade,
    _tag,
    _note,
    _reply,
    _escalate,
    _pause,
    _restore,
    _resolve,
    _close,
)


def _assign_back(ticket: Ticket, way: UndoStep, by: Actor) -> None:
    former = Person.objects.get(pk=way["owner"])
    give_ticket(ticket, former, by=by, seen_owner_id=ticket.owner_id)


def _stand(ticket: Ticket, way: UndoStep, by: Actor) -> None:
    restore_states([ticket], {ticket.pk: way["before"]}, ended=way["ended"], by=by)


def _grade_back(ticket: Ticket, way: UndoStep, by: Actor) -> None:
    grade_tickets([ticket], by=by, impact=Grade(way["impact"]), urgency=Grade(way["urgency"]))


def _withdraw(ticket: Ticket, way: UndoStep, by: Actor) -> None:
    withdraw_assignment(Assignment.objects.get(pk=way["asked"], ticket=ticket), by=by)


UNDO_FUNCTIONS: Mapping[str, Callable[[Ticket, UndoStep, Actor], object]] = {
    "assign": _assign_back,
    "give_back": lambda ticket, _way, by: give_back(ticket, by=by),
    "grade": _grade_back,
    "untag": lambda ticket, way, by: change_tags([ticket], remove=way["tags"], by=by),
    "withdraw": _withdraw,
    "resume": lambda ticket, _way, by: resume_ticket(ticket, by=by),
    "unrestore": lambda ticket, _way, by: withdraw_restoration(ticket, by=by),
    "stand": _stand,
}

_COUNT = """
    INSERT INTO desk_macrouse (macro_id, team_id, month, times, last_at)
    VALUES (%(macro)s, %(team)s, %(month)s, 1, %(at)s)
    ON CONFLICT (macro_id, team_id, month)
    DO UPDATE SET times = desk_macrouse.times + 1, last_at = excluded.last_at
"""


def _count(macro: Macro, *, by: Actor) -> None:
    at = clock.now()
    counted = {
        "macro": macro.pk,
        "team": team_of(by),
        "month": at.date().replace(day=1),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, counted)


def _filled(text: str, going: Series) -> str:
    """Return a note or a cause filled for this ticket. Errors: Invalid (a variable has no
    value)."""
    found = render_text(text, going.again(), going.ticket.language, by=going.by)
    if found.missing:
        names = ", ".join(str(variable.label) for variable in found.missing)
        raise Invalid(body=_("Complete or remove first: %(names)s") % {"names": names})
    return found.text
