"""What each room's tests take of a processor, and what they may: a table at the end of a run.

A room is a folder of tests: `run.desk` is `src/opale/run/desk/tests`, `journeys` `tests/journeys`.
Seconds are those of processors, of the process that tests and of the programs that it started and
that have ended: they hardly change with what else the machine does. PostgreSQL's are not among
them, save those of an installation that a test started. What several share is the first one's.
"""

import os
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from tests.profiles import is_thorough

FILE = Path(__file__).with_name("budgets.toml")
ATTRIBUTE = "processor_seconds"
WORTH_A_LINE = 1.0


@dataclass
class Spent:
    """What the tests of one room took."""

    cases: int = 0
    seconds: float = 0.0


def room_of(path: str) -> str:
    """Return the room of a test by its path: its folders without what all rooms share."""
    folders = PurePosixPath(path.partition("::")[0]).parent.parts
    if "tests" not in folders:
        return ".".join(folders)
    at = folders.index("tests")
    own = folders[at + 1 :] if at == 0 else folders[2:at]
    return ".".join(own) or "tests"


def budgets() -> dict[str, float]:
    """Return the seconds that each room may take; "" is for the rooms that are not named."""
    return {
        room: float(seconds) for room, seconds in tomllib.loads(FILE.read_text("utf-8")).items()
    }


def processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended, in seconds."""
    return sum(os.times()[:4])


class Meter:
    """A plugin of pytest: each process measures its tests, the first one adds them up."""

    def __init__(self) -> None:
        self.since = processor_seconds()
        self.rooms: dict[str, Spent] = defaultdict(Spent)

    def pytest_runtest_logstart(self) -> None:
        self.since = processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Any:
        report = yield
        until = processor_seconds()
        # An attribute of a report goes along from the process that tests to the one that reports.
        setattr(report, ATTRIBUTE, until - self.since)
        self.since = until
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        spent = self.rooms[room_of(report.nodeid)]
        spent.cases += report.when == "call"
        spent.seconds += getattr(report, ATTRIBUTE, 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the table, where more than one room was tested."""
        if len(self.rooms) > 1 and not is_thorough():
            terminalreporter.section("processor seconds of each room")
            for line in table(self.rooms, budgets()):
                terminalreporter.write_line(line)


def table(rooms: Mapping[str, Spent], allowed: Mapping[str, float]) -> Iterator[str]:
    """Return the lines of the table, the longest room first; one over its budget says so."""
    yield f"{'room':<28}{'cases':>7}{'seconds':>9}{'budget':>8}"
    small = Spent()
    for room, spent in sorted(rooms.items(), key=lambda one: -one[1].seconds):
        budget = allowed.get(room, allowed[""])
        if spent.seconds < WORTH_A_LINE:
            small.cases += spent.cases
            small.seconds += spent.seconds
            continue
        over = "  OVER" if spent.seconds > budget else ""
        yield f"{room:<28}{spent.cases:>7}{spent.seconds:>9.1f}{budget:>8.0f}{over}"
    if small.cases:
        yield f"{'(all shorter ones)':<28}{small.cases:>7}{small.seconds:>9.1f}"
    total = Spent(
        sum(one.cases for one in rooms.values()), sum(one.seconds for one in rooms.values())
    )
    yield f"{'all':<28}{total.cases:>7}{total.seconds:>9.1f}"
