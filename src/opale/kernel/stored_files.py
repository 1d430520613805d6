"""Rows that name stored files, and the removal of bytes that no row names any more.

Equal bytes are stored once, whoever sends them, so no row may remove its own. Bytes are removed by
one rule: no column of any table names them, history included, and they were last stored more than
`UNNAMED_KEPT` ago, so that the row of an upload has long come. A column that names a stored file is
called `key` or ends in `_key`; one of `{"key": ...}` in JSON is called `attachments`.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.file_keys import STORED_KEY
from opale.kernel.files import last_stored_at, removal_lock, safe_name, store_upload

UNNAMED_KEPT: Final = timedelta(days=2)
WAITING_KEPT: Final = timedelta(days=14)
"""How long a file waits in an editor for the text that it was attached to."""
AT_ONCE: Final = 5_000
KEY_LENGTH: Final = len("00/00/") + 64


class StoredFileRow(models.Model):
    """A row that names a stored file. `media_type` is detected from the bytes."""

    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def stored_columns(name: str, chunks: Iterable[bytes], *, by: Actor) -> dict[str, Any]:
    """Store a file that somebody sends, and return the columns of its `StoredFileRow`.

    Call it before the transaction: nothing slow happens while a row is locked.
    Errors: Invalid (too large, empty, or a program), TooMany.
    """
    named = safe_name(name)
    kept = store_upload(chunks, name=named, by=by)
    return {
        "name": named,
        "media_type": kept.media_type,
        "size_bytes": kept.size_bytes,
        "sha256": kept.sha256,
        "key": kept.key,
    }


def remove_unnamed_files() -> int:
    """Remove the stored bytes that no row names, and return how many files they were."""
    before = clock.now() - UNNAMED_KEPT
    old = (key for key in _stored_keys() if _is_old(key, before))
    removed = 0
    while keys := list(islice(old, AT_ONCE)):
        removed += _remove_unnamed(keys, before)
    return removed


def _is_old(key: str, before: datetime) -> bool:
    stored = last_stored_at(key)
    return stored is not None and stored < before


def _remove_unnamed(keys: Collection[str], before: datetime) -> int:
    """Remove those of the keys that no row names; nothing while a backup or an upload goes on."""
    unnamed = set(keys) - named_keys(keys)
    if not unnamed:
        return 0
    with transaction.atomic():
        if not removal_lock():
            return 0
        # An upload of the same bytes may have come since they were listed.
        gone = [key for key in unnamed - named_keys(unnamed) if _is_old(key, before)]
        for key in gone:
            default_storage.delete(key)
    return len(gone)


def named_keys(keys: Collection[str]) -> set[str]:
    """Return those of the keys that a row of any table names."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for field in naming_fields():
            cursor.execute(_query(field), [list(keys)])
            found.update(key for (key,) in cursor)
    return found


def naming_fields() -> "list[models.Field[Any, Any]]":
    """Return the columns of all tables that may name stored files."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if _may_name(field)
    ]


def _may_name(field: "models.Field[Any, Any]") -> bool:
    if isinstance(field, models.JSONField):
        return field.name == "attachments"
    if not isinstance(field, models.CharField | models.TextField):
        return False
    called = field.name == "key" or field.name.endswith("_key")
    return called and (field.max_length is None or field.max_length >= KEY_LENGTH)


def _query(field: "models.Field[Any, Any]") -> str:
    """Return the query of those of some keys that a column names."""
    table = connection.ops.quote_name(field.model._meta.db_table)
    column = connection.ops.quote_name(field.column or "")
    if isinstance(field, models.JSONField):
        table += f", jsonb_path_query({column}, '$[*].key') AS named"
        column = "named #>> '{}'"
    return f"SELECT {column} FROM {table} WHERE {column} = ANY(%s)"  # noqa: S608  # our names


def _stored_keys(folder: str = "", depth: int = 2) -> Iterator[str]:
    """Give the keys of all stored files, a folder at a time."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    if depth:
        for name in sorted(folders):
            if len(name) == 2:
                yield from _stored_keys(f"{folder}/{name}" if folder else name, depth - 1)
    else:
        yield from (key for name in names if STORED_KEY.match(key := f"{folder}/{name}"))
