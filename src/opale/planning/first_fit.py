"""First-fit plan: each piece in turn takes its cheapest option that still fits.

CP-SAT starts from it, and it is the result when time runs out. Source: docs/rules/planner.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opale.planning.hour_allocation import SLACK
from opale.planning.staffing_model import Placement, Problem


@dataclass(slots=True)
class PlacementOption:
    """A place for a piece, or none, and its cost."""

    placement: Placement | None
    cost: int


def first_fit(
    problem: Problem,
    ways: Mapping[str, Sequence[PlacementOption]],
    free: Mapping[int, Sequence[float]],
    standing: Mapping[str, Placement | None],
) -> dict[str, PlacementOption]:
    """Return the option of each piece, in the order of `ways`: predecessors first."""
    left = {person: list(hours) for person, hours in free.items()}
    pieces = {one.key: one for one in problem.pieces}
    latest = _latest(problem, ways, standing)
    found: dict[str, PlacementOption] = {}
    for key, own in ways.items():
        earliest = 0
        for before, lag in pieces[key].after:
            if before in ways and before not in found:
                earliest = LATER_THAN_ALL  # a ring, cut here
            placement = found[before].placement if before in found else standing.get(before)
            if placement is not None:
                earliest = max(earliest, placement.after + lag)
        for way in sorted(own, key=lambda one: one.cost):
            placement = way.placement
            if placement is None:
                found[key] = way
                break
            in_turn = placement.begins >= earliest and placement.after <= latest.get(key, NO_END)
            given = problem.people[placement.person].given
            if in_turn and _fits(given, left[placement.person], placement):
                consume_hours(given, left[placement.person], placement)
                found[key] = way
                break
    return found


LATER_THAN_ALL = NO_END = 10**9


def _latest(
    problem: Problem, ways: Mapping[str, object], standing: Mapping[str, Placement | None]
) -> dict[str, int]:
    """Return the latest end of pieces whose placed successors do not move."""
    found: dict[str, int] = {}
    for one in problem.pieces:
        placement = standing.get(one.key)
        if one.key in ways or placement is None:
            continue
        for before, lag in one.after:
            found[before] = min(found.get(before, NO_END), placement.begins - lag)
    return found


def _fits(given: Sequence[float], left: Sequence[float], placement: Placement) -> bool:
    return all(left[day] + SLACK >= hours for day, hours in hours_of(given, placement))


def consume_hours(given: Sequence[float], free: list[float], placement: Placement) -> None:
    """Subtract the hours of a placement from the free ones."""
    for day, hours in hours_of(given, placement):
        free[day] -= hours


def hours_of(given: Sequence[float], placement: Placement) -> Iterable[tuple[int, float]]:
    """Yield the hours that a placement takes of each working day."""
    for stretch in placement.stretches:
        for day in range(max(0, stretch.begins), min(stretch.after, len(given))):
            if given[day] > 0:
                yield day, stretch.hours
