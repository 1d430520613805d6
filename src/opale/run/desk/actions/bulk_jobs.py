"""Jobs that do one act on many tickets: tried, confirmed, done batch by batch, undone.

The changes of a batch and its progress are one transaction: a job that moves to another worker
continues after the last whole batch, and does nothing twice. Source: docs/rules/bulk.md.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.endpoints.job_actors import actor_for_job
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import update_rows
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, OpaleError
from opale.organisation.models import Person
from opale.run.desk.actions.bulk_acts import (
    SINGLE_TICKET_ACTS,
    Batch,
    BulkParameters,
    apply_act,
    may_be_undone,
    missing_parameters,
    revert_act,
)
from opale.run.desk.models import BulkItem, BulkJob, Grade, Macro, Pause, Ticket
from opale.run.desk.models.bulk_jobs import UNDONE_FOR
from opale.run.desk.queries.bulk_jobs import tickets_of_view
from opale.run.desk.rights import WORK
from opale.run.desk.states import refusal_of

AT_ONCE = 50
"""Maximum number of tickets changed within the request; more are left to the worker."""
BATCH = 250
SHORT_BATCH = 25
SNAPSHOT = 2000
RETENTION = timedelta(days=90)
QUEUE = "planner"
TASK_NAME = "desk.go_on_with_bulk"
State, Outcome = BulkJob.State, BulkItem.Outcome
ACTIVE_STATES = frozenset({State.LOOKING, State.WAITING, State.RUNNING, State.UNDOING})


def create_bulk_job(
    act: BulkJob.Act,
    wanted: BulkParameters,
    *,
    by: Actor,
    credential: str,
    tickets: Iterable[Ticket] = (),
    matching: Mapping[str, str] | None = None,
    confirmed: bool = False,
) -> BulkJob:
    """Create a job for an act on these tickets, or on all of a view as it is now. It is tried first
    and waits to be confirmed, unless created as `confirmed`.

    Errors: NotAllowed, Invalid (no ticket, or a parameter of the act is missing).
    """
    if not by.can(WORK):
        raise NotAllowed
    if wrong := missing_parameters(act, wanted):
        raise Invalid(**wrong)
    chosen = {ticket.pk: ticket for ticket in tickets}
    if not chosen and matching is None:
        raise Invalid(_("Select at least one ticket."))
    with transaction.atomic():
        job = BulkJob.objects.create(
            act=act,
            said=_as_said(wanted),
            matching=None if chosen else dict(matching or {}),
            user_id=by.user_id or 0,
            actor_name=by.name[:200],
            credential=credential,
            language=translation.get_language() or "en",
            state=State.WAITING if confirmed else State.LOOKING,
            started_at=clock.now() if confirmed else None,
            total=len(chosen),
        )
        BulkItem.objects.bulk_create(
            BulkItem(job=job, ticket=ticket, customer_id=ticket.customer_id)
            for ticket in chosen.values()
        )
        _go_on(job, by=by)
    return job


def confirm_bulk_job(job: BulkJob, *, by: Actor, credential: str) -> BulkJob:
    """Do the act as previewed, or continue a stopped job, as the confirming actor.

    Errors: NotFound, NotAllowed, Conflict (it runs, or is done).
    """
    with transaction.atomic():
        held = _hold(job, by=by)
        if held.state not in (State.SHOWN, State.STOPPED, State.FAILED):
            raise Conflict(_("Already confirmed."))
        _set(
            held,
            state=State.WAITING,
            started_at=held.started_at or clock.now(),
            finished_at=None,
            user_id=by.user_id or 0,
            credential=credential,
        )
        _count(held)
        _go_on(held, by=by)
    return held


def stop_bulk_job(job: BulkJob, *, by: Actor) -> BulkJob:
    """Stop after the running batch. What is done stays done: undo it, or continue.

    Errors: NotFound, NotAllowed, Conflict (nothing runs).
    """
    with transaction.atomic():
        held = _hold(job, by=by)
        if held.state not in ACTIVE_STATES:
            raise Conflict(_("Already finished."))
        _set(held, state=State.STOPPED, finished_at=clock.now())
    return held


def undo_bulk_job(job: BulkJob, *, by: Actor, credential: str) -> BulkJob:
    """Undo the changes on tickets unchanged since; possible for fourteen days.

    Errors: NotFound, NotAllowed, Conflict (nothing done, too late, or it cannot be undone).
    """
    with transaction.atomic():
        held = _hold(job, by=by)
        if not is_undoable(held):
            raise Conflict(_("This can no longer be undone."))
        total = held.items.filter(outcome=Outcome.CHANGED).count()
        _set(
            held,
            state=State.UNDOING,
            total=total,
            done=0,
            user_id=by.user_id or 0,
            credential=credential,
        )
        _go_on(held, by=by)
    return held


def is_undoable(job: BulkJob) -> bool:
    over = job.state in (State.DONE, State.STOPPED, State.FAILED) and job.started_at is not None
    recent = clock.now() - (job.started_at or job.asked_at) <= UNDONE_FOR
    return over and recent and may_be_undone(job.act)


def run_bulk_job(job_id: int) -> None:
    """Run a job in the worker until it is over, stopped or waits to be confirmed."""
    job = BulkJob.objects.filter(pk=job_id, state__in=ACTIVE_STATES).first()
    if job is None:
        return
    whole = False
    with translation.override(job.language):
        try:
            _run(job, actor_for_job(job.user_id, job.credential))
            whole = True
        finally:
            if not whole:
                _set(job, state=State.FAILED, finished_at=clock.now())


def delete_old_bulk_jobs() -> int:
    count, _each = BulkJob.objects.filter(asked_at__lt=clock.now() - RETENTION).delete()
    return count


def _go_on(job: BulkJob, *, by: Actor) -> None:
    """Run a job at once if it has few tickets, else queue it."""
    if job.matching is None and job.total <= AT_ONCE:
        _run(job, by)
        job.refresh_from_db()
    else:
        app.configure_task(TASK_NAME, queue=QUEUE, lock=f"bulk:{job.pk}").defer(job_id=job.pk)


def _run(job: BulkJob, by: Actor) -> None:
    if job.matching is not None and job.reached >= 0:
        _snapshot(job, by)
    steps: dict[str, tuple[Callable[[BulkJob, Actor], int], BulkJob.State]] = {
        State.LOOKING: (_try_batch, State.SHOWN),
        State.WAITING: (_do_batch, State.DONE),
        State.RUNNING: (_do_batch, State.DONE),
        State.UNDOING: (_undo_batch, State.UNDONE),
    }
    while job.state in steps:
        step, over = steps[job.state]
        if job.state == State.WAITING:
            _move_on(job, State.RUNNING)
        elif not step(job, by):
            _move_on(job, over)
        job.refresh_from_db()


def _move_on(job: BulkJob, state: BulkJob.State) -> None:
    """Set the next state, unless the job was stopped meanwhile."""
    finished = None if state == State.RUNNING else clock.now()
    rows = BulkJob.objects.filter(pk=job.pk, state=job.state)
    rows.update(state=state, finished_at=finished)
    _touch(job)


def _snapshot(job: BulkJob, by: Actor) -> None:
    """Record the tickets of the view, in the order of their keys; continue where interrupted."""
    reached = job.reached
    while reached >= 0:
        with transaction.atomic():
            if not _still_goes_on(job):
                return
            rows = tickets_of_view(job.matching or {}, seen_by=by, at=job.asked_at)
            beyond = rows.filter(pk__gt=reached).order_by("pk")
            found = list(beyond.values_list("pk", "customer_id")[:SNAPSHOT])
            BulkItem.objects.bulk_create(
                BulkItem(job=job, ticket_id=pk, customer_id=customer_id)
                for pk, customer_id in found
            )
            reached = found[-1][0] if len(found) == SNAPSHOT else -1
            _set(job, reached=reached, total=job.total + len(found))


def _try_batch(job: BulkJob, by: Actor) -> int:
    """Do a batch and roll it back: the trial shows what the act really did."""
    with transaction.atomic():
        batch, items = _batch(job, by, tried="")
        _done(job, batch)
        transaction.set_rollback(True)
    if items:
        with transaction.atomic():
            if _still_goes_on(job):
                _note_outcomes(items, batch, "tried")
                _progress(job, len(items))
    return len(items)


def _do_batch(job: BulkJob, by: Actor) -> int:
    with attributed(by, reason=_("bulk change")):
        if not _still_goes_on(job):
            return 0
        batch, items = _batch(job, by, outcome="")
        if items:
            _done(job, batch)
            _note_outcomes(items, batch, "outcome")
            _progress(job, len(items))
    return len(items)


def _undo_batch(job: BulkJob, by: Actor) -> int:
    with attributed(by, reason=_("undone")):
        if not _still_goes_on(job):
            return 0
        batch, items = _batch(job, by, outcome=Outcome.CHANGED)
        if items:
            batch.before = {item.ticket_id: item.before for item in items}
            revert_act(job.act, batch)
            for item in items:
                kept = batch.refused.get(item.ticket_id)
                item.outcome = Outcome.KEPT if kept else Outcome.UNDONE
                _say(item, kept)
            update_rows(items, ["outcome", "code", "sentence"])
            _progress(job, len(items))
    return len(items)


def _done(job: BulkJob, batch: Batch) -> None:
    """Do the act; a refusal of the whole becomes the reason of each ticket."""
    if not batch.tickets:
        return
    try:
        with transaction.atomic():
            apply_act(job.act, batch)
    except OpaleError as refusal:
        batch.before.clear()
        batch.refused.update((ticket.pk, refusal) for ticket in batch.tickets)


def _batch(job: BulkJob, by: Actor, **narrowed: str) -> tuple[Batch, list[BulkItem]]:
    """Return the next tickets of the job, locked in key order with the act's other ticket."""
    size = SHORT_BATCH if job.act in SINGLE_TICKET_ACTS else BATCH
    items = list(job.items.filter(**narrowed).order_by("ticket_id")[:size])
    wanted = _wanted_of(job) if items else BulkParameters()
    keys = {item.ticket_id for item in items}
    locked = keys | {wanted.other.pk} if wanted.other else keys
    rows = Ticket.objects.filter(pk__in=locked).order_by("pk").select_for_update(of=("self",))
    return Batch([ticket for ticket in rows if ticket.pk in keys], wanted, by), items


def _note_outcomes(items: list[BulkItem], batch: Batch, column: str) -> None:
    for item in items:
        refusal = batch.refused.get(item.ticket_id)
        changed = item.ticket_id in batch.before
        outcome = Outcome.REFUSED if refusal else Outcome.CHANGED if changed else Outcome.SAME
        setattr(item, column, outcome)
        item.before = batch.before.get(item.ticket_id, {}) if column == "outcome" else {}
        _say(item, refusal)
    update_rows(items, [column, "before", "code", "sentence"])


def _say(item: BulkItem, refusal: OpaleError | None) -> None:
    item.code = refusal.code if refusal else ""
    item.sentence = _reason(item, refusal) if refusal else ""


def _reason(item: BulkItem, refusal: OpaleError) -> str:
    """Return the sentence of a refusal; of one by the ticket's state, with what to do first."""
    if isinstance(refusal, IllegalMove) and not refusal.detail:
        state = refusal.refused.get(item.ticket_id)
        return refusal_of(refusal.move, state) if state else refusal.sentence
    return refusal.sentence


def _still_goes_on(job: BulkJob) -> bool:
    """Lock the job until the end of the batch, so that a stop waits for it or comes before; return
    whether its state is unchanged."""
    row = BulkJob.objects.select_for_update().get(pk=job.pk)
    return row.state == job.state


def _progress(job: BulkJob, count: int) -> None:
    BulkJob.objects.filter(pk=job.pk).update(done=F("done") + count)
    _touch(job)


def _count(job: BulkJob) -> None:
    """Set the progress: some tickets of a stopped job are done already."""
    _set(job, total=job.items.count(), done=job.items.exclude(outcome="").count())


def _hold(job: BulkJob, *, by: Actor) -> BulkJob:
    if not by.can(WORK):
        raise NotAllowed
    held = BulkJob.objects.visible_to(by).select_for_update().filter(pk=job.pk).first()
    if held is None:
        raise NotFound
    return held


def _set(job: BulkJob, **fields: Any) -> None:
    BulkJob.objects.filter(pk=job.pk).update(**fields)
    for name, value in fields.items():
        setattr(job, name, value)
    _touch(job)


def _touch(job: BulkJob) -> None:
    live_topics.publish(job.topic)


def _as_said(wanted: BulkParameters) -> dict[str, Any]:
    return {
        "person": wanted.person.pk if wanted.person else None,
        "impact": wanted.impact,
        "urgency": wanted.urgency,
        "tags": list(wanted.tags),
        "kind": wanted.kind,
        "until": wanted.until.isoformat() if wanted.until else None,
        "reason": wanted.reason,
        "other": wanted.other.pk if wanted.other else None,
        "macro": wanted.macro.pk if wanted.macro else None,
        "texts": dict(wanted.texts),
    }


def _wanted_of(job: BulkJob) -> BulkParameters:
    said = job.said
    told = job.items.exclude(customer=None).values_list("customer", flat=True).distinct()
    return BulkParameters(
        person=Person.objects.get(pk=said["person"]) if said["person"] else None,
        impact=Grade(said["impact"]) if said["impact"] else None,
        urgency=Grade(said["urgency"]) if said["urgency"] else None,
        tags=tuple(said["tags"]),
        kind=Pause.Kind(said["kind"]) if said["kind"] else None,
        until=datetime.fromisoformat(said["until"]) if said["until"] else None,
        reason=said["reason"],
        other=Ticket.objects.get(pk=said["other"]) if said["other"] else None,
        macro=Macro.objects.get(pk=said["macro"]) if said.get("macro") else None,
        texts=said["texts"],
        told=frozenset(told) if job.act == BulkJob.Act.WRITE else frozenset(),
    )
