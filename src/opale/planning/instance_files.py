"""Readers of published instance formats: PSPLIB (single mode) and MPLIB."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from opale.planning.problem import Problem


class Unreadable(ValueError):
    """The text is not of the format."""


def read_psplib(text: str) -> Problem:
    """Read one project, `.sm`. Errors: Unreadable, Circular, Impossible."""
    try:
        following = [row[3:] for row in _rows(text, "PRECEDENCE RELATIONS")]
        asked = _rows(text, "REQUESTS/DURATIONS")
        capacities = _rows(text, "RESOURCEAVAILABILITIES")[0]
        if any(row[1] != 1 for row in asked) or len(asked) != len(following):
            raise Unreadable("Only activities of one mode each can be read.")
        return Problem(
            tuple(row[2] for row in asked),
            tuple(tuple(row[3:]) for row in asked),
            tuple(tuple(other - 1 for other in row) for row in following),
            tuple(capacities),
        )
    except (IndexError, KeyError) as error:
        raise Unreadable("This is no instance of PSPLIB.") from error


def read_mplib(text: str) -> Problem:
    """Read projects that share resources, one after the other.

    Errors: Unreadable, Circular, Impossible.
    """
    return _mplib(text)[0]


def projects_of(text: str) -> list[range]:
    """Return which activities of `read_mplib` belong to each project. Errors: Unreadable."""
    problem, firsts = _mplib(text)
    return [range(*ends) for ends in pairwise([*firsts, len(problem)])]


def _mplib(text: str) -> tuple[Problem, list[int]]:
    words = _words(text)
    try:
        projects, resources = next(words), next(words)
        capacities = tuple(next(words) for _ in range(resources))
        durations: list[int] = []
        demands: list[tuple[int, ...]] = []
        following: list[tuple[tuple[int, int], ...]] = []
        firsts: list[int] = []
        for _ in range(projects):
            firsts.append(len(durations))
            count, release = next(words), next(words)
            if release:
                raise Unreadable("Projects that may not begin at once cannot be read.")
            for _ in range(resources):
                next(words)
            for _ in range(count):
                durations.append(next(words))
                demands.append(tuple(next(words) for _ in range(resources)))
                following.append(tuple((next(words), next(words)) for _ in range(next(words))))
        successors = tuple(
            tuple(firsts[project - 1] + other - 1 for project, other in row) for row in following
        )
    except (StopIteration, RuntimeError, ValueError, IndexError) as error:
        raise Unreadable("This is no instance of MPLIB.") from error
    return Problem(tuple(durations), tuple(demands), successors, capacities), firsts


READERS: Final[Mapping[str, Callable[[str], Problem]]] = {
    "psplib": read_psplib,
    "mplib": read_mplib,
}


def _rows(text: str, title: str) -> list[list[int]]:
    """Return the lines of whole numbers below a title."""
    _, found, rest = text.partition(title)
    if not found:
        raise Unreadable(f"There is no section {title}.")
    rows: list[list[int]] = []
    for line in rest.splitlines():
        words = line.split()
        if words and all(word.isdigit() for word in words):
            rows.append([int(word) for word in words])
        elif line.startswith("****") and rows:
            break
    return rows


def _words(text: str) -> Iterator[int]:
    return (int(word) for word in re.findall(r"\d+", text))
