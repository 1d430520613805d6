"""A disk that is really full: the day's events lie on a small file system of their own."""

import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from conftest import DATABASE, SERVER
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker
from tests.serving import Server, eventually, serving

from opale.kernel.clock import now
from opale.run.events.actions import integrations, retention
from opale.run.events.models import Event, UnreadableDelivery
from opale.run.events.tests.builders import MAKER
from opale.run.events.tests.test_events_listener import webhook

pytestmark = [
    pytest.mark.xdist_group("events-hardship"),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root"),
]
MEGABYTES = 12
LARGE = 400_000


@pytest.fixture
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    said = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        pytest.skip(f"this machine mounts nothing: {said.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def small_disk(table: str) -> Iterator[Path]:
    """The table alone stands on a file system that it can fill."""
    with psycopg.connect(SERVER, dbname=DATABASE, autocommit=True) as admin:
        row = admin.execute("SHOW data_directory").fetchone()
        cluster = Path(row[0] if row else "")
        if not cluster.exists():
            pytest.skip("the database server is not on this machine")
        name = sql.Identifier(f"small_{secrets.token_hex(4)}")
        place = Path(tempfile.mkdtemp(prefix="opale-small-"))
        place.chmod(0o755)
        with mounted(place):
            inside = place / "space"
            inside.mkdir()
            os.chown(inside, cluster.stat().st_uid, cluster.stat().st_gid)
            admin.execute(
                sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, sql.Literal(str(inside)))
            )
            moved = sql.SQL("ALTER TABLE {} SET TABLESPACE {}")
            admin.execute(moved.format(sql.Identifier(table), name))
            try:
                yield place
            finally:
                admin.execute(moved.format(sql.Identifier(table), sql.Identifier("pg_default")))
                admin.execute(sql.SQL("DROP TABLESPACE {}").format(name))
        place.rmdir()


def large(identity: str) -> str:
    """A delivery that no compression makes small."""
    return json.dumps(webhook(identity, dump=secrets.token_hex(LARGE // 2)))


def test_what_was_acknowledged_before_the_disk_was_full_is_kept_and_the_rest_is_asked_for_again(
    server: Server,
) -> None:
    today = now().date()
    retention.create_partition(today)
    name = f"full {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format="alertmanager", by=MAKER)
    path, acknowledged, refused = f"/ingest/alertmanager/{key}", set(), ""

    def kept() -> set[str]:
        found = Event.objects.filter(integration_id=integration.pk)
        return set(found.values_list("identity", flat=True))

    with small_disk(f"events_event_{today:%Y%m%d}") as place:
        for number in range(4 * MEGABYTES * 1_000_000 // LARGE):
            status, body, headers = server.ask("POST", path, large(f"n{number}"))
            if status != 200:
                assert (status, json.loads(body)["code"]) == (503, "unavailable")
                assert int(headers["retry-after"]) > 0
                refused = f"n{number}"
                break
            acknowledged.add(f"n{number}")
        assert refused
        assert kept() == acknowledged
        assert server.ask("GET", "/healthz")[0] == 200
        subprocess.run(["mount", "-o", f"remount,size={4 * MEGABYTES}m", place], check=True)
        assert eventually(lambda: server.ask("POST", path, large(refused))[0] == 200, 10)
        assert kept() == acknowledged | {refused}
    assert len(acknowledged) > 3
    assert kept() == acknowledged | {refused}
    assert not UnreadableDelivery.objects.filter(integration=integration).exists()
