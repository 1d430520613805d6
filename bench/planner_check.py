"""An independent judge of schedules: reads the instance itself, and counts step by step."""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

Told = tuple[list[tuple[int, list[int], list[int]]], list[int]]


def psplib(text: str) -> Told:
    """Each activity (how long, what it takes, which follow it, from 0), and what there is."""
    parts = [part.strip().splitlines() for part in text.split("*" * 72)]
    by_title = {part[0].strip().rstrip(":"): part[1:] for part in parts if part}
    follow = [list(map(int, line.split()))[3:] for line in by_title["PRECEDENCE RELATIONS"][1:]]
    lines = by_title["REQUESTS/DURATIONS"][2:]
    needs = [list(map(int, line.split()))[2:] for line in lines]
    there = [int(word) for word in by_title["RESOURCEAVAILABILITIES"][1].split()]
    both = zip(needs, follow, strict=True)
    return [(need[0], need[1:], [one - 1 for one in after]) for need, after in both], there


def mplib(text: str) -> Told:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    kinds = int(lines[1][0])
    there = [int(word) for word in lines[2]]
    place = 3
    rows: list[tuple[int, list[int], list[int]]] = []
    size = int(lines[place][0])
    for _ in range(int(lines[0][0])):
        size = int(lines[place][0])
        for words in lines[place + 2 : place + 2 + size]:
            pairs = [word.split(":") for word in words[kinds + 2 :]]
            after = [(int(project) - 1) * size + int(one) - 1 for project, one in pairs]
            rows.append((int(words[0]), [int(w) for w in words[1 : kinds + 1]], after))
        place += 2 + size
    return rows, there


def judge(text: str, form: str, starts: list[int] | tuple[int, ...]) -> tuple[int, list[str]]:
    """The makespan of a schedule, and each rule that it breaks."""
    rows, there = {"psplib": psplib, "mplib": mplib}[form](text)
    broken = []
    if len(starts) != len(rows):
        return 0, [f"{len(starts)} starts for {len(rows)} activities"]
    used: dict[tuple[int, int], int] = defaultdict(int)
    for number, (lasts, needs, after) in enumerate(rows):
        if starts[number] < 0:
            broken.append(f"{number} begins before everything")
        for other in after:
            if starts[other] < starts[number] + lasts:
                broken.append(f"{other} begins before {number} ends")
        for step in range(starts[number], starts[number] + lasts):
            for kind, need in enumerate(needs):
                used[step, kind] += need
    for (step, kind), taken in sorted(used.items()):
        if taken > there[kind]:
            broken.append(f"{taken} of {there[kind]} of resource {kind + 1} at {step}")
    return max(start + row[0] for start, row in zip(starts, rows, strict=True)), broken


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("file", type=Path)
    words.add_argument("answer", type=Path, help="what planner.py printed")
    words.add_argument("--format", choices=("psplib", "mplib"), default="psplib")
    asked = words.parse_args()
    answer = json.loads(asked.answer.read_text(encoding="utf-8"))
    text = asked.file.read_text(encoding="utf-8", errors="replace")
    makespan, broken = judge(text, asked.format, answer["starts"])
    print(json.dumps({"makespan": makespan, "feasible": not broken, "broken": broken}))
    return int(bool(broken) or makespan != answer["makespan"])


if __name__ == "__main__":
    sys.exit(main())
