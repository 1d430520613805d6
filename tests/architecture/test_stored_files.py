"""Stored bytes stay while a row of any table names them, and no longer."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, models
from pytest_django import Settings
from tests.personas import Personas, make_personas

from opale.discussions import actions, queries
from opale.discussions.models import CommentFile
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.file_keys import STORED_LOCK
from opale.kernel.files import store_bytes
from opale.kernel.stored_files import (
    UNNAMED_KEPT,
    WAITING_KEPT,
    StoredFileRow,
    named_keys,
    naming_fields,
    remove_unnamed_files,
)

FIELDS = {f"{field.model._meta.label}.{field.name}": field for field in naming_fields()}


def swept(after: timedelta = UNNAMED_KEPT) -> int:
    """Remove unnamed files, a little later than `after`, and return how many."""
    with clock.travel(after + timedelta(minutes=1)):
        return remove_unnamed_files()


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


def test_every_model_of_stored_files_is_looked_at() -> None:
    rows = {
        f"{kind._meta.label}.key"
        for kind in StoredFileRow.__subclasses__()
        if not kind._meta.abstract
    }
    assert rows >= {"discussions.CommentFile.key", "desk.Attachment.key"}
    assert rows | {"messaging.IncomingMail.raw_key", "messaging.OutgoingMail.attachments"} <= set(
        FIELDS
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_file_that_a_column_names_is_still_used(name: str) -> None:
    field: models.Field[Any, Any] = FIELDS[name]
    table, key = connection.ops.quote_name(field.model._meta.db_table), store_bytes(b"shared")
    json = isinstance(field, models.JSONField)
    said = f'[{{"name": "a.png", "key": "{key}"}}]' if json else key
    with connection.cursor() as cursor:
        # A table of the same name that needs nothing else in a row.
        cursor.execute(
            f"CREATE TEMP TABLE {table} ON COMMIT DROP AS TABLE public.{table} WITH NO DATA"
        )
        assert named_keys([key]) == set()
        column = connection.ops.quote_name(field.column or "")
        cursor.execute(f"INSERT INTO {table} ({column}) VALUES (%s)", [said])
    assert named_keys([key]) == {key}
    assert swept() == 0
    assert default_storage.exists(key)


def test_bytes_of_two_rows_stay_until_both_are_gone(house: Personas) -> None:
    by = house.actor("project_manager")
    record = queries.get_record("customer", house.customer.pk, seen_by=by)
    first, second = (
        actions.attach_file(record, name, [b"the same"], by=by) for name in ("a.txt", "b.txt")
    )
    assert first.key == second.key
    actions.remove_file(first, by=by)
    assert swept() == 0
    comment = actions.add_comment(record, "Kept", by=by, file_ids=[second.pk])
    actions.delete_comment(comment, by=by)
    assert swept() == 1
    assert not default_storage.exists(second.key)


def test_a_file_that_no_comment_takes_is_gone_after_its_time(house: Personas) -> None:
    by = house.actor("project_manager")
    record = queries.get_record("customer", house.customer.pk, seen_by=by)
    sent, left = (
        actions.attach_file(record, name, [name.encode()], by=by) for name in ("a.txt", "b.txt")
    )
    actions.add_comment(record, "Sent", by=by, file_ids=[sent.pk])
    cleaner = system("discussions")
    assert actions.delete_waiting_files(clock.now(), by=cleaner) == 0
    assert actions.delete_waiting_files(clock.now() + 1.1 * WAITING_KEPT, by=cleaner) == 1
    assert set(CommentFile.objects.all()) == {sent}
    assert swept() == 1
    assert (default_storage.exists(sent.key), default_storage.exists(left.key)) == (True, False)


@pytest.mark.django_db
def test_bytes_that_were_just_stored_are_not_removed() -> None:
    key = store_bytes(b"its row comes")
    assert remove_unnamed_files() == 0
    assert default_storage.exists(key)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_removed_while_a_backup_goes_on() -> None:
    key = store_bytes(b"backed up")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock_shared(%s)", [STORED_LOCK])
        assert swept() == 0
    finally:
        other.close()
    assert swept() == 1
    assert not default_storage.exists(key)
