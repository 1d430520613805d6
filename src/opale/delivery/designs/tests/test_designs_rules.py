"""The table of docs/rules/designs.md is run, row by row, as it is printed."""

from pathlib import Path

import pytest

from opale.delivery.designs.states import DESIGN_MOVES, MOVES

RULES = Path("docs/rules/designs.md")


def states() -> list[list[str]]:
    part = RULES.read_text(encoding="utf-8").split("## States\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in part.splitlines()
        if line.startswith("|")
    ][2:]
    assert rows
    return rows


@pytest.mark.parametrize("row", states(), ids=" ".join)
def test_a_move_is_the_one_that_is_written_down(row: list[str]) -> None:
    name, sources, target = row
    assert MOVES[name].sources == set(sources.split(", "))
    assert MOVES[name].target == target


def test_every_move_is_written_down() -> None:
    assert [row[0] for row in states()] == [move.name for move in DESIGN_MOVES]
