"""Progress of a long load: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import Protocol, TextIO, cast

WIDTH = 32
EVERY = 15.0


class Output(Protocol):
    def write(self, text: str) -> object: ...
    def isatty(self) -> bool: ...


class Progress:
    def __init__(self, output: object) -> None:
        self.output = cast(TextIO, output)
        self._bar = self.output.isatty()
        self._begun = self._phase_begun = self._shown = time.monotonic()
        self._phase = ""

    def say(self, phase: str) -> None:
        """Begin a phase, and end the previous one with its duration."""
        now = time.monotonic()
        if self._phase:
            self._line(f"  {self._phase:<28} {now - self._phase_begun:6.1f} s", last=True)
        self._phase, self._phase_begun = phase, now
        if not phase:
            self._line(f"  {'in all':<28} {now - self._begun:6.1f} s", last=True)

    def show(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._shown < (0.2 if self._bar else EVERY) and done < of:
            return
        self._shown = now
        share = done / of
        filled = int(WIDTH * share)
        left = (now - self._phase_begun) * (1 - share) / share if share else 0.0
        bar = "#" * filled + "." * (WIDTH - filled)
        self._line(f"  {self._phase:<28} [{bar}] {share:6.1%}, {left:5.0f} s left", last=False)

    def _line(self, text: str, *, last: bool) -> None:
        if self._bar:
            self.output.write(f"\r{text:<100}" + ("\n" if last else ""))
        else:
            self.output.write(f"{text}\n")
        self.output.flush()
