"""The pool of connections that each process has."""

import json
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from django.conf import settings
from psycopg_pool import ConnectionPool

from opale.cli.postgres import free_port
from opale.web.dispatcher import conninfo

ASKED = """
import json
import django
from django.db import connection
django.setup()
def session():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_user, current_setting('plan_cache_mode')")
        found = cursor.fetchone()
    connection.close()
    return found
print(json.dumps([session() for _ in range(5)]))
"""


def sessions(**environment: str) -> list[list[Any]]:
    """What five requests of a process, one after the other, see of their sessions."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "opale.settings", **environment},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: list[list[Any]] = json.loads(done.stdout)
    return found


@pytest.mark.django_db
def test_requests_share_connections_that_act_as_the_application() -> None:
    found = sessions()
    assert len({pid for pid, *_ in found}) < len(found)
    assert all(told == ["opale_app", "force_generic_plan"] for _, *told in found)


@pytest.mark.django_db
def test_where_it_is_off_each_request_has_a_connection_of_its_own() -> None:
    found = sessions(OPALE_DATABASE_POOL="off")
    assert len({pid for pid, *_ in found}) == len(found)
    assert all(told == ["opale_app", "force_generic_plan"] for _, *told in found)


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
