"""Commands `./opale test`, the suite on a PostgreSQL of its own, and `./opale test-server`, one
that stays.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opale.cli import assets, postgres, translations

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
ROOM = 4 * 2**30


@contextmanager
def server() -> Iterator[str]:
    """Yield an administrator's URL: of DATABASE_URL's server, or of a throwaway server."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="opale-test-", dir=in_memory()) as folder:
        password = secrets.token_urlsafe(24)
        with postgres.running(Path(folder), password, **postgres.THROWAWAY) as url:
            yield url


def in_memory() -> Path | None:
    """Return a folder in memory, if there is room: a test that commits gets two thousand new files.

    A fresh database consists of so many, and a disk takes ten times as long to write them.
    """
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM else None
    except OSError:
        return None


def run(root: Path, arguments: list[str]) -> int:
    """Run pytest with these arguments and return its exit code."""
    assets.ensure_for_tests(root)
    translations.compile_all(root / "src" / "opale")
    words = [sys.executable, "-m", "pytest", *arguments]
    if not any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments):
        # Tests of one group share something heavy: they run in one process, the longest first.
        words += ["-n", str(os.cpu_count() or 1), "--dist", "loadgroup", "--no-loadscope-reorder"]
    # conftest.py names the settings, after it has named the database.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    with server() as url:
        environment["OPALE_TEST_SERVER"] = url
        process = subprocess.Popen(words, cwd=root, env=environment)
        # Ctrl-C reaches pytest too; it reports what it has, then the server is stopped.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


def serve(root: Path) -> int:
    """Keep a test server running until Ctrl-C; pytest run from the checkout finds it by itself."""
    address = root / "var" / "test-server.url"
    address.parent.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server() as url:
        address.touch(mode=0o600)
        address.write_text(url, encoding="utf-8")
        print(f"The test server is {url}\nRun pytest in another terminal; Ctrl-C stops the server.")
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
        finally:
            address.unlink(missing_ok=True)
    return 0
