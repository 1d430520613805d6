"""Terminal output: one line a step, one sentence an error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Refused(Exception):
    """The command cannot go on. The message is one sentence that says what to do."""


@dataclass
class Step:
    """Step in progress; `outcome` is what its line says at the end."""

    name: str
    outcome: str = "done"


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Print one line for a step: its name, its outcome, its time."""
    current = Step(name)
    lively = sys.stdout.isatty()
    if lively:
        print(f"  {name:<16} ...", end="", flush=True)
    began = time.monotonic()
    try:
        yield current
    except BaseException:
        if lively:
            print(f"\r  {name:<16} stopped", flush=True)
        else:
            print(f"  {name:<16} stopped", flush=True)
        raise
    line = f"  {name:<16} {current.outcome:<44} {time.monotonic() - began:6.1f} s"
    print(f"\r{line}" if lively else line, flush=True)


def print_error(sentence: str) -> None:
    print(f"opale: {sentence}", file=sys.stderr, flush=True)
