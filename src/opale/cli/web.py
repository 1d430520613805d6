"""The web process: granian serving the dispatcher of `opale.asgi`."""

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels

TARGET = "opale.asgi:app"


def run(host: str, port: int, workers: int) -> int:
    """Serve until SIGINT or SIGTERM. A worker of it that dies is started again at once."""
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
