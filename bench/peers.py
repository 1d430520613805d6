"""Other tools that take alerts, as they are published, to be measured beside Opale.

Alerta from `.venv-peers` (CONTRIBUTING.md) on a database of its own in the same PostgreSQL, and
Debian's Alertmanager, which keeps its alerts in memory. Each lives as long as its block.
"""

import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from opale.cli.postgres import free_port

ALERTAD = Path(__file__).parents[1] / ".venv-peers" / "bin" / "alertad"
ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager") or ""
READY_WITHIN = 60.0
FILL = """
    INSERT INTO alerts (id, resource, event, environment, severity, correlate, status, service,
        "group", value, text, tags, attributes, origin, type, create_time, timeout, raw_data,
        customer, duplicate_count, repeat, previous_severity, trend_indication, receive_time,
        last_receive_id, last_receive_time, history, update_time)
    SELECT gen_random_uuid()::text, 'filled-' || n, event, environment, severity, correlate, status,
        service, "group", value, text, tags, attributes, origin, type, create_time, timeout,
        raw_data, customer, duplicate_count, repeat, previous_severity, trend_indication,
        receive_time, last_receive_id, last_receive_time, history, update_time
    FROM (SELECT * FROM alerts LIMIT 1) AS one, generate_series(1, %s) AS n
"""


@dataclass(frozen=True)
class Alerta:
    """`webhook` takes what Alertmanager posts: many alerts at once."""

    address: str
    webhook: str
    database: str
    process: int

    def fill(self, alerts: int) -> None:
        """So many further open alerts, like the one that is there."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(FILL, [alerts])
            connection.execute("VACUUM ANALYZE alerts")


@contextmanager
def alerta(superuser_url: Callable[[str], str], folder: Path) -> Iterator[Alerta]:
    """Its own server, one process with threads, without plug-ins or authentication."""
    port = free_port()
    name = f"peer_alerta_{port}"
    settings = folder / "alertad.conf"
    settings.write_text(
        "PLUGINS = []\nAUTH_REQUIRED = False\nSECRET_KEY = 'only here'\nLOG_HANDLERS = ['file']\n"
        f"LOG_FILE = '{folder / 'alerta.log'}'\n"
    )
    administer(superuser_url("postgres"), "CREATE DATABASE {}", name)
    environment = {
        **os.environ,
        "DATABASE_URL": superuser_url(name),
        "ALERTA_SVR_CONF_FILE": str(settings),
    }
    try:
        words = [str(ALERTAD), "run", "--port", str(port), "--with-threads"]
        with running(words, folder / "alertad.log", environment) as process:
            wait_until_ready(port, "/management/gtg")
            root = f"http://127.0.0.1:{port}"
            webhook = f"{root}/webhooks/prometheus"
            yield Alerta(f"{root}/alert", webhook, superuser_url(name), process)
    finally:
        administer(superuser_url("postgres"), "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def alertmanager(folder: Path) -> Iterator[str]:
    """The address at which it takes alerts; it tells nobody of them."""
    port = free_port()
    config = folder / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    words = [
        ALERTMANAGER,
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with running(words, folder / "alertmanager.log", dict(os.environ)):
        wait_until_ready(port, "/-/ready")
        yield f"http://127.0.0.1:{port}/api/v2/alerts"


@contextmanager
def running(words: list[str], log: Path, environment: dict[str, str]) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=log.parent
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port: int, path: str) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise TimeoutError(f"{path} of port {port}: no answer within {READY_WITHIN:.0f} s")


def administer(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as login:
        login.execute(sql.SQL(statement).format(sql.Identifier(name)))
