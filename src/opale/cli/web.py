"""Web process: granian serving the dispatcher of `opale.asgi`."""

import os
import time
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.log import LogLevels

from opale import environment
from opale.cli import installation, postgres, preload, static
from opale.cli.console import Refused
from opale.kernel.roles import APP

TARGET = "opale.asgi:app"
PORT_WITHIN = 5  # seconds, for a previous server that is ending


def run(host: str, port: int, workers: int) -> int:
    """Serve until SIGINT or SIGTERM. A worker of it that dies is started again at once."""
    _refuse_early(host, port)
    data = Path(os.environ.get("OPALE_DATA") or "var").absolute()
    for name in ("log", "files"):
        installation.make_private(data / name)
    static.ensure(data / "static", dict(os.environ), data / "log" / "static.log")
    preload.preload_modules()
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        runtime_mode=RuntimeModes.st,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=8,
    ).serve()
    return 0


def _refuse_early(host: str, port: int) -> None:
    """Fail with one sentence on what would make every worker die, or share a port with another
    program.

    The port is checked here because granian's sockets let several programs have the same one:
    requests would go to either.
    """
    environment.database("DATABASE_URL", environment.text("DATABASE_URL"), role=APP)
    environment.text("OPALE_SECRET_KEY")
    deadline = time.monotonic() + PORT_WITHIN
    while True:
        try:
            return postgres.require_free_port(port, host)
        except Refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
