"""Undo of an import: rows that nobody has changed since are deleted or restored."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.endpoints.exchange.comparison import CHUNK
from opale.endpoints.exchange.import_run import rewrite
from opale.endpoints.exchange.imports import IMMEDIATE, MOST_KEPT, QUEUE, State
from opale.endpoints.exchange.registry import get_table
from opale.endpoints.exchange.tables import Table
from opale.endpoints.job_actors import actor_for_job
from opale.endpoints.models import FileImport, ImportedRow
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, NotFound, OpaleError

TAKE_BACK_JOB = "endpoints.take_back_import"


def undo_import(import_id: int, *, by: Actor, credential: str) -> FileImport:
    """Undo an import, at once or by a job when it wrote many rows.

    Rows changed or used since stay as they are, and are listed in `kept_back`.
    Errors: NotFound, NotAllowed, Conflict (not written; too long ago).
    """
    with transaction.atomic():
        rows = FileImport.objects.visible_to(by).select_for_update()
        done = rows.filter(pk=import_id).first()
        if done is None:
            raise NotFound
        table = get_table(done.table, by, change=True)
        if not done.may_be_taken_back:
            raise Conflict(_("This import can no longer be undone."))
        if done.total > IMMEDIATE:
            done.state, done.credential, done.user_id = (
                State.TAKING_BACK, credential, by.user_id or 0,
            )  # fmt: skip
            done.save(update_fields=["state", "credential", "user_id"])
            app.configure_task(TAKE_BACK_JOB, queue=QUEUE, lock=f"import:{done.pk}").defer(
                import_id=done.pk
            )
        else:
            _undo(done, table, by)
    return done


def run_undo(import_id: int) -> None:
    """Undo a large import. A refusal leaves it written."""
    done = FileImport.objects.filter(pk=import_id, state=State.TAKING_BACK).first()
    if done is None:
        return
    with translation.override(done.language):
        finished = False
        try:
            by = actor_for_job(done.user_id, done.credential)
            table = get_table(done.table, by, change=True)
            with transaction.atomic():
                _undo(done, table, by)
            finished = True
        finally:
            if not finished:
                FileImport.objects.filter(pk=import_id).update(state=State.WRITTEN)


def _undo(done: FileImport, table: Table, by: Actor) -> None:
    kept: list[dict[str, Any]] = []
    with attributed(by, reason=_("import undone")):
        rows = list(done.rows.order_by("-id"))
        changed = [row for row in rows if not row.made]
        kept += _restored(table, changed, by)
        kept += _discarded(table, [row for row in rows if row.made], by)
    done.state, done.kept_back, done.finished_at = State.TAKEN_BACK, kept[:MOST_KEPT], now()
    done.save(update_fields=["state", "kept_back", "finished_at"])
    done.rows.all().delete()


def _restored(table: Table, rows: list[ImportedRow], by: Actor) -> Iterator[dict[str, Any]]:
    """Write the former texts again, where the columns still hold what the import wrote."""
    standing = _standing(table, rows, by)
    for row in rows:
        texts = standing.get(row.row_id)
        if texts is None:
            yield _kept(row, _("It no longer exists."))
            continue
        same = {name for name, text in row.after.items() if texts.get(name) == text}
        if same != set(row.after):
            yield _kept(row, _("Changed since the import."))
        if same:
            former = texts | {name: row.before[name] for name in same}
            yield from (_kept(row, fault.sentence) for fault in rewrite(table, former, by=by))


def _discarded(table: Table, rows: list[ImportedRow], by: Actor) -> Iterator[dict[str, Any]]:
    """Delete the rows that the import made, last first, where they are unchanged and unused."""
    standing = _standing(table, rows, by)
    for row in rows:
        texts = standing.get(row.row_id)
        if texts is None:
            yield _kept(row, _("It no longer exists."))
        elif texts != row.after:
            yield _kept(row, _("Changed since the import."))
        else:
            try:
                table.discard(table.rows(by).get(pk=row.row_id), by)
            except OpaleError as refusal:
                yield _kept(row, refusal.sentence)


def _standing(table: Table, rows: list[ImportedRow], by: Actor) -> Mapping[int, dict[str, str]]:
    """Return the present texts of the rows."""
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(rows), CHUNK):
        ids = [row.row_id for row in rows[start : start + CHUNK]]
        for row in table.rows(by).filter(pk__in=ids):
            found[row.pk] = table.texts(row)
    return found


def _kept(row: ImportedRow, sentence: str) -> dict[str, Any]:
    return {"line": row.number, "row": " ".join(row.key), "sentence": sentence}
