"""The rules of docs/rules as tests read them: the tables, the moments."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opale.kernel import clock
from opale.kernel.errors import OpaleError

ROOT = Path(__file__).parents[5]
RULES = ROOT / "docs" / "rules"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def table(name: str, heading: str, first_cell: str = "") -> list[list[str]]:
    """The rows of the first table under a heading whose header begins with a word."""
    text = (RULES / name).read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    found: list[list[str]] = []
    for line in text.split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        if not line.startswith("|"):
            if found:
                break
        elif found or cells[0] == first_cell or not first_cell:
            found.append(cells)
    assert len(found) > 2, f"{name} has no table under {heading!r}"
    return found[2:]


def hours(text: str) -> timedelta:
    hour, minute = text.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def outcome_of(act: Callable[[], object]) -> str:
    try:
        act()
    except OpaleError:
        return "refused"
    return "done"


def standing_at(moment: datetime) -> AbstractContextManager[None]:
    return clock.travel(moment - clock.now())
