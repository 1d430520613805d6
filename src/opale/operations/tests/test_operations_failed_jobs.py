"""A job that failed is seen with its error, waits again, or is discarded."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.operations import actions, queries
from opale.operations.models import FailedJob, JobError
from opale.operations.tests.subjects import SENDING_JOB, fail


@pytest.mark.django_db
def test_what_waits_already_or_is_not_known_is_not_run_again(personas: Personas) -> None:
    by = personas.actor("administrator")
    gone = FailedJob.objects.get(pk=fail("operations.no_such_job"))
    with pytest.raises(Conflict, match="does not know this job"):
        actions.retry_job(gone, by=by)
    known = FailedJob.objects.get(pk=fail(SENDING_JOB, delivery_id=0))
    actions.retry_job(known, by=by)
    with pytest.raises(NotFound):
        actions.retry_job(known, by=by)
    twice = FailedJob.objects.get(pk=fail(SENDING_JOB, delivery_id=0))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET queueing_lock = 'one' WHERE id = %s", [twice.pk]
        )
    app.configure_task(SENDING_JOB, queueing_lock="one").defer(delivery_id=0)
    with pytest.raises(Conflict, match="already queued"):
        actions.retry_job(twice, by=by)
    assert FailedJob.objects.get(pk=twice.pk).status == "failed"


@pytest.mark.django_db
def test_a_discarded_job_is_gone_with_its_error_and_the_others_stay(personas: Personas) -> None:
    by = personas.actor("administrator")
    one, other = (
        FailedJob.objects.get(pk=fail(SENDING_JOB, delivery_id=number)) for number in range(2)
    )
    waiting = app.configure_task(SENDING_JOB).defer(delivery_id=2)
    actions.discard_job(one, by=by)
    assert set(JobError.objects.values_list("pk", flat=True)) == {other.pk}
    assert list(queries.failed_jobs(seen_by=by)) == [other]
    with pytest.raises(NotFound):
        actions.discard_job(FailedJob.objects.get(pk=waiting), by=by)
    assert ProcrastinateJob.objects.filter(pk=waiting).exists()


@pytest.mark.django_db
def test_nobody_but_administrators_sees_or_touches_failed_jobs(personas: Personas) -> None:
    job = FailedJob.objects.get(pk=fail(SENDING_JOB, delivery_id=0))
    for name in ("service_manager", "tools_engineer", "customer_contact"):
        by = personas.actor(name)
        assert not queries.failed_jobs(seen_by=by).exists()
        for act in (actions.retry_job, actions.discard_job):
            with pytest.raises(NotAllowed):
                act(job, by=by)


@pytest.mark.django_db
def test_marked_jobs_are_run_again_and_programs_do_the_same(personas: Personas) -> None:
    found = [fail(SENDING_JOB, delivery_id=number) for number in range(3)]
    client = personas.client("administrator")
    listed = client.get("/api/v1/failed-jobs", {"q": SENDING_JOB}).json()["items"]
    assert [one["id"] for one in listed] == found[::-1]
    assert listed[0]["error"] == "ValueError: no such delivery"
    assert client.post(f"/failed-jobs/{found[0]}/retry/").status_code == 302
    left = client.get("/api/v1/failed-jobs").json()["items"]
    assert [one["id"] for one in left] == found[:0:-1]


@pytest.mark.django_db
def test_a_job_is_discarded_after_a_question_and_named_in_the_answer(personas: Personas) -> None:
    first, second, third = (fail(SENDING_JOB, delivery_id=number) for number in range(3))
    client = personas.client("administrator")
    address = f"/failed-jobs/{first}/discard/"
    assert f'href="{address}"' in client.get("/failed-jobs/").content.decode()
    assert f"Discard the job “{SENDING_JOB}”?" in client.get(address).content.decode()
    many = {"n": [second, third]}
    assert client.post("/lists/failed-jobs/acts/discard/", many).status_code == 200
    assert FailedJob.objects.filter(status="failed").count() == 3
    done = client.post(address, follow=True).content.decode()
    assert f"Job “{SENDING_JOB}” discarded" in done
    client.post("/lists/failed-jobs/acts/discard/", many | {"given": "1"})
    assert not FailedJob.objects.filter(status="failed").exists()


@pytest.mark.django_db
def test_the_list_of_failed_jobs_is_drawn_again_when_one_is_run_or_discarded(
    personas: Personas,
) -> None:
    page = personas.client("administrator").get("/failed-jobs/").content.decode()
    region = page.partition("<main")[2]
    assert actions.TOPIC in region


@pytest.mark.django_db
def test_errors_are_kept_as_long_as_failed_jobs() -> None:
    for age in (timedelta(), actions.ERRORS_KEPT + timedelta(minutes=1)):
        with clock.travel(-age):
            actions.record_error(age.days, ValueError("x" * 5000 + "\0"))
    assert actions.delete_old_errors() == 1
    kept = JobError.objects.get()
    assert (kept.pk, len(kept.text)) == (0, actions.MAX_ERROR_LENGTH)


@pytest.mark.django_db
def test_no_error_is_kept_with_a_secret() -> None:
    said = "json://me:hunter2@x.example refused Authorization: Bearer opale_0123456789abcdefghij"
    actions.record_error(1, ValueError(said))
    text = JobError.objects.get().text
    assert "x.example refused" in text
    assert "hunter2" not in text
    assert "0123456789" not in text
