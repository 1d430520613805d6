"""Work on what a stranger sent, in a process of its own with little time and memory.

For readers whose cost nobody can tell beforehand: a rule of a few bytes in a calendar may ask for
millions of steps, and no thread can be stopped. The process gets what was sent and a few words,
knows no setting and no secret, and is ended at its limits by the system.
"""

import os
import resource
import subprocess
import sys
from importlib import import_module
from typing import Final

CPU_SECONDS: Final = 8
WALL_SECONDS: Final = 60
MEMORY_BYTES: Final = 512 << 20
ANSWER_BYTES: Final = 4 << 20
NICENESS: Final = 10
REFUSED: Final = 3
"""The exit status of a process whose function refused what it was given."""
PASSED_ON: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TZDIR")


class ProcessRefused(ValueError):
    """What was sent is not what the function reads."""


class ProcessFailed(ValueError):
    """The function did not end within its limits, or broke."""


def run_limited(
    function: str,
    sent: bytes,
    *words: str,
    cpu_seconds: int = CPU_SECONDS,
) -> bytes:
    """Return what `module:function` returns for the bytes and words, run in a limited process.

    The function raises ValueError for what it refuses. Errors: ProcessRefused, ProcessFailed.
    """
    command = [sys.executable, "-P", "-m", __name__, function, str(cpu_seconds), *words]
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            command,
            input=sent,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
            env=passed_on,
        )
    except subprocess.TimeoutExpired:
        raise ProcessFailed(function) from None
    if done.returncode == REFUSED:
        raise ProcessRefused(done.stderr.decode(errors="replace")[:300])
    if done.returncode or len(done.stdout) > ANSWER_BYTES:
        raise ProcessFailed(function)
    return done.stdout


def main(function: str, cpu_seconds: str, *words: str) -> int:
    """Run the function within its limits, with what is read; write what it returns."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, name = function.partition(":")
    run = getattr(import_module(module), name)
    try:
        answer = run(sys.stdin.buffer.read(), *words)
    except ValueError as refused:
        sys.stderr.write(str(refused))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
