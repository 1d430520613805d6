"""The clock of handovers: ends duties and passes unaccepted work to somebody on duty.

Every step is a transaction of its own and is idempotent, so that a run that was killed, or was due
while Opale was down, goes on where it stopped.
Source: docs/rules/handover.md, "The clock".
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotFound
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.organisation.models import Absence, Person, Team
from opale.run.desk.actions.ownership import hand_over_tickets, reassign_untaken
from opale.run.desk.models import Ticket
from opale.run.desk.states import OPEN_STATES
from opale.run.handover.actions.paging import page_for_work, stop_paging_when_accepted
from opale.run.handover.actions.records import (
    BOARD_TOPIC,
    delete_if_empty,
    leavers_off_duty,
    lock_handover,
    prepare_handover,
    refresh_handover,
)
from opale.run.handover.actions.snooze import wake_changed_tickets
from opale.run.handover.facts import WorkPassedOn
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.queries.permissions import people_arriving
from opale.run.handover.queries.records import last_change_before
from opale.run.handover.queries.shift_changes import (
    ACCEPTANCE_WINDOW,
    PREPARED_BEFORE,
    on_call_manager_at,
    shift_change_at,
    shift_ends_between,
    shift_lead_at,
)
from opale.run.handover.states import UNACCEPTED, HandoverState, ItemState
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.duties import service_desk

CATCH_UP_WITHIN: Final = timedelta(hours=24)
"""How far back changes missed while Opale was down are made up for."""
S = ItemState


def run_clock(*, by: Actor, at: datetime) -> None:
    """Prepare the records to come, advance the open ones, pass on late work."""
    try:
        desk = service_desk()
    except NotFound:
        return
    prepare_upcoming(desk, by=by, at=at)
    prepare_absences(desk, by=by, at=at)
    # What is older was passed on long ago, and waits for signatures alone.
    young = Handover.objects.filter(state=HandoverState.OPEN, ends_at__gt=at - CATCH_UP_WITHIN)
    open_ones = young.order_by("ends_at", "pk")
    for handover_id in list(open_ones.values_list("pk", flat=True)):
        advance_handover(handover_id, by=by, at=at)
    wake_changed_tickets(by=by, at=at)


def prepare_upcoming(team: Team, *, by: Actor, at: datetime) -> list[Handover]:
    """Prepare the changes within the half hour, and those missed since the last record."""
    since = max(last_change_before(team.pk, at) or at, at - CATCH_UP_WITHIN)
    coming = shift_ends_between(team, since, at + PREPARED_BEFORE)
    known = Handover.objects.filter(team=team, ends_at__in=coming).exclude(
        kind=Handover.Kind.ABSENCE
    )
    made = []
    for ends_at in sorted(set(coming) - set(known.values_list("ends_at", flat=True))):
        if shift_change_at(team, ends_at).leaving:
            made.append(prepare_handover(team, ends_at, by=by, at=at))
    return made


def prepare_absences(team: Team, *, by: Actor, at: datetime) -> None:
    """Prepare records for owners away in mid-shift, whose tickets the others take over."""
    on = Duty.objects.filter(team=team, kind=Duty.Kind.STAFFED, period__contains=at)
    duties = {duty.person_id: duty for duty in on}
    away = Absence.objects.filter(person__in=duties, period__contains=at)
    since: dict[datetime, set[int]] = {}
    for person_id, period in away.values_list("person_id", "period"):
        begun = max(period.lower or duties[person_id].starts, duties[person_id].starts)
        since.setdefault(begun, set()).add(person_id)
    for begun, people in since.items():
        if Ticket.objects.filter(owner__in=people, state__in=OPEN_STATES).exists():
            prepare_handover(
                team, begun, by=by, at=at, kind=Handover.Kind.ABSENCE, leaver_ids=people
            )


def advance_handover(handover_id: int, *, by: Actor, at: datetime) -> None:
    """Advance one record by one step, in one transaction."""
    with attributed(by):
        held = lock_handover(handover_id)
        if held is None or held.state != HandoverState.OPEN:
            return
        refresh_handover(held, at=at)
        if at < held.ends_at:
            delete_if_empty(held)
            return
        reassign_untaken(leavers_off_duty(held, at), held.team, by=by)
        _pass_on(held, by=by, at=at)
        stop_paging_when_accepted(held, by=by, at=at)


def _pass_on(held: Handover, *, by: Actor, at: datetime) -> None:
    found = _whose_turn(held, at)
    if found is None:
        return
    person, stage = found
    rows = HandoverItem.objects.filter(handover=held, state__in=sorted(UNACCEPTED - {stage}))
    if stage == S.WITH_LEAD:
        rows = rows.filter(state=S.WAITING)
    waiting = list(rows.select_for_update(of=("self",)).order_by("ticket_id"))
    if not waiting:
        return
    seen = {one.ticket_id: one.taker_id or one.leaver_id for one in waiting}
    passed = {ticket.pk for ticket in hand_over_tickets(seen, person, by=by)}
    waiting = [one for one in waiting if one.ticket_id in passed]
    before = {one.pk: one.state for one in waiting}
    HandoverItem.objects.filter(pk__in=before).update(state=stage, taker=person, decided_at=at)
    record_moves(HandoverItem, "pass_on", before, stage, by=by, at=at)
    if held.passed_at is None:
        Handover.objects.filter(pk=held.pk).update(passed_at=at)
    urgent = Ticket.objects.filter(pk__in=seen).aggregate(least=Min("priority"))["least"]
    page_for_work(held, stage, tickets=len(waiting), priority=urgent or 0, by=by, at=at)
    announce(
        WorkPassedOn(
            handover_id=held.pk, person_id=person.pk, stage=stage, tickets=len(waiting), at=at
        ),
        by=by,
    )
    live_topics.publish(held.topic, BOARD_TOPIC)


def _whose_turn(held: Handover, at: datetime) -> tuple[Person, ItemState] | None:
    """Return who gets the unaccepted work now; None before the deadline."""
    nobody = not people_arriving(held, at)
    if at >= held.ends_at + 2 * ACCEPTANCE_WINDOW or nobody:
        return on_call_manager_at(held.team, at), S.WITH_MANAGER
    if at < held.ends_at + ACCEPTANCE_WINDOW:
        return None
    lead = shift_lead_at(held.team, at, but=held.leaver_ids)
    if lead is not None:
        return lead, S.WITH_LEAD
    return on_call_manager_at(held.team, at), S.WITH_MANAGER
