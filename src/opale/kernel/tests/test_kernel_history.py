"""Who made a row: kept by the database, first line of every history."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from opale.kernel.attribution import attributed
from opale.kernel.history import Revision, merged_revisions, revisions
from opale.kernel.tests.lamps import somebody

ALICE, BOB = somebody(1), somebody(2)
# The rows of work are written with dated records of their own: decision 7.
RECORDED_ELSEWHERE = {"desk", "telephone"}


def calendars() -> Any:
    """Any tracked table will do: the triggers are the same everywhere."""
    return apps.get_model("organisation", "WorkingCalendar")


def make(*names: str) -> Any:
    made = [calendars()(name=name, record={"time_zone": "Europe/Paris"}) for name in names]
    return calendars()._default_manager.bulk_create(made)


def rename(row: Any, name: str) -> None:
    row.name = name
    row.save(update_fields=["name"])


def told(found: list[Revision]) -> list[tuple[str, bool]]:
    return [(revision.actor, revision.created) for revision in found]


@pytest.mark.django_db
def test_history_begins_with_who_made_the_row_and_why() -> None:
    with attributed(ALICE, reason="the new office"):
        (row,) = make("Lille")
    with attributed(BOB):
        rename(row, "Lille-Est")
    changed, made = revisions(calendars(), id=row.pk)
    assert (made.actor, made.actor_name, made.reason) == ("user:1", "Person 1", "the new office")
    assert (made.created, made.deleted, made.differences) == (True, False, ())
    (difference,) = changed.differences
    assert (difference.before, difference.after) == ("Lille", "Lille-Est")
    assert str(made.row) == "Lille-Est"


@pytest.mark.django_db
def test_rows_made_at_once_have_each_their_maker() -> None:
    with attributed(ALICE):
        rows = make("Lille", "Lyon", "Brest")
    assert {revisions(calendars(), id=row.pk)[0].actor for row in rows} == {"user:1"}


@pytest.mark.django_db
def test_the_database_refuses_a_row_made_by_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL opale.builders = 'off'")
    with pytest.raises(IntegrityError), transaction.atomic():
        make("Lille")
    assert not calendars()._default_manager.filter(name="Lille").exists()


@pytest.mark.django_db
def test_a_deleted_row_keeps_its_name_in_what_it_leaves() -> None:
    with attributed(ALICE):
        (row,) = make("Lille")
    pk = row.pk
    with attributed(BOB):
        row.delete()
    deleted, made = revisions(calendars(), id=pk)
    assert told([deleted, made]) == [("user:2", False), ("user:1", True)]
    assert getattr(made.row, "name", "") == "Lille"


@pytest.mark.django_db
def test_who_made_it_is_told_however_many_changes_followed() -> None:
    with attributed(ALICE):
        (row,) = make("0")
    with attributed(BOB):
        for number in range(1, 5):
            rename(row, str(number))
    found = revisions(calendars(), limit=2, id=row.pk)
    assert told(found) == [("user:2", False), ("user:2", False), ("user:1", True)]


@pytest.mark.django_db
def test_what_was_made_together_is_told_by_one_line() -> None:
    """In one test transaction everything is made at one instant."""
    with attributed(ALICE):
        own, belonging = make("Owner", "Belonging")
    with attributed(BOB):
        rename(belonging, "Other")
    parts = [revisions(calendars(), id=row.pk) for row in (own, belonging)]
    assert told(merged_revisions(*parts, limit=20)) == [("user:2", False), ("user:1", True)]
    assert told(merged_revisions(*parts, limit=1)) == [("user:1", True)]


def test_every_tracked_table_says_who_made_a_row() -> None:
    silent = {
        model._meta.app_label
        for model in apps.get_models()
        if hasattr(model, "former") and not _keeps_its_makers(model)
    }
    assert silent <= RECORDED_ELSEWHERE


def _keeps_its_makers(model: Any) -> bool:
    return any(tracker.label == "insert" for tracker in model.former.rel.related_model.pgh_trackers)
