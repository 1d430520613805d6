"""Programs of Opale that start within moments: children of one process that has loaded all of it.

To load Opale takes four seconds of a processor, and a dozen modules of tests start a web server of
their own. What this process has loaded is what `opale up` loads before it forks its processes; its
settings are those of the tests' own process.

Run as a program it reads a line for each child, and answers with its number or with its exit code.
"""

import json
import os
import runpy
import subprocess
import sys
import time
import traceback
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]


class Preloaded:
    """The process that has loaded Opale, for the children of one process of tests."""

    def __init__(self) -> None:
        # Its input ends with whoever started it, and it with its input.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: dict[str, Any]) -> Any:
        """Return its answer to one line."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, module: str, *words: str) -> "Program":
        """Start `python -m module words` in a child."""
        return Program(self, self.ask({"start": [module, *words]}))


class Program:
    """As much of `subprocess.Popen` as tests ask of a server."""

    def __init__(self, parent: Preloaded, pid: int) -> None:
        self.parent, self.pid = parent, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        if self.returncode is None:
            self.returncode = self.parent.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Return its exit code. Errors: TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.02)  # a look at another process, not a pause of the test
        return code

    def send_signal(self, word: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, word)


@cache
def preloaded() -> Preloaded:
    """Return the one of this process, started when it is first wanted."""
    return Preloaded()


def main() -> None:
    """Load Opale, and fork a child for each line that asks for one."""
    from opale.cli.fork_server import preload_opale

    preload_opale(os.environ.copy())
    for line in sys.stdin:
        asked = json.loads(line)
        answer: int | None
        if "poll" in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                _become(*asked["start"])
        print(json.dumps(answer), flush=True)


def _become(module: str, *words: str) -> NoReturn:
    code = 1
    try:
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # what it says is no answer
        sys.argv = [module, *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  # whatever it is, it must not go on in the parent's place
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
