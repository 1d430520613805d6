"""Attribution: who changed what, kept by the database, never leaking to somebody else."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed, attributed_whole
from opale.kernel.history import Revision, revisions
from opale.kernel.tests.lamps import somebody

ALICE, BOB = somebody(1), somebody(2)


def tracked_row() -> Any:
    """Any tracked table will do: the triggers are the same everywhere."""
    model = apps.get_model("organisation", "WorkingCalendar")
    return model._default_manager.create(name="Office", record={"time_zone": "Europe/Paris"})


def rename(row: Any, name: str) -> None:
    row.name = name
    row.save(update_fields=["name"])


def fail(row: Any, by: Actor) -> None:
    with attributed(by):
        rename(row, "Bureau")
        raise ValueError


def changes(row: Any) -> list[Revision]:
    """What happened to a row since it was made, the newest first."""
    return [one for one in revisions(type(row), id=row.pk) if not one.created]


def authors(row: Any) -> list[str]:
    return [revision.actor for revision in changes(row)]


def attribution() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db
def test_history_says_who_changed_what_and_why() -> None:
    row = tracked_row()
    with attributed(ALICE, reason="moved to « Lille »"):
        rename(row, "Bureau")
    (revision,) = changes(row)
    assert (revision.actor, revision.actor_name) == ("user:1", "Person 1")
    assert revision.reason == "moved to « Lille »"
    (difference,) = revision.differences
    assert (difference.column, difference.before, difference.after) == ("name", "Office", "Bureau")


@pytest.mark.django_db
def test_a_deleted_row_leaves_who_deleted_it() -> None:
    row = tracked_row()
    pk = row.pk
    with attributed(BOB):
        row.delete()
    revision, made = revisions(apps.get_model("organisation", "WorkingCalendar"), id=pk)
    assert revision.deleted
    assert made.created
    assert revision.actor == "user:2"


@pytest.mark.django_db
def test_the_database_refuses_a_tracked_change_by_nobody() -> None:
    row = tracked_row()
    with pytest.raises(IntegrityError), transaction.atomic():
        rename(row, "Bureau")
    row.refresh_from_db()
    assert row.name == "Office"


@pytest.mark.django_db
def test_a_change_after_the_action_is_by_nobody_again() -> None:
    row = tracked_row()
    with attributed(ALICE):
        rename(row, "Bureau")
    with pytest.raises(IntegrityError), transaction.atomic():
        rename(row, "Atelier")


@pytest.mark.django_db
def test_an_action_inside_an_action_gives_the_attribution_back() -> None:
    row = tracked_row()
    with attributed(ALICE):
        rename(row, "1")
        with attributed(BOB):
            rename(row, "2")
        rename(row, "3")
    assert authors(row) == ["user:1", "user:2", "user:1"]


@pytest.mark.django_db
def test_an_action_inside_an_action_of_the_same_actor_has_its_reason() -> None:
    row = tracked_row()
    with attributed(ALICE, reason="import"):
        with attributed(ALICE):
            rename(row, "1")
        with attributed(ALICE, reason="typing"):
            rename(row, "2")
        with attributed(BOB):
            rename(row, "3")
    assert [change.reason for change in changes(row)] == ["", "typing", "import"]


@pytest.mark.django_db
def test_a_failed_inner_action_gives_the_attribution_back_too() -> None:
    row = tracked_row()
    with attributed(ALICE):
        with pytest.raises(ValueError):
            fail(row, BOB)
        rename(row, "3")
    assert authors(row) == ["user:1"]


@pytest.mark.django_db
def test_a_failed_action_changes_nothing() -> None:
    row = tracked_row()
    with pytest.raises(ValueError):
        fail(row, ALICE)
    row.refresh_from_db()
    assert row.name == "Office"
    assert authors(row) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_nothing_stays_on_a_connection_that_goes_back_to_the_pool(*, fails: bool) -> None:
    row = tracked_row()
    if fails:
        with pytest.raises(ValueError):
            fail(row, ALICE)
    else:
        with attributed(ALICE):
            rename(row, "Bureau")
    assert attribution() == ""
    with pytest.raises(IntegrityError):
        rename(row, "Atelier")


@pytest.mark.django_db(transaction=True)
def test_who_acts_alone_pays_one_statement_for_the_attribution(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(3), attributed(ALICE):  # begin, attribute, commit
        pass


@pytest.mark.django_db(transaction=True)
def test_an_action_inside_one_of_the_same_actor_pays_none(django_assert_num_queries: Any) -> None:
    # begin, attribute, savepoint, release, commit
    with django_assert_num_queries(5), attributed(ALICE), attributed(ALICE):
        pass


@pytest.mark.django_db(transaction=True)
def test_an_action_of_all_that_is_asked_for_at_once_pays_none_at_all(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(3), attributed_whole(ALICE):  # begin, attribute, commit
        with attributed(ALICE):
            pass
        with attributed(ALICE):
            pass


@pytest.mark.django_db(transaction=True)
def test_of_what_is_asked_for_at_once_nothing_stays_when_some_of_it_fails() -> None:
    row = tracked_row()
    with attributed_whole(ALICE):
        with attributed(ALICE):
            rename(row, "1")
        with pytest.raises(ValueError):
            fail(row, ALICE)
        with pytest.raises(TransactionManagementError):
            rename(row, "3")
    assert authors(row) == []


@pytest.mark.django_db(transaction=True)
def test_of_what_is_asked_for_at_once_an_own_transaction_may_fail_alone() -> None:
    row = tracked_row()
    with attributed_whole(ALICE):
        with pytest.raises(ValueError), transaction.atomic():
            fail(row, BOB)
        with attributed(ALICE):
            with pytest.raises(ValueError):  # an action inside an action fails alone as ever
                fail(row, BOB)
            rename(row, "3")
    assert authors(row) == ["user:1"]


@pytest.mark.django_db
def test_a_name_with_quotes_is_kept_as_it_is() -> None:
    row = tracked_row()
    name = """O'Brien "Bob" \\ é 東"""
    with attributed(Actor("person", "user:9", name)):
        rename(row, "Bureau")
    (revision,) = changes(row)
    assert revision.actor_name == name
