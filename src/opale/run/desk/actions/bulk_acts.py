"""Acts that can be done to many tickets at once: how each is done and undone.

Each calls the action used for one ticket, in its version for many where it exists, else ticket by
ticket. Source: docs/rules/bulk.md.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import Conflict, Invalid, OpaleError
from opale.organisation.models import Person
from opale.run.desk.actions.classifications import grade_tickets
from opale.run.desk.actions.lifecycle import (
    cancel_tickets,
    capture_states,
    close_tickets,
    resolve_tickets,
    restore_states,
)
from opale.run.desk.actions.links import link_tickets, unlink_tickets
from opale.run.desk.actions.macros import run_macro, undo_macro
from opale.run.desk.actions.merges import merge_tickets, undo_merge
from opale.run.desk.actions.messages import write_note, write_to_customer
from opale.run.desk.actions.ownership import give_tickets
from opale.run.desk.actions.pauses import (
    pause_tickets,
    resume_tickets,
)
from opale.run.desk.actions.ticket_locks import Refusals
from opale.run.desk.actions.ticket_metadata import change_tags
from opale.run.desk.models import (
    BulkJob,
    Grade,
    Macro,
    MacroRun,
    Merge,
    Pause,
    Ticket,
    TicketLink,
)
from opale.run.desk.rights import CONFIDENTIAL

Act = BulkJob.Act
Before = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkParameters:
    """Parameters of a bulk act, beside its tickets; see `missing_parameters`.

    `texts` is the text written, by language; `told` are the customers who receive it.
    """

    person: Person | None = None
    impact: Grade | None = None
    urgency: Grade | None = None
    tags: tuple[str, ...] = ()
    kind: Pause.Kind | None = None
    until: datetime | None = None
    reason: str = ""
    other: Ticket | None = None
    macro: Macro | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[int] = frozenset()


@dataclass(slots=True)
class Batch:
    """A batch of a job's tickets, with the results of the act."""

    tickets: Sequence[Ticket]
    wanted: BulkParameters
    by: Actor
    refused: Refusals = field(default_factory=Refusals)
    before: Before = field(default_factory=dict)

    def changed(
        self, tickets: Iterable[Ticket], before: Callable[[Ticket], dict[str, Any]]
    ) -> None:
        for ticket in tickets:
            self.before[ticket.pk] = before(ticket)

    def one_by_one(self, act: Callable[[Ticket], dict[str, Any]]) -> None:
        """Apply an act to each ticket separately; a refusal undoes only that ticket's part."""
        for ticket in self.tickets:
            try:
                with transaction.atomic():
                    self.before[ticket.pk] = act(ticket)
            except OpaleError as refusal:
                self.refused[ticket.pk] = refusal


def missing_parameters(act: str, wanted: BulkParameters) -> dict[str, str]:
    """Return the parameters still missing for the act, by the name of their field."""
    needed: dict[str, tuple[str, object]] = {
        Act.GIVE: ("person", wanted.person),
        Act.GRADE: ("impact", wanted.impact or wanted.urgency),
        Act.TAG: ("tags", wanted.tags),
        Act.UNTAG: ("tags", wanted.tags),
        Act.WAIT: ("kind", wanted.kind),
        Act.PARENT: ("other", wanted.other),
        Act.MERGE: ("other", wanted.other),
        Act.WRITE: ("texts", any(text.strip() for text in wanted.texts.values())),
        Act.NOTE: ("reason", wanted.reason.strip()),
        Act.MACRO: ("macro", wanted.macro),
    }
    name, said = needed.get(Act(act), ("", True))
    return {} if said else {name: _("Required for this action.")}


def apply_act(act: str, batch: Batch) -> None:
    APPLY_FUNCTIONS[Act(act)](batch)


def revert_act(act: str, batch: Batch) -> None:
    """Undo an act on the tickets unchanged since; `batch.before` is their former state. What cannot
    be undone is refused with its reason."""
    REVERT_FUNCTIONS[Act(act)](batch)


def may_be_undone(act: str) -> bool:
    return Act(act) in REVERT_FUNCTIONS


def _give(batch: Batch) -> None:
    person = batch.wanted.person
    if person is None:
        raise Invalid(person=_("Required for this action."))
    owners = {ticket.pk: ticket.owner_id for ticket in batch.tickets}
    given = give_tickets(batch.tickets, person, by=batch.by, refused=batch.refused)
    batch.changed(given, lambda ticket: {"owner": owners[ticket.pk]})


def _ungive(batch: Batch) -> None:
    person = batch.wanted.person
    still = _still(batch, lambda ticket: person is not None and ticket.owner_id == person.pk)
    owners = {batch.before[ticket.pk]["owner"] for ticket in still}
    for former in Person.objects.filter(pk__in=owners):
        theirs = [t for t in still if batch.before[t.pk]["owner"] == former.pk]
        by = _seeing_hidden(batch.by) if former.pk == batch.by.person_id else batch.by
        try:
            with transaction.atomic():
                give_tickets(theirs, former, by=by, refused=batch.refused)
        except Invalid as refusal:
            batch.refused.update((ticket.pk, refusal) for ticket in theirs)


def _seeing_hidden(by: Actor) -> Actor:
    """Let the actor undo giving away a confidential ticket, which they can no longer see."""
    return replace(by, grants={**by.grants, CONFIDENTIAL: EVERYTHING})


def _grade(batch: Batch) -> None:
    said = batch.wanted
    grades = {ticket.pk: [ticket.impact, ticket.urgency] for ticket in batch.tickets}
    graded = grade_tickets(
        batch.tickets,
        by=batch.by,
        impact=said.impact,
        urgency=said.urgency,
        reason=said.reason,
        refused=batch.refused,
    )
    batch.changed(
        graded,
        lambda ticket: {"was": grades[ticket.pk], "is": [int(ticket.impact), int(ticket.urgency)]},
    )


def _ungrade(batch: Batch) -> None:
    def unchanged(ticket: Ticket) -> bool:
        return bool(batch.before[ticket.pk]["is"] == [ticket.impact, ticket.urgency])

    for (impact, urgency), tickets in _by(_still(batch, unchanged), batch, "was").items():
        grade_tickets(
            tickets,
            by=batch.by,
            impact=Grade(impact),
            urgency=Grade(urgency),
            refused=batch.refused,
        )


def _tag(batch: Batch) -> None:
    tags = {ticket.pk: set(ticket.tags) for ticket in batch.tickets}
    tagged = change_tags(batch.tickets, add=batch.wanted.tags, by=batch.by, refused=batch.refused)
    batch.changed(tagged, lambda ticket: {"tags": sorted({*ticket.tags} - tags[ticket.pk])})


def _untag(batch: Batch) -> None:
    tags = {ticket.pk: set(ticket.tags) for ticket in batch.tickets}
    freed = change_tags(batch.tickets, remove=batch.wanted.tags, by=batch.by, refused=batch.refused)
    batch.changed(freed, lambda ticket: {"tags": sorted(tags[ticket.pk] - {*ticket.tags})})


def _tags_back(batch: Batch, *, add: bool) -> None:
    for tags, tickets in _by(batch.tickets, batch, "tags").items():
        more, fewer = (tags, ()) if add else ((), tags)
        change_tags(tickets, add=more, remove=fewer, by=batch.by, refused=batch.refused)


def _wait(batch: Batch) -> None:
    said = batch.wanted
    if said.kind is None:
        raise Invalid(kind=_("Required for this action."))
    waiting = pause_tickets(
        batch.tickets,
        said.kind,
        by=batch.by,
        reason=said.reason,
        until=said.until,
        refused=batch.refused,
    )
    pauses = _running(waiting)
    batch.changed(waiting, lambda ticket: {"pause": pauses[ticket.pk].pk})


def _unwait(batch: Batch) -> None:
    pauses = {key: pause.pk for key, pause in _running(batch.tickets).items()}
    still = _still(batch, lambda ticket: pauses.get(ticket.pk) == batch.before[ticket.pk]["pause"])
    resume_tickets(still, by=batch.by, refused=batch.refused)


def _resume(batch: Batch) -> None:
    pauses = _running(batch.tickets)
    resumed = resume_tickets(batch.tickets, by=batch.by, refused=batch.refused)
    batch.changed(resumed, lambda ticket: _waited(pauses.get(ticket.pk)))


def _waited(pause: Pause | None) -> dict[str, Any]:
    if pause is None:
        return {"wait": [Pause.Kind.CUSTOMER, "", ""]}
    until = pause.until.isoformat() if pause.until else ""
    return {"wait": [pause.kind, until, pause.reason]}


def _unresume(batch: Batch) -> None:
    for (kind, until, reason), tickets in _by(batch.tickets, batch, "wait").items():
        pause_tickets(
            tickets,
            Pause.Kind(kind),
            by=batch.by,
            reason=reason,
            until=datetime.fromisoformat(until) if until else None,
            confirmed=True,  # it was on hold before
            refused=batch.refused,
        )


def _resolve(batch: Batch) -> None:
    standing = capture_states(batch.tickets)
    keys = resolve_tickets(
        batch.tickets, by=batch.by, cause=batch.wanted.reason, refused=batch.refused
    )
    batch.before.update((key, standing[key]) for key in keys)


def _close(batch: Batch) -> None:
    standing = capture_states(batch.tickets)
    closed = close_tickets(batch.tickets, by=batch.by, refused=batch.refused)
    batch.changed(closed, lambda ticket: standing[ticket.pk])


def _cancel(batch: Batch) -> None:
    standing = capture_states(batch.tickets)
    ended = cancel_tickets(
        batch.tickets, by=batch.by, reason=batch.wanted.reason, refused=batch.refused
    )
    batch.changed(ended, lambda ticket: standing[ticket.pk])


def _stand_again(batch: Batch, ended: str) -> None:
    restore_states(batch.tickets, batch.before, ended=ended, by=batch.by, refused=batch.refused)


def _link(batch: Batch) -> None:
    parent = batch.wanted.other
    if parent is None:
        raise Invalid(other=_("Required for this action."))

    def link(ticket: Ticket) -> dict[str, Any]:
        made = link_tickets(ticket, TicketLink.Kind.CHILD_OF, parent, by=batch.by)
        return {"link": made.pk}

    batch.one_by_one(link)


def _unlink(batch: Batch) -> None:
    rows = TicketLink.objects.select_related("ticket", "other")
    links = rows.in_bulk([batch.before[ticket.pk]["link"] for ticket in batch.tickets])

    def unlink(ticket: Ticket) -> dict[str, Any]:
        link = links.get(batch.before[ticket.pk]["link"])
        if link is None:
            raise _changed_since()
        unlink_tickets(link, by=batch.by)
        return {}

    _taken_back(batch, unlink)


def _merge(batch: Batch) -> None:
    into = batch.wanted.other
    if into is None:
        raise Invalid(other=_("Required for this action."))
    batch.one_by_one(
        lambda ticket: {
            "merge": merge_tickets([ticket], into, by=batch.by, reason=batch.wanted.reason)[0].pk
        }
    )


def _unmerge(batch: Batch) -> None:
    merges = Merge.objects.in_bulk([batch.before[ticket.pk]["merge"] for ticket in batch.tickets])

    def unmerge(ticket: Ticket) -> dict[str, Any]:
        undo_merge(merges[batch.before[ticket.pk]["merge"]], by=batch.by)
        return {}

    _taken_back(batch, unmerge)


def _write(batch: Batch) -> None:
    said = batch.wanted
    named = _named(said)

    def write(ticket: Ticket) -> dict[str, Any]:
        if others := named.keys() - {ticket.customer_id}:
            name = named[min(others)]
            raise Invalid(
                _("The text mentions %(name)s but would also go to other customers.")
                % {"name": name}
            )
        text = said.texts.get(ticket.language, "")
        if not text.strip():
            raise Invalid(_("No text in the customer's language."))
        write_to_customer(ticket, text, by=batch.by)
        return {}

    batch.one_by_one(write)


def _named(said: BulkParameters) -> dict[int, str]:
    """Return the customers of the job named in the texts, if the texts go to several."""
    if len(said.told) < 2:
        return {}
    whole = "\n".join(said.texts.values())
    told = Customer.objects.filter(pk__in=said.told)
    return {
        pk: name
        for pk, *names in told.values_list("pk", "code", "name")
        for name in names
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", whole, re.IGNORECASE)
    }


def _note(batch: Batch) -> None:
    def note(ticket: Ticket) -> dict[str, Any]:
        write_note(ticket, batch.wanted.reason, by=batch.by)
        return {}

    batch.one_by_one(note)


def _run(batch: Batch) -> None:
    macro = batch.wanted.macro
    if macro is None:
        raise Invalid(macro=_("Required for this action."))
    batch.one_by_one(lambda ticket: {"run": run_macro(ticket, macro, by=batch.by).pk})


def _unrun(batch: Batch) -> None:
    runs = MacroRun.objects.in_bulk([batch.before[ticket.pk]["run"] for ticket in batch.tickets])

    def unrun(ticket: Ticket) -> dict[str, Any]:
        undo_macro(runs[batch.before[ticket.pk]["run"]], by=batch.by)
        return {}

    _taken_back(batch, unrun)


def _still(batch: Batch, unchanged: Callable[[Ticket], bool]) -> list[Ticket]:
    """Return the tickets unchanged since the act; refuse the others, which keep their changes."""
    found = []
    for ticket in batch.tickets:
        if unchanged(ticket):
            found.append(ticket)
        else:
            batch.refused[ticket.pk] = _changed_since()
    return found


def _changed_since() -> Conflict:
    return Conflict(_("The ticket has changed in the meantime. Reload and try again."))


def _taken_back(batch: Batch, act: Callable[[Ticket], dict[str, Any]]) -> None:
    kept = dict(batch.before)
    batch.one_by_one(act)
    batch.before = kept


def _by(tickets: Iterable[Ticket], batch: Batch, name: str) -> dict[tuple[Any, ...], list[Ticket]]:
    """Return the tickets grouped by their former value."""
    found: dict[tuple[Any, ...], list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        found[tuple(batch.before[ticket.pk][name])].append(ticket)
    return found


def _running(tickets: Sequence[Ticket]) -> dict[int, Pause]:
    return {row.ticket_id: row for row in Pause.objects.filter(ticket__in=tickets, ends=None)}


APPLY_FUNCTIONS: dict[str, Callable[[Batch], None]] = {
    Act.GIVE: _give,
    Act.GRADE: _grade,
    Act.TAG: _tag,
    Act.UNTAG: _untag,
    Act.WAIT: _wait,
    Act.RESUME: _resume,
    Act.RESOLVE: _resolve,
    Act.CLOSE: _close,
    Act.CANCEL: _cancel,
    Act.PARENT: _link,
    Act.MERGE: _merge,
    Act.WRITE: _write,
    Act.NOTE: _note,
    Act.MACRO: _run,
}
REVERT_FUNCTIONS: dict[str, Callable[[Batch], None]] = {
    Act.GIVE: _ungive,
    Act.GRADE: _ungrade,
    Act.TAG: lambda batch: _tags_back(batch, add=False),
    Act.UNTAG: lambda batch: _tags_back(batch, add=True),
    Act.WAIT: _unwait,
    Act.RESUME: _unresume,
    Act.RESOLVE: lambda batch: _stand_again(batch, "resolved"),
    Act.CLOSE: lambda batch: _stand_again(batch, "closed"),
    Act.CANCEL: lambda batch: _stand_again(batch, "cancelled"),
    Act.PARENT: _unlink,
    Act.MERGE: _unmerge,
    Act.MACRO: _unrun,
}
SINGLE_TICKET_ACTS = frozenset({Act.PARENT, Act.MERGE, Act.WRITE, Act.NOTE, Act.MACRO})
"""Acts done ticket by ticket: their batches are shorter."""
