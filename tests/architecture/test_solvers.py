"""The planner's process loads both solvers, whichever is asked first.

Both bring HiGHS: where highspy has it as a library of its own, the one of OR-Tools is taken for it.
"""

import subprocess
import sys

import pytest

ROSTERS, PLANS = "opale.run.shifts.domain.roster_generator.master_problem", "opale.planning.cp_sat"


@pytest.mark.parametrize("modules", [(ROSTERS, PLANS), (PLANS, ROSTERS)])
def test_both_solvers_live_in_one_process(modules: tuple[str, str]) -> None:
    program = "".join(f"import {module}\n" for module in modules)
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
