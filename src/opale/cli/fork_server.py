"""Forked children that share the modules loaded by their parent, to save memory.

Only on Linux, where a process of one thread may fork without danger; elsewhere, and in production,
each kind of process is a command of its own.
"""

import ctypes
import importlib
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, BinaryIO

_PR_SET_NAME = 15
_CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class ForkedCall:
    """Function that a forked child runs; its result is the exit code."""

    run: Callable[[], int]


class ForkedProcess:
    """Child process, with as much of `subprocess.Popen` as a supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.02)
        return code

    def send_signal(self, word: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, word)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def preload_opale(environment: Mapping[str, str], *names: str) -> list[Any]:
    """Load Opale into this process, set up by `environment`, for its children to share.

    It returns the modules of these names.
    """
    with _within(environment):
        importlib.import_module("opale.cli.preload").preload_modules()
        return [importlib.import_module(name) for name in names]


def start_forked(
    name: str,
    call: ForkedCall,
    *,
    environment: Mapping[str, str],
    output: BinaryIO,
    first: Callable[[], None] | None,
) -> ForkedProcess:
    """Start a child in a session of its own that writes to `output`; `first` runs first.

    Errors: RuntimeError (another thread runs, whose locks would stay closed in the child).
    """
    if threading.active_count() > 1:
        raise RuntimeError("a process with several threads cannot go on in a child")
    sys.stdout.flush()
    sys.stderr.flush()
    if pid := os.fork():
        return ForkedProcess(pid)
    code = 1
    try:
        for word in _CAUGHT:
            signal.signal(word, signal.SIG_DFL)
        os.setsid()
        if first:
            first()
        _speak_to(output)
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"opale-{name}"[:15].encode(), 0, 0, 0)
        os.environ.clear()
        os.environ.update(environment)
        code = call.run()
    except BaseException:  # noqa: BLE001  # whatever it is, it must not go on in the parent's place
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _speak_to(output: BinaryIO) -> None:
    """Redirect the standard streams; close all else of the parent, above all its lock."""
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


@contextmanager
def _within(environment: Mapping[str, str]) -> Iterator[None]:
    own = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(own)
