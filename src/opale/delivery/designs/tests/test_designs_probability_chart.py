"""The curve of how sure each day is."""

import re
from datetime import date

from opale.delivery.designs.models import DesignCheck
from opale.delivery.designs.web.probability_chart import draw


def drawn(*days: int, p50: int, p80: int) -> str:
    """Each day of February is a tenth surer than the one before it."""
    shares = [[10 * n, date(2027, 2, day).isoformat()] for n, day in enumerate(days, start=1)]
    check = DesignCheck(
        feasible=True,
        earliest_on=date(2027, 2, days[0]),
        p50_on=date(2027, 2, p50),
        p80_on=date(2027, 2, p80),
        result={"shares": shares},
    )
    return draw(check)


def test_days_that_are_promised_stand_on_the_curve() -> None:
    svg = drawn(1, 2, 3, 4, 8, 8, 8, 9, 12, p50=8, p80=9)
    line = re.search(r'class="curve" points="([^"]+)"', svg)
    assert line
    marks = re.findall(r'class="mark" cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert len(marks) == 2
    assert {f"{x},{y}" for x, y in marks} < set(line[1].split())


def test_a_day_that_is_both_is_marked_once() -> None:
    svg = drawn(1, 8, 8, 8, 8, 8, 8, 8, 9, p50=8, p80=8)
    assert svg.count('class="mark"') == 1
    assert svg.count("8 Feb") == 1
