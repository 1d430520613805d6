"""Acts on many tickets as jobs: stopped, broken, gone on with, killed, forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from tests import child_process
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict
from opale.run.desk.actions import bulk_jobs
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.models import (
    BulkJob,
    Message,
    Ticket,
)
from opale.run.desk.tests.bulks import Act, Desk, State, fresh, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(personas: Personas) -> Desk:
    return Desk(personas)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AT_ONCE", 0), ("BATCH", 2), ("SNAPSHOT", 2)):
        monkeypatch.setattr(bulk_jobs, name, value)


def test_all_that_match_are_meant_as_they_were_when_it_was_asked(
    desk: Desk, small_batches: None
) -> None:
    tickets = desk.tickets(5)
    job = bulk_jobs.create_bulk_job(
        Act.TAG,
        BulkParameters(tags=("lot",)),
        by=desk.by,
        credential="session",
        matching={"view": "triage", "stream": "solution"},
    )
    assert (job.state, job.total) == (State.LOOKING, 0)
    bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total, job.done) == (State.SHOWN, 5, 5)
    late = desk.ticket()
    bulk_jobs.confirm_bulk_job(job, by=desk.by, credential="session")
    bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (State.DONE, 5)
    assert all(ticket.tags == ["lot"] for ticket in fresh(tickets))
    assert fresh([late])[0].tags == []


def killed_in(monkeypatch: pytest.MonkeyPatch, name: str, after: int) -> Callable[[], int]:
    """Break `name` of the job's module at its so-manieth call, as a killed worker does."""
    whole, calls = getattr(bulk_jobs, name), [0]

    def broken(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise KeyboardInterrupt
        return whole(*args, **kwargs)

    monkeypatch.setattr(bulk_jobs, name, broken)
    return lambda: calls[0]


@pytest.mark.parametrize("place", ["_note_outcomes", "_progress", "_done"])
def test_a_job_that_breaks_in_the_middle_goes_on_and_does_nothing_twice(
    desk: Desk, small_batches: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    tickets = desk.tickets(5)
    job = desk.ask(Act.NOTE, tickets, reason="Maintenance")
    monkeypatch.setattr(bulk_jobs, "SHORT_BATCH", 2)
    with monkeypatch.context() as broken:
        killed_in(broken, place, after=1)
        with pytest.raises(KeyboardInterrupt):
            bulk_jobs.run_bulk_job(job.pk)
    assert Message.objects.filter(body="Maintenance").count() == 2
    BulkJob.objects.filter(pk=job.pk).update(state=State.RUNNING)  # a killed process says nothing
    bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, outcomes(job)) == (State.DONE, 5, ["changed"] * 5)
    assert Message.objects.filter(body="Maintenance").count() == 5


def test_a_fault_is_told_and_the_job_can_go_on(
    desk: Desk, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.ask(Act.CANCEL, desk.tickets(3))
    with monkeypatch.context() as broken:
        killed_in(broken, "_done", after=1)
        with pytest.raises(KeyboardInterrupt):
            bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    bulk_jobs.confirm_bulk_job(job, by=desk.by, credential="session")
    bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (State.DONE, 3, 3)


def test_a_job_is_stopped_between_two_batches(
    desk: Desk, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = desk.tickets(5)
    job = desk.ask(Act.CANCEL, tickets)
    whole = bulk_jobs._do_batch

    def stopped_after_one(job: BulkJob, by: Actor) -> int:
        count = whole(job, by)
        bulk_jobs.stop_bulk_job(job, by=desk.by)
        return count

    with monkeypatch.context() as patched:
        patched.setattr(bulk_jobs, "_do_batch", stopped_after_one)
        bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (State.STOPPED, 2)
    assert sum(ticket.state == "cancelled" for ticket in fresh(tickets)) == 2
    with pytest.raises(Conflict):
        bulk_jobs.stop_bulk_job(job, by=desk.by)
    desk.undo(job)
    bulk_jobs.run_bulk_job(job.pk)
    assert {ticket.state for ticket in fresh(tickets)} == {"new"}


def test_a_job_is_taken_back_for_fourteen_days_and_then_forgotten(desk: Desk) -> None:
    job = desk.ask(Act.TAG, desk.tickets(1), tags=("lot",))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    BulkJob.objects.filter(pk=job.pk).update(started_at=clock.now() - timedelta(days=15))
    job.refresh_from_db()
    with pytest.raises(Conflict):
        desk.undo(job)
    assert bulk_jobs.delete_old_bulk_jobs() == 0
    BulkJob.objects.filter(pk=job.pk).update(asked_at=start)
    assert bulk_jobs.delete_old_bulk_jobs() > 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_whole_batches(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(personas)
    tickets = desk.tickets(30)
    monkeypatch.setattr(bulk_jobs, "AT_ONCE", 0)
    job = desk.ask(Act.NOTE, tickets, reason="Maintenance")

    def work_slowly() -> None:
        monkeypatch.setattr(bulk_jobs, "SHORT_BATCH", 1)
        bulk_jobs.run_bulk_job(job.pk)

    with transaction.atomic():
        # Held here, the last ticket keeps a quick worker from the end.
        Ticket.objects.select_for_update().get(pk=tickets[-1].pk)
        worker = child_process.Child(work_slowly)
        while BulkJob.objects.get(pk=job.pk).done == 0:
            assert worker.poll() is None
        worker.kill()
    left = BulkJob.objects.get(pk=job.pk)
    notes = Message.objects.filter(body="Maintenance")
    assert (left.state, left.done) == (State.RUNNING, notes.count())
    assert 0 < left.done < 30
    bulk_jobs.run_bulk_job(job.pk)
    assert BulkJob.objects.get(pk=job.pk).state == State.DONE
    assert set(notes.values_list("ticket_id", flat=True)) == {ticket.pk for ticket in tickets}
    assert notes.count() == 30
