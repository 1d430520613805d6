"""Escalation by time: steps that are due make pages, and pages that are due are sent.

One run at a time, so that what fell due while Opale was down is sent in order. Each part is one
transaction, so that a killed run has done a part wholly or not at all; a constraint keeps a page
from being written twice. A timer runs it at each moment, a sweep finds what a lost timer missed.
Source: docs/rules/paging.md, "The clockwork".
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from opale.kernel import live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.run.paging.actions.dispatch import send_due_pages
from opale.run.paging.actions.mobilisations import (
    BOARD,
    MANAGER_REPEAT,
    TIMERS,
    restart_mobilisation,
)
from opale.run.paging.domain.escalation_plans import EscalationPlan, parse_plan
from opale.run.paging.facts import MobilisationExhausted
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.queries.contact_routes import contact_routes
from opale.run.paging.queries.escalation_plans import manager_on_call
from opale.run.paging.states import EXHAUST, MobilisationState

AT_ONCE: Final = 100
ESCALATION_LOCK: Final = "paging.clockwork"
S = MobilisationState


def run_due_steps(*, by: Actor, at: datetime) -> int:
    """Run all steps that are due. Returns how many pages were sent. Idempotent."""
    while _advance_some(by=by, at=at) == AT_ONCE:
        pass
    count = 0
    while left := send_due_pages(by=by, at=at, lock=ESCALATION_LOCK):
        count += left
    return count


def _advance_some(*, by: Actor, at: datetime) -> int:
    with attributed(by):
        locks.take_locks(ESCALATION_LOCK)
        due = Mobilisation.objects.filter(next_at__lte=at)
        held = list(
            due.select_for_update(of=("self",))
            .select_related("team__manager", "version")
            .order_by("next_at", "pk")[:AT_ONCE]
        )
        pages: list[Page] = []
        for one in held:
            pages += _advanced(one, by=by, at=at)
        made = _with_reach(pages)
        Page.objects.bulk_create(made, ignore_conflicts=True)
        Mobilisation.objects.bulk_update(
            held, ["state", "position", "next_at", "last_round", "exhausted_at"]
        )
        coming = {one.next_at for one in held if one.next_at is not None}
        coming |= {page.not_before for page in made if page.not_before > at}
        TIMERS.set(coming, at=at)
        if held:
            live_topics.publish(BOARD, *(f"paging.mobilisation:{one.pk}" for one in held))
    return len(held)


def _advanced(one: Mobilisation, *, by: Actor, at: datetime) -> list[Page]:
    """Return the pages of every step that has begun, without contacts; move the row on."""
    if one.state == S.ACKNOWLEDGED:
        restart_mobilisation(one, reason="still_open", by=by, at=at)
    plan = parse_plan(one.plan)
    pages: list[Page] = []
    while one.next_at is not None and one.next_at <= at:
        if one.position < len(plan.steps):
            pages += _step(one, plan)
        else:
            pages += _manager(one, by=by, at=at)
    return pages


def _step(one: Mobilisation, plan: EscalationPlan) -> list[Page]:
    step = plan.steps[one.position]
    # Pages that could not be sent let the next step begin early.
    begins = min(step.at, one.next_at or step.at)
    one.position += 1
    following = plan.steps[one.position : one.position + 1]
    one.next_at = following[0].at if following else plan.ends_at
    return [
        Page(
            mobilisation=one,
            person_id=who.person_id,
            round=step.round,
            step=step.step,
            due_at=begins,
        )
        for who in step.people
    ]


def _manager(one: Mobilisation, *, by: Actor, at: datetime) -> list[Page]:
    """Page the on-call manager once, however long Opale was down: nobody answered."""
    if one.state == S.TRIGGERED:
        one.state, one.exhausted_at = S.EXHAUSTED, at
        record_moves(Mobilisation, EXHAUST.name, {one.pk: S.TRIGGERED}, S.EXHAUSTED, by=by, at=at)
        fact = MobilisationExhausted(mobilisation_id=one.pk, about=one.about, at=at)
        announce(fact, by=by)
    due = one.next_at or at
    one.last_round += 1
    one.next_at = at + MANAGER_REPEAT
    who = manager_on_call(one.team, at)
    return [
        Page(mobilisation=one, person_id=who.person_id, round=one.last_round, step=0, due_at=due)
    ]


def _with_reach(pages: Sequence[Page]) -> list[Page]:
    """Return a page for each contact method of the person, at its own time."""
    found = contact_routes({page.person_id for page in pages})
    made = []
    for page in pages:
        for reach in found.get(page.person_id, ()):
            due = page.due_at + reach.after
            made.append(
                Page(
                    mobilisation_id=page.mobilisation_id,
                    person_id=page.person_id,
                    method_id=reach.method_id,
                    contact_key=reach.key,
                    contact=reach.label,
                    round=page.round,
                    step=page.step,
                    due_at=due,
                    not_before=due if page.mobilisation.urgent else reach.waking(due),
                )
            )
    return made
