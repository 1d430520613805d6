"""A schedule for an instance of PSPLIB (single mode) or MPLIB (projects that share resources).

Prints JSON: the start of each activity in the order of the file (`starts`), the makespan, a bound
below which there is none, the seconds and the status. Ends with exit code 1 where
`planner_check.py`, which shares nothing with the planner, finds the schedule broken.

With `--warm N` (of MPLIB) the projects without the Nth, from 0, are planned first, in as many
seconds; then it is added to that plan, and the seconds told are those of this second search.

The search is compiled before its time begins: a machine that has not searched yet needs some
seconds for that, once.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import planner_check

from opale.planning.genetic_search import Population
from opale.planning.instance_files import READERS, projects_of
from opale.planning.problem import Problem, Schedule
from opale.planning.search import solve
from opale.planning.serial_schedules import Justifier


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
    Population(problem, asked.seed).step()
    start = None
    if asked.warm is not None:
        if asked.format != "mplib":
            words.error("--warm is for projects, so for --format mplib")
        start = _without(problem, projects_of(text)[asked.warm], asked)
    began = time.monotonic()
    found = _solve(problem, asked, start)
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


def _without(problem: Problem, gone: range, asked: argparse.Namespace) -> list[int]:
    """The plan without one project, then that project in what is left free."""
    kept = [one for one in range(len(problem)) if one not in gone]
    place = {one: number for number, one in enumerate(kept)}
    rest = Problem(
        tuple(problem.durations[one] for one in kept),
        tuple(problem.demands[one] for one in kept),
        tuple(
            tuple(place[other] for other in problem.successors[one] if other in place)
            for one in kept
        ),
        problem.capacities,
    )
    found = _solve(rest, asked, None)
    rank = {one: number for number, one in enumerate(problem.order)}
    order = sorted(kept, key=lambda one: (found.starts[place[one]], rank[one]))
    return Justifier(problem).place([*order, *(one for one in problem.order if one in gone)])


def _solve(problem: Problem, asked: argparse.Namespace, start: list[int] | None) -> Schedule:
    def tell(found: Schedule) -> bool:
        if asked.progress:
            print(f"{found.seconds:7.1f} s: {found.makespan} >= {found.bound}", file=sys.stderr)
        return True

    return solve(problem, seconds=asked.seconds, seed=asked.seed, start=start, tell=tell)


if __name__ == "__main__":
    sys.exit(main())
