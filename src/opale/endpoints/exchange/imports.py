"""Imports of files: small ones at once, larger ones by a job; and their undo.

A file is written in one transaction, or not at all. What it did to each row is kept for a while, so
that it can be undone where the row was not changed since.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.endpoints.exchange.comparison import CHUNK
from opale.endpoints.exchange.import_run import execute_import
from opale.endpoints.exchange.registry import get_table
from opale.endpoints.exchange.tables import Fault, Preview, Table
from opale.endpoints.job_actors import actor_for_job
from opale.endpoints.models import IMPORTS_KEPT, FileImport, ImportedRow
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.errors import NotFound, OpaleError

IMMEDIATE = 2_000
"""Rows written within the request; more are written by a job."""
MOST_KEPT = 200
QUEUE = "planner"
CARRY_JOB = "endpoints.carry_out_import"
State = FileImport.State


def submit_file(
    table: Table, content: bytes, found: Preview, *, by: Actor, credential: str
) -> FileImport:
    """Write a file that was previewed (`found`): at once, or by a job when it changes many rows.

    Refusals are faults of the import, and nothing is written then.
    Errors: NotAllowed.
    """
    get_table(table.name, by, change=True)
    with transaction.atomic():
        sent = FileImport.objects.create(
            table=table.name,
            user_id=by.user_id or 0,
            actor_name=by.name[:200],
            credential=credential,
            language=translation.get_language() or "en",
            content=content,
            total=found.changes,
        )
        if found.changes > IMMEDIATE:
            carrying = app.configure_task(CARRY_JOB, queue=QUEUE, lock=f"import:{sent.pk}")
            carrying.defer(import_id=sent.pk)
        else:
            _carry(sent, table, by)
    return sent


def run_import(import_id: int) -> None:
    """Write a pending file. A job given to another worker starts again from the beginning."""
    sent = FileImport.objects.filter(pk=import_id, state__in=(State.WAITING, State.RUNNING)).first()
    if sent is None:
        return
    FileImport.objects.filter(pk=import_id).update(state=State.RUNNING, done=0)
    finished = False
    with translation.override(sent.language):
        try:
            by = actor_for_job(sent.user_id, sent.credential)
            table = get_table(sent.table, by, change=True)
            with transaction.atomic():
                _carry(sent, table, by)
            finished = True
        except OpaleError as refusal:
            _end(sent, State.REFUSED, [Fault(0, "", 0, refusal.sentence)])
            finished = True
        finally:
            if not finished:
                broken = _("The import failed. Nothing was imported; upload the file again.")
                _end(sent, State.REFUSED, [Fault(0, "", 0, broken)])


def delete_expired() -> int:
    count, _each = FileImport.objects.filter(sent_at__lt=now() - IMPORTS_KEPT).delete()
    return count


def file_imports(*, seen_by: Actor) -> Any:
    """Return imports of files, newest first: the actor's own, or all within the actor's reach."""
    return FileImport.objects.visible_to(seen_by).defer("content").order_by("-id")


def get_import(import_id: int, *, seen_by: Actor) -> FileImport:
    """Return one import. Errors: NotFound."""
    found: FileImport | None = file_imports(seen_by=seen_by).filter(pk=import_id).first()
    if found is None:
        raise NotFound
    return found


def _carry(sent: FileImport, table: Table, by: Actor) -> None:
    with _progress(sent) as told:
        done = execute_import(table, bytes(sent.content or b""), by=by, told=told)
    if done.faults:
        _end(sent, State.REFUSED, done.faults, done.counts)
        return
    _remember(sent, table, done, by)
    _end(sent, State.WRITTEN, [], done.counts)


def _remember(sent: FileImport, table: Table, done: Preview, by: Actor) -> None:
    """Keep what the import did to each row, which is read again as it is now."""
    for start in range(0, len(done.written), CHUNK):
        part = done.written[start : start + CHUNK]
        rows = table.rows(by).filter(pk__in=[line.row.pk for line in part])
        texts = {row.pk: table.texts(row) for row in rows}
        kept = []
        for line in part:
            made = line.state == "new"
            before = {} if made else {d.column: d.before for d in line.differences}
            after = texts.get(line.row.pk, {})
            kept.append(
                ImportedRow(
                    file_import=sent,
                    number=line.number,
                    key=line.key,
                    row_id=line.row.pk,
                    made=made,
                    before=before,
                    after=after if made else {name: after.get(name, "") for name in before},
                )
            )
        ImportedRow.objects.bulk_create(kept)


def _end(
    sent: FileImport,
    state: FileImport.State,
    faults: Sequence[Fault],
    counts: dict[str, int] | None = None,
) -> None:
    sent.state, sent.finished_at, sent.content = state, now(), None
    sent.faults = [asdict(fault) for fault in faults[:MOST_KEPT]]
    sent.counts = counts or {}
    sent.done = sent.total if state == State.WRITTEN else 0
    sent.save(update_fields=["state", "finished_at", "content", "faults", "counts", "done"])


@contextmanager
def _progress(sent: FileImport) -> Iterator[Any]:
    """Record progress outside the transaction of the import, which would hide it until its end.

    An import that is written at once records none.
    """
    if sent.state == State.WAITING and sent.total <= IMMEDIATE:
        yield lambda _done, _total: None
        return
    beside = connection.copy()

    def told(done: int, total: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE endpoints_fileimport SET done = %s, total = %s WHERE id = %s",
                [done, total, sent.pk],
            )

    try:
        yield told
    finally:
        beside.close()
