"""Choice of the rules that fit an alert: for each effect the first one, in their order; pure.

Source: docs/rules/rules.md.
"""

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from opale.run.events.domain.conditions import (
    Condition,
    ConditionEvaluator,
    ConditionTimeout,
    Inputs,
    Situation,
)
from opale.run.events.states import RuleEffect

CACHE_SIZE: Final = 20_000
"""Cached outcomes of all rules together, some 10 MB: most alerts are like one before."""

FEW: Final = 4
NO_RULES: Final = frozenset[int]()

InputKey = tuple[int, tuple[Hashable, ...]]


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule as it is tried on alerts. `integration_id` limits it to that source."""

    id: int
    name: str
    effect: RuleEffect
    condition: Condition
    hold_for: timedelta | None = None
    team_id: int | None = None
    team: str = ""
    integration_id: int | None = None


@dataclass(slots=True)
class Decision:
    """The decision on an alert: for each effect the first rule that fits."""

    suppress: ActiveRule | None = None
    hold: ActiveRule | None = None
    route: ActiveRule | None = None
    qualify: ActiveRule | None = None

    @property
    def is_nothing(self) -> bool:
        return self.suppress is self.hold is self.route is self.qualify is None

    def take(self, ruling: ActiveRule) -> None:
        setattr(self, ruling.effect.value, ruling)


class DecisionCache:
    """A cache of which rules fit which inputs: alerts with the same values are decided alike.

    Inputs are cached when seen for the second time: many are never seen again. Once half of
    `CACHE_SIZE` newer outcomes have come, those that nobody asked for meanwhile are dropped.
    """

    def __init__(self) -> None:
        self._once: set[int] = set()
        self._new: dict[InputKey, frozenset[int]] = {}
        self._old: dict[InputKey, frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def get(self, seen: InputKey) -> frozenset[int] | None:
        if (known := self._new.get(seen)) is None and (known := self._old.get(seen)) is not None:
            self._keep(seen, known)
        return known

    def remember(self, of: Inputs, seen: InputKey, fitting: frozenset[int]) -> None:
        """Cache the outcome; `seen` is a key of who looked, and the values of `of`."""
        if (mark := hash(seen)) not in self._once:
            if len(self._once) >= CACHE_SIZE:
                self._once = set()
            self._once.add(mark)
        elif of.may_recur(seen[1]):
            self._keep(seen, fitting)

    def _keep(self, seen: InputKey, fitting: frozenset[int]) -> None:
        if len(self._new) >= CACHE_SIZE // 2:
            self._new, self._old = {}, self._new
        self._new[seen] = fitting


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that read the same inputs, by their places. `key` is the first place.

    Where a few rules all need a text, finding that none of them fits is faster than the cache.
    """

    integration_id: int | None
    inputs: Inputs
    rulings: Mapping[int, ActiveRule]
    key: int = field(init=False)
    told_at_once: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", min(self.rulings))
        needs = all(one.condition.needed for one in self.rulings.values())
        object.__setattr__(self, "told_at_once", needs and len(self.rulings) <= FEW)

    def concerns(self, integration_id: int) -> bool:
        return self.integration_id in (None, integration_id)

    def may_fit(self, situation: Situation) -> dict[int, ActiveRule]:
        return {
            place: one for place, one in self.rulings.items() if one.condition.may_fit(situation)
        }


class ActiveRules:
    """Rules in their order, tried one alert after another. `zone` is that of hours and weekdays.

    The rules that read only what many alerts have in common are cached together, before the
    others.
    """

    def __init__(self, rulings: Iterable[ActiveRule], zone: tzinfo) -> None:
        self._all = tuple(rulings)
        self.zone = zone
        self.variables = frozenset().union(*(one.condition.variables for one in self._all))
        by_inputs: dict[tuple[int | None, Inputs], dict[int, ActiveRule]] = defaultdict(dict)
        for place, one in enumerate(self._all):
            by_inputs[one.integration_id, one.condition.inputs][place] = one
        alike = [RuleGroup(*key, rulings) for key, rulings in by_inputs.items()]
        self.shared = [one for one in alike if one.inputs.are_shared]
        self.others = [one for one in alike if not one.inputs.are_shared]
        self.inputs = Inputs.together(one.inputs for one in self.shared)
        self.memory = DecisionCache()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActiveRules) and (self._all, self.zone) == (other._all, other.zone)

    __hash__ = None  # type: ignore[assignment]  # the cache grows

    def __iter__(self) -> Iterator[ActiveRule]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, place: int) -> ActiveRule:
        return self._all[place]

    def only(self, effect: RuleEffect) -> "ActiveRules":
        return ActiveRules((one for one in self._all if one.effect == effect), self.zone)


class AppliedEffects(msgspec.Struct, frozen=True):
    """The effects that rules have had on an alert."""

    suppressed: int | None = None
    held: int | None = None
    until: datetime | None = None
    team: int | None = None
    routed: int | None = None
    qualifies: int | None = None


NO_EFFECTS: Final = AppliedEffects()


class RuleEvaluator:
    """Evaluator of rules on one alert after another, in one thread. `slow` are too slow rules.

    One timeout may be due to a busy machine. The rule is then tried once more, by the time of the
    processor alone, which costs more to ask for.
    """

    def __init__(self, rulings: ActiveRules) -> None:
        self._rulings = rulings
        self._trier = ConditionEvaluator()
        self._decisions: dict[frozenset[int], Decision] = {}
        self._others: dict[int, tuple[RuleGroup, ...]] = {}
        self.slow: dict[int, ActiveRule] = {}

    def decide(self, situation: Situation, integration_id: int) -> Decision:
        fitting = self._shared(situation, integration_id)
        if (others := self._others.get(integration_id)) is None:
            others = tuple(one for one in self._rulings.others if one.concerns(integration_id))
            self._others[integration_id] = others
        for alike in others:
            if found := self._fitting(alike, situation):
                fitting |= found
        if (decision := self._decisions.get(fitting)) is None:
            decision = self._decisions[fitting] = self._first_of_each(fitting)
        return decision

    def _first_of_each(self, fitting: frozenset[int]) -> Decision:
        decision, decided = Decision(), set[str]()
        for ruling in (self._rulings[place] for place in sorted(fitting)):
            if ruling.effect not in decided and ruling.id not in self.slow:
                decided.add(ruling.effect)
                decision.take(ruling)
        return decision

    def _shared(self, situation: Situation, integration_id: int) -> frozenset[int]:
        rulings = self._rulings
        seen = (-integration_id, rulings.inputs.of(situation))
        if (known := rulings.memory.get(seen)) is not None:
            return known
        before = len(self.slow)
        concerned = [one for one in rulings.shared if one.concerns(integration_id)]
        found = frozenset[int]().union(*(self._fitting(one, situation) for one in concerned))
        if len(self.slow) == before:
            rulings.memory.remember(rulings.inputs, seen, found)
        return found

    def _fitting(self, alike: RuleGroup, situation: Situation) -> frozenset[int]:
        if alike.told_at_once and not alike.may_fit(situation):
            return NO_RULES
        memory = self._rulings.memory
        seen = (alike.key, alike.inputs.of(situation))
        if (known := memory.get(seen)) is not None:
            return known
        before = len(self.slow)
        may_fit = alike.may_fit(situation)
        if may_fit:
            self._trier.look_at(situation, alike.inputs)
        found = frozenset(place for place, one in may_fit.items() if self._fits(one))
        if len(self.slow) == before:
            memory.remember(alike.inputs, seen, found)
        return found

    def _fits(self, ruling: ActiveRule) -> bool:
        if ruling.id in self.slow:
            return False
        for clock in (time.perf_counter, time.thread_time):
            try:
                return self._trier.fits(ruling.condition, clock=clock)
            except ConditionTimeout:
                continue
        self.slow[ruling.id] = ruling
        self._decisions.clear()
        return False
