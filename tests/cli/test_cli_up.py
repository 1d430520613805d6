"""`./opale up` from an empty folder, through accidents, to an orderly end."""

import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from opale.cli import postgres, supervisor
from opale.cli.installation import DATABASE, open_folder
from opale.cli.supervisor import start_time, wait_until
from opale.cli.worker import OUTWARD_CONCURRENCY

OF_THE_SUITE = dict(os.environ)
Up = Callable[..., "Running"]
SIGNS_OF_LIFE = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s"
TAKERS = 2 + len(OUTWARD_CONCURRENCY)
"""Of jobs: the worker's inward and outward ones, and the planner's."""


class Took(NamedTuple):
    """How long a start took, and the processor time of all its processes."""

    seconds: float
    worked: float


def worked_by(process: int) -> float:
    """Processor time of a process, of its children that have ended and of those that run."""
    ticks: dict[int, int] = {}
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid] = int(words[1])
            ticks[pid] = sum(map(int, words[11:15]))
    family = {process}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(pid, 0) for pid in family) / os.sysconf("SC_CLK_TCK")


class Running:
    """One `./opale up` and what it printed."""

    def __init__(self, folder: Path, port: int, environment: dict[str, str]) -> None:
        self.folder, self.port = folder, port
        self.printed = folder.with_name(f"{folder.name}-{time.monotonic_ns()}.txt")
        self.started = time.monotonic()
        words = ["up", "--no-demo", "--port", str(port), "--data", str(folder)]
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opale.cli", *words],
                env=environment,
                stdout=output,
                stderr=output,
            )

    @property
    def said(self) -> str:
        return self.printed.read_text()

    def until_ready(self) -> Took:
        wait_until(lambda: self.process.poll() is not None or "is ready at" in self.said, 200)
        assert "is ready at" in self.said, self.said
        took = Took(time.monotonic() - self.started, worked_by(self.process.pid))
        print(f"ready after {took.seconds:.1f} s and {took.worked:.1f} s of work\n{self.said}")
        return took

    def child(self, name: str) -> int:
        children = json.loads((self.folder / "processes.json").read_text())
        return int(children[name][0])

    def replaces(self, name: str, before: int) -> bool:
        return wait_until(lambda: self.child(name) != before, 60)

    def take_jobs(self, since: datetime) -> int:
        """How many of those that take jobs have given a sign of life since then."""
        database = open_folder(self.folder).superuser_url(DATABASE)
        try:
            with psycopg.connect(database, connect_timeout=5) as login:
                row = login.execute(SIGNS_OF_LIFE, [since]).fetchone()
        except psycopg.OperationalError:
            return 0
        return int(row[0]) if row else 0

    def answers(self, path: str) -> int:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def up(tmp_path: Path, newcomer: dict[str, str]) -> Iterator[Up]:
    started: list[Running] = []
    port = postgres.free_port()

    def start() -> Running:
        started.append(Running(tmp_path / "data", port, newcomer))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
    supervisor.kill_orphans(tmp_path / "data" / "processes.json")


def within(took: Took, seconds: float, loads: float) -> bool:
    """On a machine that does other work too, seconds say nothing: then it is told by its work.

    The unit is what one process works that only loads all of Opale, now, on the same machine.
    """
    if took.seconds < seconds:
        return True
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    load = "import django; from django.urls import get_resolver as all;"
    load += "django.setup(); all().url_patterns"
    subprocess.run([sys.executable, "-c", load], env=OF_THE_SUITE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{took.worked:.1f} s are the work of {took.worked / unit:.1f} loads of {unit:.1f} s")
    return took.worked < loads * unit


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_installation_lives_through_accidents(up: Up) -> None:
    first = up()
    assert within(first.until_ready(), 90, loads=30)
    assert first.answers("/healthz") == http.HTTPStatus.OK
    assert first.answers("/readyz") == http.HTTPStatus.OK

    if supervisor.LINUX:  # a child of `up`, which shares what that one has loaded
        comm = Path(f"/proc/{first.child('web')}/comm").read_text()
        assert comm == "opale-web\n"

    second = up()
    assert second.process.wait(60) == 1
    assert f"already running on {first.folder} (process {first.process.pid})" in second.said

    for name in ("web", "worker", "postgres"):
        before = first.child(name)
        os.kill(before, signal.SIGKILL)
        assert first.replaces(name, before), first.said
    killed = datetime.now(UTC)
    assert wait_until(lambda: first.take_jobs(since=killed) >= TAKERS, 90), first.said
    assert wait_until(lambda: first.answers("/readyz") == http.HTTPStatus.OK, 60), first.said

    children = [first.child(name) for name in ("postgres", "web", "worker", "planner", "gateway")]
    first.process.kill()
    first.process.wait()
    third = up()
    assert within(third.until_ready(), 5, loads=5)
    assert not [pid for pid in children if start_time(pid)]
    assert "migrations       up to date" in third.said

    children = [third.child(name) for name in ("postgres", "web", "worker", "planner", "gateway")]
    assert third.end() == 0
    assert "Opale has stopped." in third.said
    assert not [pid for pid in children if start_time(pid)]
    assert not (third.folder / "opale.pid").exists()


def test_a_port_in_use_is_one_sentence_and_starts_nothing(up: Up, tmp_path: Path) -> None:
    refused = None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPALE_")}
        refused = Running(tmp_path / "data", taken.getsockname()[1], environment)
        assert refused.process.wait(60) == 1
    assert refused.said.startswith(f"opale: The port {refused.port} is in use by another program")
    assert not (tmp_path / "data" / "pg").exists()


def test_a_stop_in_the_middle_of_the_start_is_an_orderly_end(up: Up) -> None:
    running = up()
    assert wait_until((running.folder / "pg").exists, 30)
    assert running.end() == 0
    assert not (running.folder / "processes.json").exists()
