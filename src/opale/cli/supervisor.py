"""Supervisor that keeps the processes of an installation running, and ends them all.

Each child leads a session of its own, so that whatever it started ends with it, and is told by the
kernel when its parent dies. Where the kernel cannot (outside Linux), and where both were killed,
the children are recorded: `kill_orphans` finds them at the next start.
"""

import ctypes
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from opale.cli.console import Refused, print_error
from opale.cli.fork_server import ForkedCall, ForkedProcess, start_forked
from opale.cli.installation import write_private
from opale.cli.postgres import Launch

PAUSES = (0.1, 0.5, 1, 2, 5, 10)  # seconds before a dead child is started again
STEADY = 30  # seconds of life after which earlier deaths are forgotten
PATIENCE = 10  # seconds that a child gets to end by itself
LOG_LIMIT = 20_000_000
LINUX = platform.system() == "Linux"
_PR_SET_PDEATHSIG = 1


Process = subprocess.Popen[bytes] | ForkedProcess


class Stop(BaseException):
    """Somebody asked the command to stop."""


@dataclass
class Program:
    """Program to keep running."""

    name: str
    launch: Launch | ForkedCall
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    process: Process | None = None
    started: float = 0
    log_starts: int = 0  # where in its log its present life begins
    deaths: int = 0
    due: float | None = None  # when to start it again

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    logs: Path
    record: Path
    programs: list[Program] = field(default_factory=list)

    def start(self, program: Program) -> Process:
        """Start a program and keep it running from now on."""
        if program not in self.programs:
            self.programs.append(program)
        with self.log_of(program).open("ab") as output:
            program.log_starts = output.tell()
            program.process = _started(program, output)
        program.started, program.due = time.monotonic(), None
        self._write_down()
        return program.process

    def log_of(self, program: Program) -> Path:
        return self.logs / f"{program.name}.log"

    def last_words(self, program: Program, count: int) -> list[str]:
        """Return the end of the log of a program's present run."""
        return tail(self.log_of(program), count, program.log_starts)

    def look(self) -> list[Program]:
        """Restart dead programs, each time after a longer pause; return those that just died."""
        now, died = time.monotonic(), []
        for program in self.programs:
            if program.due is not None:
                if now >= program.due:
                    self.start(program)
            elif not program.alive and program.process is not None:
                died.append(program)
                _kill_session(program.process.pid)
                if now - program.started > STEADY:
                    program.deaths = 0
                pause = PAUSES[min(program.deaths, len(PAUSES) - 1)]
                program.deaths, program.due = program.deaths + 1, now + pause
        return died

    def watch(self) -> None:
        """Keep everything running until `Stop` is raised by a signal."""
        beat = 0
        while True:
            stop_if_asked()
            for program in self.look():
                print_error(f"{describe_end(program)}; it is started again.")
                for line in self.last_words(program, 5):
                    print(f"    {program.name} | {line}", file=sys.stderr, flush=True)
            if beat % 600 == 0:
                self._trim_logs()
            beat += 1
            time.sleep(0.1)

    def stop(self) -> None:
        """End everything: first what uses the database, then the database."""
        database = [program for program in self.programs if program.name == "postgres"]
        others = [program for program in self.programs if program not in database]
        for programs, words in (
            (others, (signal.SIGTERM, signal.SIGKILL)),
            (database, (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)),
        ):
            for word, seconds in zip(words, (PATIENCE, 3, 1), strict=False):
                for program in programs:
                    _send(program, word)
                if _all_ended(programs, seconds):
                    break
            for program in programs:
                if program.process is not None:
                    _kill_session(program.process.pid)
        self.record.unlink(missing_ok=True)

    def _write_down(self) -> None:
        children = {
            program.name: [program.process.pid, start_time(program.process.pid)]
            for program in self.programs
            if program.process is not None
        }
        write_private(self.record, json.dumps(children))

    def _trim_logs(self) -> None:
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)


_asked = threading.Event()


def stop_if_asked() -> None:
    """Raise `Stop` again where it was lost: Python drops exceptions raised in a finalizer."""
    if _asked.is_set():
        raise Stop


def raise_stop_on_signals() -> None:
    """Raise `Stop` once on SIGINT or SIGTERM; later signals are ignored while things end."""

    def handler(number: int, frame: object) -> None:
        _asked.set()
        for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(word, signal.SIG_IGN)
        raise Stop

    for word in (signal.SIGINT, signal.SIGTERM):
        signal.signal(word, handler)
    # `nohup ./opale up` has asked for hang-ups to be ignored.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, handler)


def kill_orphans(record: Path) -> int:
    """End what a killed `./opale up` left behind; return the number of processes."""
    try:
        children: dict[str, tuple[int, str]] = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    alive = {
        name: pid for name, (pid, began) in children.items() if began and start_time(pid) == began
    }
    for name, pid in alive.items():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    gone = wait_until(
        lambda: all(start_time(pid) != children[n][1] for n, pid in alive.items()), PATIENCE
    )
    for pid in () if gone else alive.values():
        _kill_session(pid)
    # A session outlives its leader when only the leader was killed.
    for name, (pid, _) in children.items():
        if name != "postgres" and _leads_a_session_without_leader(pid):
            _kill_session(pid)
    record.unlink(missing_ok=True)
    return len(alive)


def start_time(pid: int) -> str:
    """Return when a process started, in the system's format; empty when there is none."""
    if LINUX:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def describe_end(program: Program) -> str:
    code = program.process.returncode if program.process else None
    if code is not None and code < 0:
        return f"The process {program.name} was ended by {signal.Signals(-code).name}"
    return f"The process {program.name} ended with exit code {code}"


def tail(log: Path, count: int, start: int = 0) -> list[str]:
    """Return the last lines of a log, from `start` on."""
    try:
        with log.open("rb") as content:
            content.seek(max(start, log.stat().st_size - 20_000))
            return content.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def run_to_end(
    launch: list[str] | ForkedCall,
    environment: Mapping[str, str],
    log: Path,
    what: str,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Run a short command; on failure, raise one sentence that names the log. `meanwhile` this
    process does something that it needs later.
    """
    with log.open("wb") as output:
        process = _begun(launch, environment, output, what)
    try:
        meanwhile()
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code:
        last = (tail(log, 1) or ["it said nothing"])[0]
        raise Refused(f"{what} failed: {last.removeprefix('opale: ')} (full log: {log})")


def run_visibly(argv: list[str], environment: Mapping[str, str], what: str) -> None:
    """Run a long command whose progress the user sees."""
    print(flush=True)
    done = subprocess.run(argv, env=dict(environment), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Refused(f"{what} failed: its last lines above say why.")


def _begun(
    launch: list[str] | ForkedCall, environment: Mapping[str, str], output: BinaryIO, what: str
) -> Process:
    if isinstance(launch, ForkedCall):
        first = _die_with_parent(signal.SIGTERM, os.getpid())
        return start_forked(what, launch, environment=environment, output=output, first=first)
    return subprocess.Popen(
        launch, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output
    )


def _started(program: Program, output: BinaryIO) -> Process:
    first = _die_with_parent(program.stop_signal, os.getpid())
    if isinstance(program.launch, ForkedCall):
        return start_forked(
            program.name,
            program.launch,
            environment=program.environment,
            output=output,
            first=first,
        )
    return subprocess.Popen(
        program.launch.argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=dict(program.environment),
        start_new_session=True,
        preexec_fn=first,  # noqa: PLW1509  # safe here: the command line has one thread
        **program.launch.options,
    )


def _all_ended(programs: list[Program], seconds: float) -> bool:
    return wait_until(lambda: not any(program.alive for program in programs), seconds)


def _send(program: Program, word: signal.Signals) -> None:
    if program.process is not None and program.alive:
        with suppress(ProcessLookupError):
            program.process.send_signal(word)


def _kill_session(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _leads_a_session_without_leader(pid: int) -> bool:
    """Return whether the process group exists while its leader is gone."""
    if start_time(pid):
        return False
    try:
        os.killpg(pid, 0)
    except OSError:
        return False
    return True


def _die_with_parent(word: signal.Signals, parent: int) -> Callable[[], None] | None:
    """Ask the kernel, in the child before it becomes its program, for a signal at its parent's
    death.
    """
    if not LINUX:
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(word), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
