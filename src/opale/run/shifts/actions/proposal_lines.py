"""Decisions on a proposal, line by line or as a whole.

Accepted lines are written by the same actions as by hand, and checked again against the present
roster. Source: docs/rules/roster-generator.md, "Proposals".
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound, OpaleError
from opale.kernel.proposals import DecidedLines
from opale.organisation.models import Absence, Person, Team
from opale.run.shifts import rights
from opale.run.shifts.actions.duties import (
    DutyPlan,
    create_duty,
    edit_duty,
    remove_duty,
)
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.actions.planned_duties import cancel_planned, change_planned
from opale.run.shifts.models import Duty, PlannedDuty, ProposalLine, RosterProposal
from opale.run.shifts.queries import breaches, roster_frames
from opale.run.shifts.queries import duties as duty_queries

BATCH = 50
"""Lines written in one transaction, and at most within a request."""
State, Proposal = ProposalLine.State, RosterProposal.State


class StaleProposal(Conflict):
    """The roster has changed since this was proposed."""


def accept_lines(proposal: RosterProposal, lines: Iterable[int], *, by: Actor) -> DecidedLines:
    """Accept lines of a proposal into the roster. A line refused gets its reason and stays.

    Errors: NotFound, NotAllowed, Invalid (closed), Conflict (it is not to be decided).
    """
    with attributed(by):
        held = lock_proposal(proposal, by, Proposal.READY)
        rows = held.open_lines(lines)
        decided = _accept(held, rows.select_related("was", "to").order_by("id"), by)
        held.end_if_decided()
    return decided


def accept_remaining_lines(proposal: RosterProposal, *, by: Actor) -> None:
    """Accept all open lines in the planner: batch after batch, each whole; refused ones say why.

    A line for which another made room is tried again.
    """
    before = -1
    while before != (left := proposal.open_lines().count()):
        before, reached = left, 0
        while True:
            with attributed(by):
                held = lock_proposal(proposal, by, Proposal.ACCEPTING)
                rows = held.open_lines().filter(pk__gt=reached)
                some = list(rows.select_related("was", "to").order_by("id")[:BATCH])
                if some:
                    _accept(held, some, by)
                    reached = some[-1].pk
                    live_topics.publish(held.topic)
            if not some:
                break
    with attributed(by):
        held = lock_proposal(proposal, by, Proposal.ACCEPTING)
        RosterProposal.objects.filter(pk=held.pk).update(state=Proposal.READY)
        held.end_if_decided()


def refuse_lines(proposal: RosterProposal, lines: Iterable[int] | None = None, *, by: Actor) -> int:
    """Refuse some lines of a proposal, or all that are open.

    Errors: NotFound, NotAllowed, Invalid (closed), Conflict (it is not to be decided).
    """
    with attributed(by):
        return lock_proposal(proposal, by, Proposal.READY).refuse_lines(lines)


def lock_proposal(proposal: RosterProposal, by: Actor, state: str) -> RosterProposal:
    """Lock the proposal and its team's roster, so that nobody draws or publishes meanwhile."""
    held: RosterProposal = proposal.lock(by, rights.EDIT)
    require_team(held.team, by=by)
    held.require_state(state)
    locks.take_locks(f"shifts.drawing:{held.team_id}")
    return held


def _accept(held: RosterProposal, lines: Iterable[ProposalLine], by: Actor) -> DecidedLines:
    """Accept one by one while any succeeds: a duty given away makes room for another.

    Lines that wait for each other, as in a swap, are accepted together.
    """
    every = list(lines)
    while sum(_tried(held, line, by) for line in _open_ones(every)):
        continue
    for group in _hanging_together(_open_ones(every)):
        if len(group) > 1:
            _all_or_none(held, group, by)
    done = sum(line.state == State.ACCEPTED for line in every)
    return DecidedLines(done, len(every) - done)


def _open_ones(lines: Iterable[ProposalLine]) -> list[ProposalLine]:
    return [line for line in lines if line.state == State.OPEN]


def _tried(held: RosterProposal, line: ProposalLine, by: Actor) -> bool:
    """Try a line; return whether it is settled: in the roster, or out of date."""
    try:
        with transaction.atomic():
            _write(held, line, by)
    except (StaleProposal, NotFound) as refusal:
        line.state, line.sentence = State.STALE, refusal.sentence
    except OpaleError as refusal:
        line.sentence = refusal.sentence
    else:
        line.state, line.sentence = State.ACCEPTED, ""
    line.save(update_fields=["state", "sentence"])
    return line.state != State.OPEN


def _hanging_together(lines: Iterable[ProposalLine]) -> list[list[ProposalLine]]:
    """Group the lines that share people, directly or through other lines."""
    groups: list[tuple[set[int | None], list[ProposalLine]]] = []
    for line in lines:
        people, group = {line.was_id, line.to_id} - {None}, [line]
        apart = []
        for others, known in groups:
            if others & people:
                people, group = others | people, known + group
            else:
                apart.append((others, known))
        groups = [*apart, (people, group)]
    return [group for _people, group in groups]


def _all_or_none(held: RosterProposal, group: Sequence[ProposalLine], by: Actor) -> None:
    """Accept lines together, checking the rules on all at once; one that fails keeps all out."""
    try:
        with transaction.atomic():
            _refuse_breaches([change for line in group for change in _changes(line)])
            for line in group:
                _write(held, line, by, measured=True)
    except OpaleError:
        return
    for line in group:
        line.state, line.sentence = State.ACCEPTED, ""
        line.save(update_fields=["state", "sentence"])


def _changes(line: ProposalLine) -> list[breaches.Change]:
    changed = []
    if line.key and line.was_id is not None:
        changed.append(breaches.Change(line.was_id, line.span, gone=True, standby=line.standby))
    if line.to_id is not None:
        changed.append(breaches.Change(line.to_id, line.span, standby=line.standby))
    return changed


def _write(held: RosterProposal, line: ProposalLine, by: Actor, *, measured: bool = False) -> None:
    """Write a line by the action for its subject, checking the rules unless they were checked."""
    if line.starts <= clock.now():
        raise StaleProposal(_("It has already started."))
    if line.to is not None:
        _refuse_gone(line.to, line)
    rows: dict[str, Callable[[], Callable[[], object]]] = {
        "d": lambda: _on_duty(line, by),
        "p": lambda: _on_planned(line, by),
        "": lambda: _on_nothing(held, line, by),
    }
    write = rows[line.key[:1]]()
    if line.to is not None and not measured:
        _refuse_breaches(_changes(line))
    write()


def _refuse_gone(person: Person, line: ProposalLine) -> None:
    if person.left_on is not None:
        raise StaleProposal(_("%(name)s has left the company.") % {"name": person.name})
    if Absence.objects.filter(person=person, period__overlap=(line.starts, line.ends)).exists():
        raise StaleProposal(_("%(name)s is now away at that time.") % {"name": person.name})


def _on_duty(line: ProposalLine, by: Actor) -> Callable[[], object]:
    duties = Duty.objects.select_related("team").filter(pk=int(line.key[1:]))
    duty = duties.select_for_update(of=("self",)).first()
    if duty is None:
        raise StaleProposal(_("This shift is no longer in the roster."))
    if (duty.person_id, duty.starts, duty.ends, duty.kind, duty.role) != _as_proposed(line):
        raise StaleProposal(_("This shift was changed in the meantime."))
    if line.to is None:
        return partial(remove_duty, duty, by=by)
    if line.standby:
        _refuse_second(line.to, line)
    return partial(edit_duty, duty, _plan(line, line.to, duty.team), by=by)


def _on_planned(line: ProposalLine, by: Actor) -> Callable[[], object]:
    rows = PlannedDuty.objects.awaiting().select_related("pattern").filter(pk=int(line.key[1:]))
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise StaleProposal(_("This shift is no longer planned, or is already in the roster."))
    pattern = row.pattern
    found = (row.person_id, row.starts, row.ends, pattern.kind, pattern.role)
    if found != _as_proposed(line):
        raise StaleProposal(_("This shift was changed in the meantime."))
    if line.to is None:
        return partial(cancel_planned, row, by=by)
    _refuse_second(line.to, line)
    return partial(change_planned, row, by=by, person=line.to, starts=row.starts, ends=row.ends)


def _on_nothing(held: RosterProposal, line: ProposalLine, by: Actor) -> Callable[[], object]:
    if line.to is None or not roster_frames.is_lacking(
        held.team, line.kind, line.role, line.span, seen_by=by
    ):
        raise StaleProposal(_("This gap is already filled."))
    _refuse_second(line.to, line)
    return partial(create_duty, _plan(line, line.to, held.team), by=by)


def _plan(line: ProposalLine, person: Person, team: Team) -> DutyPlan:
    return DutyPlan(
        person=person,
        team=team,
        kind=Duty.Kind(line.kind),
        role=Duty.Role(line.role),
        starts=line.starts,
        ends=line.ends,
    )


def _as_proposed(line: ProposalLine) -> tuple[object, ...]:
    return (line.was_id, line.starts, line.ends, line.kind, line.role)


def _refuse_second(person: Person, line: ProposalLine) -> None:
    """Refuse a second shift at a time, one of them planned: the table only separates duties."""
    if line.standby:
        _refuse_beside(person, line)
        return
    drafts = PlannedDuty.objects.awaiting().filter(person=person, pattern__kind=Duty.Kind.STAFFED)
    planned = drafts.filter(period__overlap=(line.starts, line.ends)).exists()
    if (
        planned
        or duty_queries.overlapping_duty(person.pk, line.starts, line.ends, but=None) is not None
    ):
        raise Conflict(_("%(name)s has another shift at that time.") % {"name": person.name})


def _refuse_beside(person: Person, line: ProposalLine) -> None:
    """Refuse stand-by beside other stand-by, or beside night work."""
    if breaches.has_standby(person, line.span):
        raise Conflict(_("%(name)s is already on call at that time.") % {"name": person.name})
    if breaches.has_night_work(person, line.span):
        raise Conflict(_("%(name)s works a night shift at that time.") % {"name": person.name})


def _refuse_breaches(changed: Sequence[breaches.Change]) -> None:
    """Refuse a line that breaks a rule in the present roster with its drafts."""
    found = breaches.breaches_caused_by(changed, drafts=True)
    if found:
        raise Conflict(
            _("It would break a working-time rule for %(name)s: %(rule)s.")
            % {"name": found[0].person.name, "rule": found[0].breach.reference}
        )
