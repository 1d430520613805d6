"""Staffing search: which person does which piece of work on which days, from the present plan.

Each piece may stay, or be placed elsewhere at a cost; CP-SAT chooses the cheapest options that fit
together. At first only misplaced pieces may move, then also those in their way. The clock is
checked before each piece: pieces that are not reached stay as they are. Heavy: only for the
planner's process.

Source: docs/rules/planner.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Final

from ortools.sat.python import cp_model

from opale.planning.first_fit import PlacementOption, consume_hours, first_fit, hours_of
from opale.planning.hour_allocation import SLACK, days_of_work, earliest_fit
from opale.planning.staffing_model import Days, Piece, Placement, Plan, Problem

SCALE: Final = 100
TOUCHED: Final = 100
OTHER_PERSON: Final = 60
DAY_LATE: Final = 80
DAY_MOVED: Final = 2
UNPLACED: Final = 1_000_000
STARTS: Final = 6
MOST_ENDS: Final = 12
PEOPLE: Final = 8
ROUNDS: Final = 3
MOST_FREED: Final = 60
REVIEW_SHARE: Final = 0.4
"""The share of the remaining time for finding options; the rest is for choosing among them."""

Clock = Callable[[], float]
Chosen = dict[str, list[tuple[PlacementOption, cp_model.IntVar]]]
OnImprovement = Callable[[Plan], bool]


class _Search:
    def __init__(self, problem: Problem, seconds: float, seed: int, now: Clock) -> None:
        self.problem, self.seed, self.now = problem, seed, now
        self.until = now() + seconds
        self.pieces = {one.key: one for one in problem.pieces}
        self.standing: dict[str, Placement | None] = {
            one.key: one.current for one in problem.pieces
        }

    @property
    def left(self) -> float:
        return self.until - self.now()

    def free_beside(self, freed: Iterable[str]) -> dict[int, list[float]]:
        """Return the free hours of each person's days, beside all pieces that are not freed."""
        gone = set(freed)
        free = {key: list(days.free) for key, days in self.problem.people.items()}
        for key, placement in self.standing.items():
            if placement is not None and key not in gone and placement.person in free:
                consume_hours(
                    self.problem.people[placement.person].given, free[placement.person], placement
                )
        return free


def plan(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    tell: OnImprovement = lambda found: True,
    now: Clock = monotonic,
) -> Plan:
    """Return the improved plan. `tell` is called with each better one, and stops the search by
    returning False.

    Units: `seconds` for all of it, by the clock `now`; past them no further piece is looked at.
    """
    search = _Search(problem, seconds, seed, now)
    freed = _with_followers(problem, find_misplaced(problem))
    best = Plan(dict(search.standing), UNPLACED * (1 + len(freed)))
    if not freed:
        return Plan(dict(search.standing), 0)
    for _round in range(ROUNDS):
        if search.left <= 0:
            break
        found = _chosen(search, freed)
        if found is not None and found.cost < best.cost:
            best = found
            if not tell(best):
                break
        if best.cost <= (TOUCHED + OTHER_PERSON) * len(freed):
            break
        wider = _with_followers(problem, _in_the_way(search, freed))
        if wider == freed:
            break
        freed = wider
    return best


def find_misplaced(problem: Problem) -> set[str]:
    """Return the pieces without a place, or with an invalid one: a day without the hours, or too
    early."""
    free = {key: list(days.free) for key, days in problem.people.items()}
    found = set()
    ends = {one.key: one.current.after for one in problem.pieces if one.current is not None}
    for one in problem.pieces:
        placement = one.current
        if placement is None or placement.person not in free:
            found.add(one.key)
        else:
            consume_hours(problem.people[placement.person].given, free[placement.person], placement)
            early = any(placement.begins < ends.get(before, 0) + lag for before, lag in one.after)
            if early or placement.begins < one.begins or _on_frozen(problem, one):
                found.add(one.key)
    for one in problem.pieces:
        placement = one.current
        if placement is None or one.key in found or placement.person not in free:
            continue
        given, left = problem.people[placement.person].given, free[placement.person]
        if any(given[day] > 0 and left[day] < -SLACK for day in _days(placement, len(given))):
            found.add(one.key)
    return found - {one.key for one in problem.pieces if one.pinned}


def _with_followers(problem: Problem, freed: set[str]) -> set[str]:
    """Add the successors of freed pieces, which may have to move with them."""
    found = set(freed)
    while True:
        more = {
            one.key
            for one in problem.pieces
            if not one.pinned
            and one.key not in found
            and any(before in found for before, _lag in one.after)
        }
        if not more:
            return found
        found |= more


def _on_frozen(problem: Problem, one: Piece) -> bool:
    if one.current is None or not one.frozen:
        return False
    given = problem.people[one.current.person].given
    return any(given[day] > 0 and day in one.frozen for day in _days(one.current, len(given)))


def _chosen(search: _Search, freed: set[str]) -> Plan | None:
    """Return the plan with the cheapest options of the freed pieces, all others unchanged.

    Connected pieces are solved together, group by group; groups for which no time is left stay as
    they are.
    """
    free = search.free_beside(freed)
    ways: dict[str, list[PlacementOption]] = {}
    spared = search.left * (1 - REVIEW_SHARE)
    for group in _groups(search, freed):
        if ways and search.left <= spared:
            break
        for key in group:
            if search.left <= 0:
                return None
            piece = search.pieces[key]
            ways[key] = _ways(search, piece, free, _after_others(search, piece, ways))
    free = search.free_beside(ways)
    picked = first_fit(search.problem, ways, free, search.standing)
    if search.left > 0:
        picked = _cheapest(search, ways, free, picked)
    placements = search.standing | {key: way.placement for key, way in picked.items()}
    missed = UNPLACED * (len(freed) - len(ways))
    return Plan(placements, sum(way.cost for way in picked.values()) + missed)


def _cheapest(
    search: _Search,
    ways: Mapping[str, Sequence[PlacementOption]],
    free: Mapping[int, Sequence[float]],
    picked: dict[str, PlacementOption],
) -> dict[str, PlacementOption]:
    """Improve the picked options within the remaining time."""
    model = cp_model.CpModel()
    chosen: Chosen = {}
    for key, own in ways.items():
        if search.left <= 0:
            return picked
        chosen[key] = [(way, model.new_bool_var("")) for way in own]
        model.add_exactly_one(pick for _way, pick in chosen[key])
        for way, pick in chosen[key]:
            model.add_hint(pick, way is picked[key])
    load: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
    for picks in chosen.values():
        for way, pick in picks:
            if way.placement is not None:
                given = search.problem.people[way.placement.person].given
                for day, hours in hours_of(given, way.placement):
                    load[way.placement.person, day].append((round(hours * SCALE), pick))
    if search.left <= 0:
        return picked
    for (person, day), asked in load.items():
        room = max(0, round(free[person][day] * SCALE))
        if sum(hours for hours, _pick in asked) > room:
            model.add(_weighed(asked) <= room)
    _in_order(model, search, chosen)
    model.minimize(_weighed([(way.cost, pick) for picks in chosen.values() for way, pick in picks]))
    solver = _solved(model, search.left, search.seed)
    if solver is None:
        return picked
    return {
        key: next(way for way, pick in picks if solver.value(pick)) for key, picks in chosen.items()
    }


def _weighed(terms: Sequence[tuple[int, cp_model.IntVar]]) -> cp_model.LinearExpr:
    """Build the weighted sum in one call: adding terms one by one takes longer than solving."""
    return cp_model.LinearExpr.weighted_sum([pick for _n, pick in terms], [n for n, _pick in terms])


def _solved(model: cp_model.CpModel, seconds: float, seed: int) -> cp_model.CpSolver | None:
    """Return the solver with a solution found in these seconds, or None."""
    if seconds <= 0:
        return None
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    return solver if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _groups(search: _Search, freed: set[str]) -> list[list[str]]:
    """Return groups of connected pieces, predecessors first; the smallest group first, so that as
    many as possible are reached."""
    group = {key: key for key in freed}

    def top(key: str) -> str:
        while group[key] != key:
            group[key] = group[group[key]]
            key = group[key]
        return key

    for key in freed:
        for before, _lag in search.pieces[key].after:
            if before in freed:
                group[top(key)] = top(before)
    found: dict[str, list[str]] = {}
    for key in _first_things_first(search, freed):
        found.setdefault(top(key), []).append(key)
    return sorted(found.values(), key=len)


def _first_things_first(search: _Search, freed: set[str]) -> list[str]:
    """Sort predecessors before successors; a cycle is cut somewhere."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(key: str) -> None:
        if key in seen or key not in freed:
            return
        seen.add(key)
        for before, _lag in search.pieces[key].after:
            visit(before)
        order.append(key)

    for key in sorted(freed):
        visit(key)
    return order


def _after_others(
    search: _Search, piece: Piece, ways: Mapping[str, Sequence[PlacementOption]]
) -> list[int]:
    """Return the possible starts of a piece, from the possible ends of its predecessors."""
    found = set()
    for before, lag in piece.after:
        standing = search.standing.get(before)
        placements = [way.placement for way in ways.get(before, ())] or [standing]
        found |= {one.after + lag for one in placements if one is not None}
    return sorted(found)[:MOST_ENDS]


def _in_order(
    model: cp_model.CpModel,
    search: _Search,
    chosen: Chosen,
) -> None:
    """Constrain each piece to begin after its predecessors, wherever both are placed."""
    for one in search.problem.pieces:
        for before, lag in one.after:
            if before not in search.pieces or (one.key not in chosen and before not in chosen):
                continue
            begins = _moment(search, chosen, one.key, begins=True)
            ends = _moment(search, chosen, before, begins=False)
            if begins is not None and ends is not None:
                model.add(begins >= ends + lag)


def _moment(
    search: _Search,
    chosen: Chosen,
    key: str,
    *,
    begins: bool,
) -> "cp_model.LinearExprT | None":
    """Return the start or end of a piece; an unplaced one begins after all, and ends before."""
    far = max((len(days.given) for days in search.problem.people.values()), default=0) * 2
    if key not in chosen:
        standing = search.standing[key]
        if standing is None:
            return None
        return standing.begins if begins else standing.after
    terms = []
    for way, pick in chosen[key]:
        if way.placement is None:
            at = far if begins else 0
        else:
            at = way.placement.begins if begins else way.placement.after
        terms.append((at, pick))
    return _weighed(terms)


def _ways(
    search: _Search, piece: Piece, free: Mapping[int, Sequence[float]], ends: Sequence[int] = ()
) -> list[PlacementOption]:
    """Return the options of a piece: its present place, the first and some later ones of each able
    person, and none."""
    people = search.problem.people
    able = [key for key in piece.able if key in people]
    if piece.current is not None and piece.current.person in people:
        own = piece.current.person
        able = [own] + [key for key in able if key != own]
    found: dict[Placement, PlacementOption] = {}
    if piece.current is not None and piece.current.person in people:
        found[piece.current] = PlacementOption(piece.current, _cost(piece, piece.current, people))
        if piece.current.begins < piece.begins or _on_frozen(search.problem, piece):
            del found[piece.current]
    for person in able[: PEOPLE + 1]:
        given = people[person].given
        left = [0.0 if day in piece.frozen else hours for day, hours in enumerate(free[person])]
        starts = [max(piece.begins, end) for end in ends]
        if piece.current is not None:
            starts.append(max(piece.begins, piece.current.begins))
        fits = [earliest_fit(given, left, piece.hours, begins=start) for start in starts]
        start = piece.begins
        for _start in range(STARTS):
            fit = earliest_fit(given, left, piece.hours, begins=start)
            if fit is None:
                break
            fits.append(fit)
            start = fit.begins + max(1, (fit.after - fit.begins) // 2)
        for fit in fits:
            if fit is not None:
                placement = Placement(person, fit.stretches)
                found.setdefault(
                    placement, PlacementOption(placement, _cost(piece, placement, people))
                )
    return [*found.values(), PlacementOption(None, UNPLACED)]


def _cost(piece: Piece, placement: Placement, people: Mapping[int, Days]) -> int:
    """Return the cost: most for late days; for planned pieces also for the change, the person and
    the distance."""
    given = people[placement.person].given
    late = days_of_work(given, piece.wished, min(placement.after, len(given)))
    cost = DAY_LATE * late
    was = piece.current
    if was is None:
        return cost + max(0, placement.begins - piece.begins)
    if placement == was:
        return cost
    cost += TOUCHED + DAY_MOVED * min(30, abs(placement.begins - was.begins))
    return cost + (OTHER_PERSON if placement.person != was.person else 0)


def _in_the_way(search: _Search, freed: set[str]) -> set[str]:
    """Return the freed pieces, and movable ones that occupy their earliest places."""
    empty = search.free_beside(search.pieces)
    wanted: dict[int, set[int]] = defaultdict(set)
    for key in freed:
        piece = search.pieces[key]
        for person in piece.able[:PEOPLE]:
            if person not in search.problem.people:
                continue
            given = search.problem.people[person].given
            fit = earliest_fit(given, empty[person], piece.hours, begins=piece.begins)
            if fit is not None:
                wanted[person].update(range(fit.begins, fit.after))
    wider = set(freed)
    for one in search.problem.pieces:
        placement = search.standing[one.key]
        if one.pinned or placement is None or len(wider) >= MOST_FREED:
            continue
        if wanted[placement.person] & set(range(placement.begins, placement.after)):
            wider.add(one.key)
    return wider


def _days(placement: Placement, most: int) -> Iterable[int]:
    for stretch in placement.stretches:
        yield from range(max(0, stretch.begins), min(stretch.after, most))
