"""The web process: granian serving the dispatcher of `opale.asgi`."""

import os
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels

from opale.cli import static

TARGET = "opale.asgi:app"


def run(host: str, port: int, workers: int) -> int:
    """Serve until SIGINT or SIGTERM. A worker of it that dies is started again at once."""
    data = Path(os.environ.get("OPALE_DATA") or "var").absolute()
    (data / "log").mkdir(parents=True, exist_ok=True)
    static.ensure(data / "static", dict(os.environ), data / "log" / "static.log")
    os.environ.setdefault("OPALE_DATABASE_POOL", "on")
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        runtime_mode=RuntimeModes.st,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
    ).serve()
    return 0
