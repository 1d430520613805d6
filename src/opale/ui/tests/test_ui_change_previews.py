"""The preview of a form runs its action, compares, and rolls it back."""

import pytest
from django.db import connection, transaction

from opale.kernel.errors import Conflict, NotFound
from opale.ui.change_previews import Change, preview_changes

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
