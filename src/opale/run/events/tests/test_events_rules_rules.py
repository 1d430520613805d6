"""docs/rules/rules.md, "The language": its table of conditions is what Opale does."""

from pathlib import Path

import pytest

from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import ConditionEvaluator, Situation
from opale.run.events.states import Severity

LAW = Path(__file__).parents[5] / "docs" / "rules" / "rules.md"
HEAD = "| condition | labels | severity | fits |"


def lines() -> list[list[str]]:
    told = LAW.read_text(encoding="utf-8").partition(HEAD)[2].partition("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in told.splitlines()[2:]]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


@pytest.mark.parametrize("row", lines(), ids=lambda row: f"{row[0]} {row[1]}")
def test_a_condition_fits_as_the_law_says(row: list[str]) -> None:
    source, labels, severity, fits = row
    given = dict(pair.split("=") for pair in labels.split())
    condition = parse_condition(source)
    trier = ConditionEvaluator()
    seen = Situation(severity=Severity[severity.upper()], name="x", labels=given)
    trier.look_at(seen, condition.inputs)
    assert trier.fits(condition) is (fits == "yes")


def test_the_law_has_its_table() -> None:
    assert len(lines()) >= 7
