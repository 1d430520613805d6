"""A roster for an instance in the text format of employee shift scheduling (Curtois and Qu, 2014).

Prints JSON: the whole roster (`roster`: for each person a shift or "" for each day), its objective,
a bound below which there is none, whether it keeps every hard rule, and the seconds it took. With
`--check FILE` the roster of such an answer is judged again instead, by `roster_check.py`, which
shares nothing with the generator.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import roster_check

from opale.run.shifts.domain.roster_generator.problem import Kind, Need, Problem, Wish, Worker
from opale.run.shifts.domain.roster_generator.search import FoundRoster, generate_roster

WEEK, SATURDAY = 7, 5


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("file", type=Path)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--check", type=Path, help="an answer to judge again")
    words.add_argument("--progress", action="store_true", help="say each better roster on stderr")
    asked = words.parse_args()
    text = asked.file.read_text(encoding="utf-8")
    if asked.check:
        answer = json.loads(asked.check.read_text(encoding="utf-8"))
        objective, broken = roster_check.judge(text, answer["roster"])
        print(json.dumps({"objective": objective, "feasible": not broken, "broken": broken}))
        return int(bool(broken) or objective != answer["objective"])
    return _solve(text, asked)


def _solve(text: str, asked: argparse.Namespace) -> int:
    def tell(found: FoundRoster) -> None:
        if asked.progress:
            print(f"{found.seconds:7.1f} s: {found.objective}", file=sys.stderr)

    began = time.monotonic()
    found = generate_roster(read(text), seconds=asked.seconds, seed=asked.seed, tell=tell)
    if found is None:
        print(json.dumps({"roster": None, "objective": None, "bound": None, "feasible": False}))
        return 1
    roster = {code: list(row) for code, row in found.roster.items()}
    objective, broken = roster_check.judge(text, roster)
    answer = {
        "roster": roster,
        "objective": objective,
        "bound": found.bound,
        "feasible": not broken,
        "seconds": round(time.monotonic() - began, 2),
    }
    print(json.dumps(answer))
    return int(bool(broken) or objective != found.objective)


def read(text: str) -> Problem:
    """The problem that a file of the format asks for. Its horizons begin on a Monday."""
    sections = roster_check.sections(text)
    days = int(sections["HORIZON"][0][0])
    away = {code: frozenset(map(int, rest)) for code, *rest in sections.get("DAYS_OFF", [])}
    kinds = [
        Kind(code, int(minutes), frozenset(filter(None, banned.split("|"))))
        for code, minutes, banned in sections["SHIFTS"]
    ]
    workers = []
    for code, most, *numbers in sections["STAFF"]:
        highest, lowest, stretch, least_stretch, rest, weekends = map(int, numbers)
        pairs = (pair.split("=") for pair in most.split("|"))
        workers.append(
            Worker(
                code,
                most={kind: int(times) for kind, times in pairs},
                minutes=(lowest, highest),
                stretch=(least_stretch, stretch),
                rest=rest,
                weekends=weekends,
                away=away.get(code, frozenset()),
            )
        )
    wishes = [
        Wish(code, int(day), kind, int(weight), wanted)
        for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
        for code, day, kind, weight in sections.get(section, [])
    ]
    needs = [
        Need(int(day), kind, int(people), int(under), int(over))
        for day, kind, people, under, over in sections["COVER"]
    ]
    saturdays = range(SATURDAY, days, WEEK)
    return Problem(
        days,
        tuple(kinds),
        tuple(workers),
        tuple(needs),
        tuple(wishes),
        tuple(tuple(d for d in (day, day + 1) if d < days) for day in saturdays),
    )


if __name__ == "__main__":
    sys.exit(main())
