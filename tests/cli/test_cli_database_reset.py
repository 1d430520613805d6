"""A database in which a test committed something is as new for the next one."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from conftest import DATABASE, SERVER, cloned
from django.db import connections, transaction
from tests import database_reset
from tests.database_reset import Reset

from opale.run.desk.tests.builders import make_house, make_ticket

NAMES = """
SELECT oid::regclass::text, relkind::text FROM pg_class
WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
ROWS = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0} AS t"
UNTRACKED = "SET session_replication_role = replica;"
PLACE = "SELECT '{0}', last_value || is_called::text FROM {0}"


def ask(statement: str, database: str = DATABASE) -> list[tuple[Any, ...]]:
    with psycopg.connect(SERVER, dbname=database, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def contents() -> dict[str, str]:
    """Every table by what stands in it, and every sequence by where it is."""
    asked = ((ROWS if kind == "r" else PLACE).format(name) for name, kind in ask(NAMES))
    return dict(ask(" UNION ALL ".join(asked)))


@pytest.mark.django_db(transaction=True)
def test_whatever_was_committed_is_gone_and_what_migrations_put_there_is_back() -> None:
    reset, before = Reset(SERVER, DATABASE), contents()
    reset.begin()
    with transaction.atomic():
        make_ticket(make_house())
    ask(UNTRACKED + "DELETE FROM desk_leveltarget; UPDATE django_migrations SET name = 'other'")
    committed = contents()
    changed = {name for name, content in committed.items() if content != before[name]}
    assert len(changed) > 20, changed
    connections.close_all()
    assert reset.renew()
    assert contents() == before
    ask("INSERT INTO django_content_type (app_label, model) VALUES ('left', 'behind')")
    assert reset.renew(), "a second time, by what was counted after the first"
    assert contents() == before


NAME = f"{DATABASE}_reset"
DOUBTS = {
    "a table more": ("CREATE TABLE more ()", "DROP TABLE more"),
    "a table less": (
        "ALTER TABLE kernel_heartbeat RENAME TO gone",
        "ALTER TABLE gone RENAME TO kernel_heartbeat",
    ),
    "a column": ("ALTER TABLE kernel_heartbeat ADD more int", ""),
    "a right": ("GRANT TRUNCATE ON kernel_heartbeat TO opale_app", ""),
    "an index": ("CREATE INDEX more ON kernel_heartbeat (beaten_at)", "DROP INDEX more"),
    "a trigger": ("ALTER TABLE desk_ticket DISABLE TRIGGER USER", ""),
    "a function": ("CREATE FUNCTION more() RETURNS int RETURN 1", "DROP FUNCTION more"),
    "a sequence's step": ("ALTER SEQUENCE kernel_fact_id_seq INCREMENT 2", ""),
    "a setting": (
        f'ALTER DATABASE "{NAME}" SET work_mem = 1024',
        f'ALTER DATABASE "{NAME}" RESET work_mem',
    ),
    "an emptied table": ("TRUNCATE desk_leveltarget", ""),
    "forgotten counts": ("SELECT pg_stat_reset()", ""),
}


@pytest.fixture(scope="module")
def clone(django_db_setup: None) -> Iterator[str]:
    with cloned("reset"):
        yield NAME


@pytest.fixture
def reset(clone: str) -> Reset:
    """Of a clone of its own, as the test before left it."""
    reset = Reset(SERVER, clone)
    reset.begin()
    return reset


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_clone_is_wanted_where_rows_may_not_be_all_that_changed(doubt: str, reset: Reset) -> None:
    assert reset.renew()
    done, undone = DOUBTS[doubt]
    ask(done, NAME)
    assert not reset.renew()
    ask(undone or "SELECT 1", NAME)


def test_a_clone_is_wanted_where_very_much_was_written(
    reset: Reset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_reset, "MOST_ROWS", 9)
    reset.begin()
    written = (
        "INSERT INTO django_content_type (app_label, model) SELECT 'many', generate_series(1, {})"
    )
    ask(written.format(9), NAME)
    assert reset.renew()
    ask(written.format(10), NAME)
    assert not reset.renew()


def test_what_was_never_committed_leaves_no_doubt(reset: Reset) -> None:
    ask("BEGIN; CREATE TABLE more (); ALTER TABLE kernel_heartbeat ADD more2 int; ROLLBACK", NAME)
    assert reset.renew()


def test_a_session_that_is_still_there_is_ended(reset: Reset) -> None:
    """It may not have told what it wrote."""
    with psycopg.connect(SERVER, dbname=NAME) as other:
        other.execute("INSERT INTO django_content_type (app_label, model) VALUES ('left', 'open')")
        other.commit()
        assert reset.renew()
        assert other.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
    assert ask("SELECT 1 FROM django_content_type WHERE app_label = 'left'", NAME) == []
