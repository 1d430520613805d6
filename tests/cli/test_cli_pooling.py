"""Who has a pool of connections has new ones as soon as the database is there again."""

import select
import threading
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg_pool import ConnectionPool

from opale.cli.postgres import free_port
from opale.kernel.pooled import PooledConnection
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
