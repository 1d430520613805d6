"""The judge of rosters finds each rule that is broken, and the bench hands in what it judges."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench.roster_check import judge

INSTANCE = """
SECTION_HORIZON
7
SECTION_SHIFTS
E,480,
L,600,E
SECTION_STAFF
A,E=7|L=1,2400,480,3,2,2,1
B,E=7|L=0,2400,0,3,1,1,1
SECTION_DAYS_OFF
A,0
SECTION_SHIFT_ON_REQUESTS
A,1,E,4
SECTION_SHIFT_OFF_REQUESTS
B,1,E,2
SECTION_COVER
1,E,1,10,3
2,L,1,10,3
"""
GOOD = {"A": ["", "E", "L", "", "", "", ""], "B": [""] * 7}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"A": ["E", "E", "", "", "", "", ""]}, "A: works on day 0"),
        ({"A": ["", "E", "", "", "", "", ""]}, "A: only 1 days in a run from day 1"),
        ({"A": ["", "L", "E", "", "", "", ""]}, "A: E after L on day 2"),
        ({"A": ["", "L", "L", "", "", "", ""]}, "A: 2 times L"),
        ({"A": [""] * 7}, "A: 0 minutes, not between 480 and 2400"),
        ({"A": ["", "E", "E", "", "E", "E", ""]}, "A: only 1 days free from day 3"),
        ({"B": ["E", "E", "E", "E", "", "", ""]}, "B: 4 days in a run from day 0"),
        ({"B": ["L", "", "", "", "", "", ""]}, "B: 1 times L"),
        ({"B": ["X", "", "", "", "", "", ""]}, "B: not a shift or nothing for each day"),
    ],
)
def test_a_rule_that_is_broken_is_told(rows: dict[str, list[str]], told: str) -> None:
    assert judge(INSTANCE, GOOD) == (0, [])
    assert told in judge(INSTANCE, GOOD | rows)[1]


def test_a_roster_costs_its_wishes_and_its_needs() -> None:
    rows = {"A": ["", "", "E", "E", "", "", ""], "B": ["", "E", "", "", "", "", ""]}
    # The wish of A and that of B, and nobody late.
    assert judge(INSTANCE, rows) == (4 + 2 + 10, [])


def test_the_bench_prints_the_best_roster_and_judges_an_answer(tmp_path: Path) -> None:
    instance, answer = tmp_path / "instance.txt", tmp_path / "answer.json"
    instance.write_text(INSTANCE, encoding="utf-8")
    command = [sys.executable, "bench/roster.py", str(instance)]
    done = subprocess.run([*command, "--seconds", "20"], capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    assert found["objective"] == found["bound"] == 0
    assert found["feasible"] is True
    assert judge(INSTANCE, found["roster"]) == (0, [])
    answer.write_text(done.stdout, encoding="utf-8")
    subprocess.run([*command, "--check", str(answer)], check=True)
    answer.write_text(json.dumps(found | {"objective": 1}), encoding="utf-8")
    assert subprocess.run([*command, "--check", str(answer)], check=False).returncode == 1
