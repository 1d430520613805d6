"""A crowded plan is mended: forty projects, sixty people, and one who leaves in the middle."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from opale.planning import staffing
from opale.planning.hour_allocation import SLACK, Stretch
from opale.planning.staffing_model import Days, Piece, Placement, Plan, Problem

PEOPLE: Final = 60
PROJECTS: Final = 40
SKILLS: Final = 6
WEEKS: Final = 26
WHOLE_DAY: Final = 8.0
MIDDLE: Final = WEEKS * 7 // 2
MOST_TOUCHED: Final = 0.05
MOST_LOOKS_PAST: Final = 4


def working(place: int) -> bool:
    return place % 7 < 5


def crowded(seed: int) -> Problem:
    """Two of three days of everybody are booked whole, in pieces of three to eight days.

    Each person has one of six skills, and each piece follows the one before it of its project.
    """
    chance = Random(seed)
    calendar = tuple(WHOLE_DAY if working(place) else 0.0 for place in range(WEEKS * 7))
    able = {skill: tuple(range(skill, PEOPLE, SKILLS)) for skill in range(SKILLS)}
    pieces: list[Piece] = []
    for person in range(PEOPLE):
        days = [place for place, hours in enumerate(calendar) if hours]
        at = chance.randint(0, 4)
        while at + 10 < len(days):
            count = chance.choice((3, 5, 8))
            first, last = days[at], days[at + count - 1]
            pieces.append(
                Piece(
                    key=f"{person}.{at}",
                    hours=count * WHOLE_DAY,
                    able=able[person % SKILLS],
                    begins=0,
                    wished=last + 1,
                    current=Placement(person, (Stretch(first, last + 1, WHOLE_DAY),)),
                )
            )
            at += count + chance.choice((0, 2, 4, 6))
    return Problem(
        {person: Days(calendar, calendar) for person in range(PEOPLE)},
        tuple(_following(pieces, chance)),
    )


def _following(pieces: list[Piece], chance: Random) -> list[Piece]:
    """Dealt out to the projects; a piece follows the last one of its project that ends before."""
    ends: dict[int, list[Piece]] = defaultdict(list)
    found = []
    for piece in sorted(pieces, key=lambda one: one.wished):
        assert piece.current is not None
        project = chance.randrange(PROJECTS)
        before = [one for one in ends[project] if one.wished <= piece.current.begins]
        after = ((before[-1].key, 0),) if before else ()
        ends[project].append(piece)
        found.append(replace(piece, after=after))
    assert len(ends) == PROJECTS
    return found


def without(problem: Problem, person: int) -> Problem:
    """The same, of which one leaves in the middle: what is still to be done of the own pieces."""
    done = {one.key for one in problem.pieces if _of(one, person) and one.wished <= MIDDLE}
    left = [
        replace(
            _left_of(one) if _of(one, person) else one,
            able=tuple(other for other in one.able if other != person),
            after=tuple(link for link in one.after if link[0] not in done),
        )
        for one in problem.pieces
        if one.key not in done
    ]
    people = {other: days for other, days in problem.people.items() if other != person}
    return Problem(people, tuple(left))


def _of(piece: Piece, person: int) -> bool:
    return piece.current is not None and piece.current.person == person


def _left_of(piece: Piece) -> Piece:
    """What of it lies behind the middle."""
    assert piece.current is not None
    first = max(piece.current.begins, MIDDLE)
    days = sum(working(place) for place in range(first, piece.wished))
    where = Placement(piece.current.person, (Stretch(first, piece.wished, WHOLE_DAY),))
    return replace(piece, hours=days * WHOLE_DAY, current=where)


def taken(problem: Problem, placements: Mapping[str, Placement | None]) -> dict[int, list[float]]:
    hours = {person: [0.0] * len(days.given) for person, days in problem.people.items()}
    for placement in placements.values():
        for stretch in placement.stretches if placement else ():
            person = placement.person if placement else 0
            for place in range(stretch.begins, stretch.after):
                if problem.people[person].given[place]:
                    hours[person][place] += stretch.hours
    return hours


def check(problem: Problem, found: Plan) -> None:
    """Nobody gives more than a day has, all of it is done, and nothing before what it follows."""
    for person, hours in taken(problem, found.placements).items():
        free = problem.people[person].free
        assert all(used <= there + SLACK for used, there in zip(hours, free, strict=True)), person
    for piece in problem.pieces:
        placement = found.placements[piece.key]
        assert placement is not None, piece.key
        assert placement.person in piece.able
        given = problem.people[placement.person].given
        done = sum(
            stretch.hours * sum(given[place] > 0 for place in range(stretch.begins, stretch.after))
            for stretch in placement.stretches
        )
        assert done + SLACK >= piece.hours, piece.key
        for key, lag in piece.after:
            before = found.placements[key]
            assert before is not None
            assert placement.begins >= before.after + lag, (key, piece.key)


def test_who_leaves_in_the_middle_of_a_crowded_plan_is_replaced_and_hardly_anything_moves() -> None:
    whole = crowded(seed=3)
    standing = Plan({one.key: one.current for one in whole.pieces}, 0)
    check(whole, standing)
    left = 7
    problem = without(whole, left)
    lost = {one.key for one in problem.pieces if _of(one, left)}
    assert lost
    found = staffing.plan(problem, seconds=10)
    check(problem, found)
    changed = {one.key for one in found.changed(problem)}
    assert lost <= changed
    assert len(changed) <= MOST_TOUCHED * len(whole.pieces)


class Ticking:
    """A clock on which a second passes whenever somebody looks."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return float(self.looks)


def homeless(seed: int) -> Problem:
    """The crowded plan with nothing planned yet: everything may go anywhere."""
    whole = crowded(seed)
    return Problem(whole.people, tuple(replace(one, current=None) for one in whole.pieces))


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were left to choose, each time; it takes what it takes."""
    seconds: list[float] = []
    solved = staffing._solved

    def noted(model: Any, left: float, seed: int) -> Any:
        seconds.append(left)
        return solved(model, 60, seed) if left > 0 else None

    monkeypatch.setattr(staffing, "_solved", noted)
    return seconds


@pytest.mark.parametrize("seconds", [30, 60])
def test_a_search_that_is_larger_than_its_time_mends_what_it_reaches(
    seconds: int, given: list[float]
) -> None:
    """A piece takes a second of this clock, and there are more than seconds."""
    problem, now = homeless(seed=3), Ticking()
    assert len(problem.pieces) > 2 * seconds
    found = staffing.plan(problem, seconds=seconds, now=now)
    reached = {key for key, placement in found.placements.items() if placement is not None}
    assert 0 < len(reached) < seconds
    assert all(0 < left < seconds for left in given)
    assert now.looks <= seconds + MOST_LOOKS_PAST
    mended = tuple(one for one in problem.pieces if one.key in reached)
    kept = tuple(
        replace(one, after=tuple(link for link in one.after if link[0] in reached))
        for one in mended
    )
    check(
        Problem(problem.people, kept), Plan({one.key: found.placements[one.key] for one in kept}, 0)
    )


def test_no_piece_is_looked_at_once_the_time_is_over(given: list[float]) -> None:
    problem, now = homeless(seed=3), Ticking()
    found = staffing.plan(problem, seconds=4, now=now)
    assert now.looks <= 4 + MOST_LOOKS_PAST
    assert all(left <= 0 for left in given), "nor is anything chosen"
    assert sum(placement is not None for placement in found.placements.values()) <= 4
