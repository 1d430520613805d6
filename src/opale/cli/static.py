"""Static files of all apps, collected with hashed names, compressed, into the data folder."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from opale.cli import manage, supervisor
from opale.cli.fork_server import ForkedCall

PACKAGE = Path(__file__).parents[1]
RECIPE = "hashed names alone, gzip beside"


def fingerprint() -> str:
    """Return a fingerprint of the source files, by name, size and time of change."""
    content = hashlib.sha256(f"{RECIPE} {PACKAGE}".encode())
    for folder in sorted(PACKAGE.rglob("static")):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                known = path.stat()
                content.update(f"{path} {known.st_size} {known.st_mtime_ns}".encode())
    return content.hexdigest()


def ensure(
    folder: Path,
    environment: dict[str, str],
    log: Path,
    *,
    command: Callable[[list[str]], list[str] | ForkedCall] = manage.program,
) -> str:
    """Collect the files into `folder` when they changed; return what was done. `command` returns
    how one of Opale's management commands is run.
    """
    stamp, wanted = folder / ".opale-stamp", fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return "up to date"
    words = ["collectstatic", "--clear", "--no-input", "--verbosity", "0", "--skip-checks"]
    supervisor.run_to_end(command(words), environment, log, "Collecting static files")
    stamp.write_text(wanted, encoding="utf-8")
    return "collected"
