"""Who has a pool of connections has new ones as soon as the database is there again."""

import select
import threading
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg_pool import ConnectionPool

from opale.cli.postgres import free_port
from opale.kernel.database.base import DatabaseWrapper
from opale.kernel.pooled import NewestFirst, PooledConnection
from opale.web.dispatcher import conninfo


@pytest.mark.django_db
def test_a_request_does_not_wait_for_attempts_that_were_put_off_while_the_database_was_away() -> (
    None
):
    gave_up = threading.Event()
    options: Any = settings.DATABASE_POOL | {"min_size": 1}
    pool = ConnectionPool(
        f"host=127.0.0.1 port={free_port()} dbname=none connect_timeout=1",
        open=True,
        reconnect_failed=lambda _pool: gave_up.set(),
        **options,
    )
    with pool:
        assert gave_up.wait(20)
        pool.conninfo = conninfo()
        with pool.connection(timeout=5) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.django_db
def test_a_connection_is_known_to_live_without_a_question_and_one_that_was_ended_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    ask = psycopg.Connection.execute

    def noted(connection: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(query)
        return ask(connection, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    with PooledConnection.connect(conninfo(), autocommit=True) as one:
        ConnectionPool.check_connection(one)
        assert asked == []
        one.execute("SET idle_session_timeout = '20ms'")
        assert select.select([one], [], [], 20)[0] == [one]
        with pytest.raises(psycopg.OperationalError):
            ConnectionPool.check_connection(one)
        with pytest.raises(psycopg.OperationalError):
            ConnectionPool.check_connection(one)


@pytest.mark.django_db
def test_the_connection_that_was_given_back_last_is_taken_again() -> None:
    options: Any = settings.DATABASE_POOL | {"min_size": 3}
    with NewestFirst(conninfo(), open=True, **options) as pool:
        pool.wait(20)
        first, second = pool.getconn(), pool.getconn()
        pool.putconn(second)
        pool.putconn(first)
        for _ in range(5):
            with pool.connection() as one:
                assert one is first
                with pool.connection() as other:
                    assert other is second


def test_the_pool_of_an_installation_gives_the_newest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = connections["default"]
    assert isinstance(database, DatabaseWrapper)
    options = database.settings_dict["OPTIONS"] | {"pool": settings.DATABASE_POOL}
    monkeypatch.setitem(database.settings_dict, "OPTIONS", options)
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {})
    assert isinstance(database.pool, NewestFirst)
    assert database.pool is database.pool
