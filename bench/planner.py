"""A schedule for an instance of PSPLIB (single mode) or MPLIB (projects that share resources).

Prints JSON: the start of each activity in the order of the file (`starts`), the makespan, a bound
below which there is none, the seconds and the status. Ends with exit code 1 where
`planner_check.py`, which shares nothing with the planner, finds the schedule broken.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import planner_check

from opale.build.planning.problem import Problem, Schedule
from opale.build.planning.reading import READERS
from opale.build.planning.search import solve


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("file", type=Path)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--format", choices=sorted(READERS), default="psplib")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--warm", type=int, help="first without this project, then with it")
    words.add_argument("--progress", action="store_true", help="say each better one on stderr")
    asked = words.parse_args()
    text = asked.file.read_text(encoding="utf-8", errors="replace")
    problem = READERS[asked.format](text)
    began = time.monotonic()
    found = _solve(problem, asked)
    spent = time.monotonic() - began
    makespan, broken = planner_check.judge(text, asked.format, found.starts)
    answer = {
        "starts": found.starts,
        "makespan": found.makespan,
        "bound": found.bound,
        "seconds": round(spent, 2),
        "status": "optimal" if found.proven else "feasible",
    }
    print(json.dumps(answer))
    for line in broken:
        print(line, file=sys.stderr)
    return int(bool(broken) or makespan != found.makespan)


def _solve(problem: Problem, asked: argparse.Namespace) -> Schedule:
    def tell(found: Schedule) -> bool:
        if asked.progress:
            print(f"{found.seconds:7.1f} s: {found.makespan} >= {found.bound}", file=sys.stderr)
        return True

    return solve(problem, seconds=asked.seconds, seed=asked.seed, tell=tell)


if __name__ == "__main__":
    sys.exit(main())
