"""A worker beside a test, to be killed: a child that goes on with all that the test has loaded.

A program of its own would load Opale anew, which takes four seconds of a processor.
"""

import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connections

_kept: list[Any] = []
"""The parent's sessions with the database: a child that let go of them would end them."""


def die(*_args: object, **_kwargs: object) -> NoReturn:
    """Stand in for a function in whose middle a worker is killed (kill -9)."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


class Child:
    """A process that does some work, and ends with 0, or with 1 when that raised something."""

    def __init__(self, work: Callable[[], object]) -> None:
        with warnings.catch_warnings():
            # What runs beside a test in its process, pytest-xdist's talk, the child does without.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        self.code: int | None = None
        if self.pid == 0:
            _work_and_end(work)

    def poll(self) -> int | None:
        """Return its exit code, below zero for a signal, or None while it runs."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self, seconds: float = 60) -> int:
        """Return its exit code; it is killed when it has not ended in time."""
        until = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                self.kill()
                raise AssertionError(f"the child has not ended within {seconds} s")
            time.sleep(0.005)  # a look at another process, not a pause of the test
        return code

    def kill(self) -> int:
        """End it with kill -9, and return its exit code."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def run(work: Callable[[], object]) -> int:
    """Do the work in a child, and return its exit code."""
    return Child(work).wait()


def _work_and_end(work: Callable[[], object]) -> NoReturn:
    code = 1
    try:
        for alias in connections:
            _kept.append(connections[alias])
            del connections[alias]
        work()
        connections.close_all()
        code = 0
    except BaseException:  # noqa: BLE001  # whatever it is, it must not go on in the parent's place
        traceback.print_exc()
    finally:
        os._exit(code)
