"""Decisions about a plan proposal, line by line or as a whole.

Accepted lines are written by the same actions that people use, against the reservations of that
moment. Source: docs/rules/planner.md, "Proposals".
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from opale.delivery.resources.actions.requests import staff_request
from opale.delivery.resources.models import PlanLine, PlanProposal, ResourceRequest
from opale.delivery.resources.ports import source_of
from opale.delivery.resources.rights import PLAN
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, OpaleError
from opale.kernel.proposals import READY, DecidedLines
from opale.organisation.models import Person
from opale.reservations.actions.reservations import Line, Rearrangement, rearrange
from opale.reservations.models import Reservation, ReservationLine

MOST: Final = 200
State = PlanLine.State


class StalePlan(Conflict):
    """The plan has changed since this was proposed."""


def accept_lines(
    proposal: PlanProposal, lines: Iterable[int] | None = None, *, by: Actor
) -> DecidedLines:
    """Apply some lines of a proposal, or all open ones.

    They are applied together if possible, since one may make room for another; else one by one, and
    a line that cannot be applied gets a reason. Errors: NotFound, NotAllowed, Conflict (it is not
    to be decided).
    """
    with attributed(by):
        held = _lock(proposal, by)
        rows = held.open_lines(lines).filter(to__isnull=False)
        every = list(rows.select_related("was", "to").order_by("id")[:MOST])
        if every and not _tried(every, by):
            waiting = [line for line in every if line.state == State.OPEN]
            while len(every) > 1 and sum(_tried([line], by) for line in waiting):
                waiting = [line for line in waiting if line.state == State.OPEN]
        held.end_if_decided()
    done = sum(line.state == State.ACCEPTED for line in every)
    return DecidedLines(done, len(every) - done)


def refuse_lines(proposal: PlanProposal, lines: Iterable[int] | None = None, *, by: Actor) -> int:
    """Errors: NotFound, NotAllowed, Conflict (it is not to be decided)."""
    with attributed(by):
        return _lock(proposal, by).refuse_lines(lines)


def _lock(proposal: PlanProposal, by: Actor) -> PlanProposal:
    held: PlanProposal = proposal.lock(by, PLAN)
    held.require_state(READY)
    return held


def _tried(lines: Sequence[PlanLine], by: Actor) -> bool:
    """Apply all these lines or none, and return whether they were; a single refused line gets the
    reason."""
    try:
        with transaction.atomic():
            _write(lines, by)
    except StalePlan as refusal:
        if len(lines) == 1:
            _mark(lines, State.STALE, refusal.sentence)
        return False
    except OpaleError as refusal:
        if len(lines) == 1:
            _mark(lines, State.OPEN, refusal.sentence)
        return False
    _mark(lines, State.ACCEPTED, "")
    return True


def _mark(lines: Iterable[PlanLine], state: str, sentence: str) -> None:
    for line in lines:
        line.state, line.sentence = State(state), sentence
        line.save(update_fields=["state", "sentence"])


def _write(lines: Sequence[PlanLine], by: Actor) -> None:
    moment = clock.now()
    moved = [_rearranged(line) for line in lines if line.key.startswith("reservation:")]
    if moved:
        rearrange(moved, by=by)
    for line in lines:
        kind, _colon, key = line.key.partition(":")
        if kind == "work":
            _take(key, line, by)
        if kind != "request":
            continue
        request = ResourceRequest.objects.filter(pk=int(key)).first()
        if request is None or line.to is None:
            raise StalePlan
        staff_request(request, line.to, line.to_stretches, by=by, at=moment)


def _take(key: str, line: PlanLine, by: Actor) -> None:
    """Apply a line of another app's work.

    Errors: StalePlan (no app knows it), and those of that app.
    """
    source = source_of(key)
    if source is None or line.to is None:
        raise StalePlan
    source.take(key, line.to, line.to_stretches, by=by)


def _rearranged(line: PlanLine) -> Rearrangement:
    """Return the rearrangement of a line.

    Errors: StalePlan (the reservation was changed or ended).
    """
    _kind, key, person_id = line.key.split(":")
    reservation = Reservation.objects.filter(pk=int(key)).first()
    if reservation is None or line.to is None or line.was is None or not line.was_days:
        raise StalePlan
    since = line.was_stretches[0][0]
    if _standing(reservation, int(person_id), since) != line.was_stretches:
        raise StalePlan
    return Rearrangement(
        reservation, line.was, since, tuple(hours_lines(line.to, line.to_stretches))
    )


def _standing(
    reservation: Reservation, person_id: int, since: date
) -> list[tuple[date, date, float]]:
    rows = ReservationLine.objects.filter(
        reservation=reservation, person_id=person_id, holds=True, days__endswith__gt=since
    )
    return [
        (max(since, line.since), line.last, float(line.quantity))
        for line in rows.order_by("days", "id")
        if line.last is not None
    ]


def hours_lines(person: Person, days: Iterable[tuple[date, date, float]]) -> list[Line]:
    return [
        Line(
            person=person,
            quantity=Decimal(str(hours)),
            since=since,
            until=last + timedelta(days=1),
        )
        for since, last, hours in days
    ]
