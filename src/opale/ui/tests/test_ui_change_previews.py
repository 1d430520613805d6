"""The preview of a form runs its action, compares, and rolls it back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django import forms
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory

from opale.kernel.actor import ANONYMOUS
from opale.kernel.errors import Conflict, NotFound
from opale.ui.change_previews import Change, preview_changes, preview_drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(db: None) -> None:
    execute("CREATE TEMPORARY TABLE watched (label text, value text) ON COMMIT DROP")
    execute("INSERT INTO watched VALUES ('Owner', 'Ann'), ('Due', 'Monday'), ('State', 'New')")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def facts() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT label, value FROM watched")
        return dict(cursor.fetchall())


@pytest.mark.usefixtures("watched")
def test_what_changed_appeared_and_went_is_shown_and_nothing_is_kept() -> None:
    before, told = facts(), list[str]()

    def run() -> None:
        execute("UPDATE watched SET value = 'Bea' WHERE label = 'Owner'")
        execute("DELETE FROM watched WHERE label = 'Due'")
        execute("INSERT INTO watched VALUES ('Told', 'nobody')")
        transaction.on_commit(lambda: told.append("sent"))

    assert preview_changes(facts, run) == [
        Change("Owner", "Ann", "Bea"),
        Change("Due", "Monday", ""),
        Change("Told", "", "nobody"),
    ]
    assert facts() == before
    assert told == []


@pytest.mark.usefixtures("watched")
def test_what_is_refused_leaves_nothing_either() -> None:
    before = facts()

    def run() -> None:
        execute("DELETE FROM watched")
        raise Conflict("Taken.")

    with pytest.raises(Conflict):
        preview_changes(facts, run)
    assert facts() == before


@pytest.mark.usefixtures("watched")
def test_nothing_is_shown_of_what_is_out_of_sight_after_it() -> None:
    before = facts()

    def seen() -> dict[str, str]:
        if "Owner" not in facts():
            raise NotFound
        return facts()

    assert preview_changes(seen, lambda: execute("DELETE FROM watched")) == []
    assert facts() == before


LOCK = 7_451


@pytest.fixture
def locked() -> Iterator[None]:
    """Another session changes what a preview wants to change."""
    parameters: dict[str, Any] = connection.get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters) as session:
        session.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


@pytest.mark.usefixtures("watched", "locked")
@pytest.mark.timeout(20)
def test_a_preview_does_not_wait_for_somebody_who_changes_the_same() -> None:
    def run() -> None:
        execute(f"SELECT pg_advisory_xact_lock({LOCK})")

    with pytest.raises(OperationalError, match="lock timeout"):
        preview_changes(facts, run)
    request = RequestFactory().post("/")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    shown = preview_drawn(request, forms.Form({}), facts, run)
    assert shown.content.strip() == b""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",), "what follows in the transaction waits again"
