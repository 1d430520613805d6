"""What a foreign key promises is kept where it is checked once for a statement."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, NotSupportedError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import ForeignKeyViolation
from tests.serving import eventually

from opale.kernel.foreign_keys import add_foreign_keys, refresh_foreign_keys
from opale.kernel.isolation import isolate

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tables"),
]

MAKE = """
    CREATE TABLE ref_shelf (id bigint PRIMARY KEY, customer_id bigint);
    CREATE TABLE ref_author (id bigint PRIMARY KEY);
    CREATE TABLE ref_book (id bigint PRIMARY KEY, shelf_id bigint, author_id bigint);
    INSERT INTO ref_shelf SELECT n FROM generate_series(1, 9) AS n;
    INSERT INTO ref_author SELECT n FROM generate_series(1, 9) AS n;
"""
REFER = add_foreign_keys("ref_book", shelf_id="ref_shelf", author_id="ref_author")
BOOKS = "INSERT INTO ref_book SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])"
ORPHANS = """
    SELECT count(*) FROM ref_book b
    WHERE (shelf_id IS NOT NULL AND NOT EXISTS (SELECT FROM ref_shelf s WHERE s.id = shelf_id))
       OR (author_id IS NOT NULL AND NOT EXISTS (SELECT FROM ref_author a WHERE a.id = author_id))
"""


def as_owner(*statements: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE opale_owner")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET ROLE opale_app")


@pytest.fixture
def tables() -> Iterator[None]:
    # No row of a shelf is shown to the portal role; what is checked is nonetheless all of them.
    as_owner(MAKE, REFER.sql, isolate("ref_shelf").sql)
    yield
    as_owner("DROP TABLE IF EXISTS ref_book, ref_shelf, ref_author")
    as_owner(*(f"DROP FUNCTION IF EXISTS ref_book_{name}" for name in functions()))


def functions() -> list[str]:
    found = ask("SELECT proname FROM pg_proc WHERE proname LIKE 'ref_book_%%'")
    return [str(name).removeprefix("ref_book_") for (name,) in found]


def ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def other() -> Iterator[Any]:
    """Another session, whose transaction is open until it is ended."""
    beside = connection.copy()
    try:
        beside.set_autocommit(False)
        with beside.cursor() as cursor:
            yield beside, cursor
    finally:
        beside.close()


def commit(beside: Any, cursor: Any, statement: str) -> None:
    cursor.execute(statement)
    beside.commit()


def waits() -> bool:
    """Whether a session stands before a lock."""
    return bool(ask("SELECT 1 FROM pg_locks WHERE NOT granted"))


def later(statement: str) -> None:
    try:
        ask(statement)
    finally:
        connection.close()


def test_what_is_named_and_what_names_nothing_comes() -> None:
    ask(BOOKS, [1, 2, 3, 4], [1, 1, None, 9], [None, 2, None, 2])
    ask("UPDATE ref_book SET shelf_id = 3, author_id = NULL")
    assert ask("SELECT count(*) FROM ref_book WHERE shelf_id = 3") == [(4,)]


@pytest.mark.parametrize(
    ("shelves", "authors", "said"),
    [
        ([1, 12, 11], [1, 1, 1], "shelf_id of ref_book: not in ref_shelf: "),
        ([1, 2, 3], [1, None, 77], "author_id of ref_book: not in ref_author: 77"),
    ],
)
def test_one_of_many_that_names_what_is_not_there_is_refused_with_all(
    shelves: list[int | None], authors: list[int | None], said: str
) -> None:
    with pytest.raises(IntegrityError, match=said) as refused:
        ask(BOOKS, [1, 2, 3], shelves, authors)
    assert isinstance(refused.value.__cause__, ForeignKeyViolation)
    assert ask("SELECT count(*) FROM ref_book") == [(0,)]


def test_what_an_earlier_release_looked_for_is_looked_for_anew() -> None:
    as_owner(
        "CREATE OR REPLACE FUNCTION ref_book_refers() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NULL; END $$"
    )
    ask(BOOKS, [1], [12], [1])
    as_owner(refresh_foreign_keys("ref_book", shelf_id="ref_shelf", author_id="ref_author").sql)
    with pytest.raises(IntegrityError, match="not in ref_shelf: 11"):
        ask(BOOKS, [2], [11], [1])
    ask(BOOKS, [3], [9], [None])
    assert ask("SELECT id FROM ref_book ORDER BY id") == [(1,), (3,)]


@pytest.mark.parametrize("change", ["shelf_id = 10", "author_id = id + 7"])
def test_none_is_changed_to_name_what_is_not_there(change: str) -> None:
    ask(BOOKS, [1, 2, 3], [1, 2, 3], [4, 5, 6])
    with pytest.raises(IntegrityError, match="not in ref_"):
        ask(f"UPDATE ref_book SET {change}")
    assert ask("SELECT shelf_id, author_id FROM ref_book ORDER BY id") == [(1, 4), (2, 5), (3, 6)]


@pytest.mark.parametrize(
    "change", ["DELETE FROM ref_shelf WHERE id = 1", "UPDATE ref_shelf SET id = 50 WHERE id = 1"]
)
def test_what_is_named_stays_until_it_is_no_longer(change: str) -> None:
    ask(BOOKS, [1], [1], [1])
    with pytest.raises(IntegrityError, match="1 of ref_shelf is named by shelf_id of ref_book"):
        ask(change)
    ask("UPDATE ref_book SET shelf_id = 2")
    ask(change)
    ask("UPDATE ref_shelf SET id = id")
    assert ask("SELECT shelf_id FROM ref_book") == [(2,)]


def test_it_may_be_deleted_before_what_names_it_in_one_transaction() -> None:
    ask(BOOKS, [1], [1], [1])
    with other() as (beside, cursor):
        cursor.execute("DELETE FROM ref_shelf WHERE id = 1")
        cursor.execute("DELETE FROM ref_book")
        beside.commit()
    assert ask("SELECT count(*) FROM ref_shelf WHERE id = 1") == [(0,)]


def test_who_deletes_what_another_has_just_named_waits_and_is_refused() -> None:
    with ThreadPoolExecutor(1) as thread, other() as (beside, cursor):
        cursor.execute(BOOKS, [[1], [1], [None]])
        deleted = thread.submit(later, "DELETE FROM ref_shelf WHERE id = 1")
        assert eventually(waits)
        beside.commit()
        with pytest.raises(IntegrityError, match="is named by"):
            deleted.result(timeout=30)
    assert ask(ORPHANS) == [(0,)]


@pytest.mark.parametrize(
    "naming",
    ["INSERT INTO ref_book VALUES (2, 1)", "UPDATE ref_book SET shelf_id = 1 WHERE id = 3"],
)
def test_who_names_what_another_is_deleting_waits_for_nothing_and_is_the_first(naming: str) -> None:
    ask(BOOKS, [3], [2], [None])
    with other() as (beside, cursor):
        cursor.execute("DELETE FROM ref_shelf WHERE id = 1")
        ask(naming)
        with pytest.raises(IntegrityError, match="is named by"):
            beside.commit()
    assert ask(ORPHANS) == [(0,)]
    assert ask("SELECT count(*) FROM ref_shelf WHERE id = 1") == [(1,)]


@pytest.mark.parametrize(
    "naming",
    ["INSERT INTO ref_book VALUES (2, 1)", "UPDATE ref_book SET shelf_id = 1 WHERE id = 3"],
)
def test_who_names_what_another_has_deleted_and_looked_for_waits_and_is_refused(
    naming: str,
) -> None:
    ask(BOOKS, [3], [2], [None])
    with ThreadPoolExecutor(1) as thread, other() as (beside, cursor):
        cursor.execute("DELETE FROM ref_shelf WHERE id = 1")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        named = thread.submit(later, naming)
        assert eventually(waits)
        beside.commit()
        with pytest.raises(IntegrityError, match="not in ref_shelf: 1"):
            named.result(timeout=30)
    assert ask(ORPHANS) == [(0,)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM ref_shelf WHERE id = 1", "INSERT INTO ref_book VALUES (2, 3)"]
)
def test_a_transaction_that_does_not_see_what_came_meanwhile_may_do_neither(statement: str) -> None:
    with other() as (beside, cursor):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM ref_book")
        ask(BOOKS, [1], [1], [None])
        ask("DELETE FROM ref_shelf WHERE id = 3")
        with pytest.raises(NotSupportedError):
            commit(beside, cursor, statement)
    assert ask(ORPHANS) == [(0,)]


NUMBER = st.integers(1, 4)
STEP = st.one_of(
    st.tuples(st.just("INSERT INTO ref_book VALUES (%s, %s, %s)"), NUMBER, NUMBER, NUMBER),
    st.tuples(st.just("UPDATE ref_book SET shelf_id = %s, author_id = %s"), NUMBER, NUMBER),
    st.tuples(st.just("UPDATE ref_book SET shelf_id = NULL WHERE shelf_id = %s"), NUMBER),
    st.tuples(st.just("DELETE FROM ref_book WHERE id = %s"), NUMBER),
    st.tuples(st.just("DELETE FROM ref_shelf WHERE id = %s"), NUMBER),
    st.tuples(st.just("INSERT INTO ref_shelf VALUES (%s)"), NUMBER),
    st.tuples(st.just("DELETE FROM ref_author WHERE id = %s"), NUMBER),
    st.tuples(st.just("commit")),
    st.tuples(st.just("rollback")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), STEP), max_size=30))
def test_whatever_three_sessions_do_beside_each_other_no_name_is_of_nothing(
    steps: list[tuple[int, tuple[Any, ...]]],
) -> None:
    ask("DELETE FROM ref_book")
    ask("INSERT INTO ref_shelf SELECT n FROM generate_series(1, 4) AS n ON CONFLICT DO NOTHING")
    ask("INSERT INTO ref_author SELECT n FROM generate_series(1, 4) AS n ON CONFLICT DO NOTHING")
    with other() as first, other() as second, other() as third:
        sessions = (first, second, third)
        for beside, cursor in sessions:
            cursor.execute("SET SESSION lock_timeout = '10ms'")
            beside.commit()  # undone with the first rollback otherwise
        for which, (statement, *values) in [*steps, *((n, ("commit",)) for n in range(3))]:
            beside, cursor = sessions[which]
            try:
                if statement in ("commit", "rollback"):
                    getattr(beside, statement)()
                else:
                    cursor.execute(statement, values)
            except DatabaseError:
                beside.rollback()
            assert ask(ORPHANS) == [(0,)]


def test_all_of_it_can_be_taken_back() -> None:
    as_owner(REFER.reverse_sql)
    assert functions() == []
    ask(BOOKS, [1], [100], [100])
    ask("DELETE FROM ref_shelf")
