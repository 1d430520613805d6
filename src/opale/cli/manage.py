"""Command `./opale manage`: Django's management commands, on the database of an installation.

Where the environment names the database already (production, or a child of `./opale up`), it is
taken as it is. The embedded PostgreSQL is started for the time of the command when it is not
running. `migrate` runs as the owner of the tables, everything else as the application.
"""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import execute_from_command_line

from opale.cli import installation, postgres, supervisor
from opale.cli.console import Refused
from opale.cli.installation import Installation

WITHOUT_DATABASE = {"", "--help", "-h", "help", "makemigrations", "check", "findstatic"}
AS_OWNER = {"migrate"}


def run(data: str | None, words: list[str]) -> int:
    """Run one command; `--data DIR` may stand before its name."""
    if words[:1] == ["--data"] and len(words) > 1:
        data, words = words[1], words[2:]
    command = words[0] if words else ""
    if not data and all(_is_set(name) for name in ("DATABASE_URL", "OPALE_SECRET_KEY")):
        _execute(words)
        return 0
    folder = installation.folder_of(data)
    if command in WITHOUT_DATABASE and not (folder / "secrets.json").exists():
        os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        os.environ.setdefault("OPALE_SECRET_KEY", "none")
        warnings.filterwarnings("ignore", message="Got an error checking a consistent migration")
        _execute(words)
        return 0
    place = installation.open_folder(folder)
    with database(place):
        environment = place.environment(owner=command in AS_OWNER)
        return subprocess.run(program(words), env=environment, check=False).returncode


def program(words: list[str]) -> list[str]:
    """Return the way to run one command in a process of its own."""
    return [sys.executable, "-m", "opale.cli", "manage", *words]


def run_here(words: list[str]) -> int:
    """Run one command in this process, whose environment is that of a child of `./opale up`."""
    try:
        _execute(words)
    except SystemExit as ended:
        # Django has printed the reason.
        return ended.code if isinstance(ended.code, int) else 1
    return 0


@contextmanager
def database(place: Installation) -> Iterator[None]:
    """Yield the running database of the installation: `./opale up`'s, or one for the block."""
    if place.external or installation.is_locked(place.folder):
        yield
        return
    if postgres.cluster_version(place.cluster) is None:
        raise Refused(f"There is no database in {place.folder} yet: run ./opale up first.")
    with installation.lock_folder(place.folder):
        supervisor.kill_orphans(place.folder / "processes.json")
        keeper = supervisor.Supervisor(place.log, place.folder / "processes.json")
        start_database(place, keeper)
        try:
            yield
        finally:
            keeper.stop()


def start_database(place: Installation, keeper: supervisor.Supervisor) -> None:
    """Start the embedded server on its remembered port, or on another when that one is taken."""
    port = int(place.state.get("postgres_port", 0))
    if not port or not postgres.port_is_free(port):
        port = postgres.free_port()
        place.remember(postgres_port=port)
    program = supervisor.Program(
        "postgres",
        postgres.launch(place.cluster, port),
        os.environ,
        stop_signal=signal.SIGINT,
    )
    process = keeper.start(program)
    postgres.wait_until_ready(place.cluster, process, keeper.log_of(program))


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _execute(words: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    # A command has one connection, which it may set up in its own way (`load_demo`).
    database: dict[str, Any] = settings.DATABASES["default"]
    database["OPTIONS"].pop("pool", None)
    execute_from_command_line(["opale manage", *words])
