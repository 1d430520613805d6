"""Which rules fit an alert: of each effect the first one, in their order; pure.

Source: docs/rules/rules.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from opale.run.events.conditions import Condition, Situation, TookTooLong, Trier
from opale.run.events.states import RuleEffect


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule as far as alerts are tried on it. `integration_id` limits it to that source."""

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
    """What rules do to an alert: of each effect the first rule that fits."""

    suppress: Ruling | None = None
    hold: Ruling | None = None
    route: Ruling | None = None
    qualify: Ruling | None = None

    def take(self, ruling: Ruling) -> None:
        setattr(self, ruling.effect.value, ruling)


class Rulings:
    """Rules in their order, tried one alert after another. `zone` is that of hours and weekdays."""

    def __init__(self, rulings: Iterable[Ruling], zone: tzinfo) -> None:
        self._all = tuple(rulings)
        self.zone = zone
        self.variables = frozenset().union(*(one.condition.variables for one in self._all))

    def __iter__(self) -> Iterator[Ruling]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def only(self, effect: RuleEffect) -> "Rulings":
        return Rulings((one for one in self._all if one.effect == effect), self.zone)


class Judge:
    """Decides for one alert after another, in one thread. `slow` are rules that took too long.

    A rule is slow when it takes too long twice in a row: once may be the machine.
    """

    def __init__(self, rulings: Rulings) -> None:
        self._rulings = rulings
        self._trier = Trier([one.condition for one in rulings])
        self.slow: dict[int, Ruling] = {}

    def decide(self, situation: Situation, integration_id: int) -> Decision:
        self._trier.look_at(situation)
        decision, decided = Decision(), set[str]()
        for ruling in self._rulings:
            if ruling.effect in decided or ruling.id in self.slow:
                continue
            if ruling.integration_id not in (None, integration_id):
                continue
            if self._fits(ruling):
                decided.add(ruling.effect)
                decision.take(ruling)
        return decision

    def _fits(self, ruling: Ruling) -> bool:
        for _attempt in range(2):
            try:
                return self._trier.fits(ruling.condition)
            except TookTooLong:
                continue
        self.slow[ruling.id] = ruling
        return False
