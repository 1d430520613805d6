"""Endpoints of files: tables that can be exchanged, exports, and imports with faults by line."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.exchange.csv_files import export
from opale.endpoints.exchange.import_run import preview
from opale.endpoints.exchange.import_undo import undo_import
from opale.endpoints.exchange.imports import file_imports, get_import, submit_file
from opale.endpoints.exchange.registry import get_table, may_export, may_import, registered_tables
from opale.endpoints.exchange.tables import Preview, Table
from opale.endpoints.http import ActorRequest
from opale.endpoints.models import FileImport
from opale.endpoints.paging import Page, Slice, Window, page

router = Router(tags=["exchange"])
USE = "exchange.use"
SHOWN = 200
CSV = {"type": "string", "description": "CSV with a header line, separated by ; or ,"}


class ColumnOut(Schema):
    name: str
    label: str
    required: bool


class TableOut(Schema):
    name: str
    label: str
    columns: list[ColumnOut]
    may_import: bool


class FaultOut(Schema):
    """What is wrong where; `column` is empty for a whole line, `line` is 0 for the whole file."""

    line: int
    column: str
    place: int
    sentence: str


class DifferenceOut(Schema):
    column: str
    before: str
    after: str


class ChangeOut(Schema):
    line: int
    key: list[str]
    new: bool
    differences: list[DifferenceOut]


class PreviewOut(Schema):
    """What a file would do: `counts` of lines, the first faults and changes."""

    counts: dict[str, int]
    faults: list[FaultOut]
    changes: list[ChangeOut]


class StayingOut(Schema):
    line: int
    row: str
    sentence: str


class ImportOut(Schema):
    """One file that was sent. Nothing of it is written unless `state` is `written`."""

    id: int
    table: str
    state: FileImport.State
    sent_at: datetime
    finished_at: datetime | None
    actor_name: str
    total: int
    done: int
    counts: dict[str, int]
    faults: list[FaultOut]
    kept_back: list[StayingOut]


class Choices(Schema):
    dry_run: Annotated[bool, Field(description="Say what it would change, and write nothing")] = (
        False
    )


@router.get("/exchange", response=list[TableOut], auth=may(USE))
def list_exchanges(request: ActorRequest) -> list[TableOut]:
    """What can be exported and imported as files, and the columns of each."""
    return [_table(t, request) for t in registered_tables() if may_export(t, request.actor)]


@router.get(
    "/exchange/{slug:name}.csv",
    auth=may(USE),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"text/csv": {}}}}},
)
def export_file(
    request: ActorRequest, name: str, separator: Literal[";", ","] = ";"
) -> HttpResponse:
    """The visible rows as CSV; what is exported can be imported."""
    table = get_table(name, request.actor, change=False)
    content = "".join(export(table, seen_by=request.actor, separator=separator))
    named = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=named)


@router.post(
    "/exchange/{slug:name}/imports",
    response={200: PreviewOut, 201: ImportOut, 202: ImportOut, 422: PreviewOut},
    auth=may(USE),
    openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": CSV}}}},
)
def import_file(
    request: ActorRequest, name: str, choices: Query[Choices]
) -> Status[PreviewOut] | Status[FileImport]:
    """Write a file, all of it or nothing: 201 when it is written, 202 when a job writes it.

    With `dry_run` nothing is written. Faults name their line and column (422).
    """
    table = get_table(name, request.actor, change=True)
    found = preview(table, request.body, by=request.actor)
    if choices.dry_run or found.faults:
        return Status(422 if found.faults else 200, _preview(found))
    sent = submit_file(table, request.body, found, by=request.actor, credential=request.credential)
    if sent.state == FileImport.State.REFUSED:
        return Status(422, _refused(sent))
    return Status(202 if sent.state == FileImport.State.WAITING else 201, sent)


@router.get("/imports", response=Page[ImportOut], auth=may(USE))
def list_imports(request: ActorRequest, window: Query[Window]) -> Slice[FileImport]:
    """The imports of one's own of the last 14 days, newest first; an administrator's: all."""
    return page(file_imports(seen_by=request.actor), window, "-id")


@router.get("/imports/{int:import_id}", response=ImportOut, auth=may(USE))
def get_file_import(request: ActorRequest, import_id: int) -> FileImport:
    """How far it is, and what became of it."""
    return get_import(import_id, seen_by=request.actor)


@router.post("/imports/{int:import_id}/taking-back", response=ImportOut, auth=may(USE))
def take_back_file_import(request: ActorRequest, import_id: int) -> FileImport:
    """Undo an import for 14 days, but for rows that somebody has changed or used since."""
    return undo_import(import_id, by=request.actor, credential=request.credential)


def _table(table: Table, request: ActorRequest) -> TableOut:
    return TableOut(
        name=table.name,
        label=str(table.label),
        columns=[
            ColumnOut(name=c.name, label=str(c.label), required=c.required) for c in table.columns
        ],
        may_import=may_import(table, request.actor),
    )


def _preview(found: Preview) -> PreviewOut:
    written = [line for line in found.lines if line.state in ("new", "changed")]
    changes = [
        ChangeOut(
            line=line.number,
            key=list(line.key),
            new=line.state == "new",
            differences=[DifferenceOut.from_orm(d) for d in line.differences],
        )
        for line in written[:SHOWN]
    ]
    faults = [FaultOut.from_orm(fault) for fault in found.faults[:SHOWN]]
    return PreviewOut(counts=found.counts, faults=faults, changes=changes)


def _refused(sent: FileImport) -> PreviewOut:
    faults = [FaultOut(**fault) for fault in sent.faults]
    return PreviewOut(counts=sent.counts, faults=faults, changes=[])
