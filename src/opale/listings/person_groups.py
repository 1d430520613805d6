"""Whether lists may be counted by person. Off, unless an app above says otherwise.

Counts of the work of each person are figures about people. Source: docs/rules/reports.md.
"""

from collections.abc import Callable

_allowed: list[Callable[[], bool]] = []


def set_person_policy(allowed: Callable[[], bool]) -> None:
    """Set the function that tells whether lists may be counted by person."""
    _allowed[:] = [allowed]


def may_count_people() -> bool:
    return bool(_allowed) and _allowed[0]()
