"""Conditions of rules: evaluated on an alert, and stopped when they take too long.

Patterns are RE2's, as those of silences are.
Source: docs/rules/rules.md, "The language".
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final, cast

import msgspec

from opale.conditions.cel import cel
from opale.conditions.patterns import compile_pattern
from opale.run.events.states import Severity

MAX_LABELS: Final = 100
"""The most labels that a loop over all of them sees."""
MAX_TEXT_LENGTH: Final = 4_000
"""The most letters of a text or a label that are read."""
TIMEOUT_SECONDS: Final = 0.05
"""The longest time of one condition for one alert."""

SEVERITY_NUMBERS: Final = {grade.name.lower(): int(grade) for grade in Severity if grade}
TEXTS: Final = ("name", "text", "integration", "source", "item", "service", "customer")
CONTRACT_TEXTS: Final = ("site", "plan", "stream")
NUMBERS: Final = ("severity", "hour", "weekday", "times")
TEXT_VARIABLES: Final = frozenset({*TEXTS, *CONTRACT_TEXTS})
VARIABLES: Final = frozenset({*TEXTS, *CONTRACT_TEXTS, *NUMBERS, "age", "labels"})
Clock = Callable[[], float]
SAID, FITS, LOWERED = "called", "fitting", "_lowered"
"""The names that the library gets for `labels`, `matches` and `.lower()` after a variable: as long,
so that columns stay where they are.

`called` is a label or the empty text; `fitting` is our own bounded search, its patterns kept;
`name_lowered` is a variable, for the library takes three times as long when it has to call us.
"""


SHORT: Final = 400
MAX_LABEL_NAMES: Final = 30
"""Values that are longer, or more than these, hardly recur."""
ALERT_VARIABLES: Final = frozenset({"name", "text", "age", "labels"})
"""Variables whose values often belong to one alert alone."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of conditions: where their values are the same, so are the outcomes."""

    variables: frozenset[str]
    labels: frozenset[str]
    _variables: Callable[[Any], Hashable] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named = sorted(self.variables - {"labels"})
        object.__setattr__(self, "_variables", attrgetter(*named) if named else None)

    @classmethod
    def together(cls, inputs: Iterable["Inputs"]) -> "Inputs":
        every = tuple(inputs)
        return cls(
            frozenset().union(*(one.variables for one in every)),
            frozenset().union(*(one.labels for one in every)),
        )

    @property
    def are_shared(self) -> bool:
        """Return whether many alerts have the values of these inputs in common."""
        return self.variables.isdisjoint(ALERT_VARIABLES)

    def of(self, situation: "Situation") -> tuple[Hashable, ...]:
        said = situation.labels
        return (
            self._variables(situation) if self._variables else None,
            frozenset(said.items()) if "labels" in self.variables else frozenset(),
            *map(said.get, self.labels),
        )

    def may_recur(self, values: tuple[Hashable, ...]) -> bool:
        """Return whether these values are worth caching: an age never recurs."""
        variables, every, *said = values
        if "age" in self.variables or len(cast("frozenset[object]", every)) > MAX_LABEL_NAMES:
            return False
        return len(repr((variables, every, said))) <= SHORT


class RequiredText(msgspec.Struct, frozen=True):
    """A text that a variable, or the label of that name where it is `labels`, has to contain."""

    text: str
    variable: str
    label: str = ""
    lowered: bool = False

    def stands_in(self, situation: "Situation") -> bool:
        if self.variable == "labels":
            said = _text(situation.labels.get(self.label))
        else:
            said = getattr(situation, self.variable)[:MAX_TEXT_LENGTH]
        return self.text in (said.lower() if self.lowered else said)


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition. `variables` are those that it reads, `labels` those read by name.

    Without what is `needed` it does not fit.
    """

    source: str
    program: Any = field(repr=False, compare=False)
    variables: frozenset[str]
    labels: frozenset[str]
    needed: tuple[RequiredText, ...] = ()

    @property
    def inputs(self) -> Inputs:
        return Inputs(self.variables, self.labels)

    def may_fit(self, situation: "Situation") -> bool:
        """Return whether the condition is worth evaluating: this costs a tenth of that."""
        for one in self.needed:  # noqa: SIM110  # a third of the time of `all`
            if not one.stands_in(situation):
                return False
        return True

    @property
    def turns_with_time(self) -> bool:
        """Return whether the outcome may change with time alone, without an event."""
        return bool(self.variables & {"hour", "weekday", "age"})


class Situation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The values of an alert that a condition may read. An unknown one is the empty text."""

    severity: int
    name: str
    text: str = ""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    integration: str = ""
    source: str = ""
    item: str = ""
    service: str = ""
    customer: str = ""
    site: str = ""
    plan: str = ""
    stream: str = ""
    hour: int = 0
    weekday: int = 1
    age: timedelta = timedelta()
    times: int = 1


class ConditionTimeout(Exception):
    """A condition was stopped: it must not be tried on every alert."""


class ConditionEvaluator:
    """Evaluator of conditions on one situation after another; for one thread."""

    def __init__(self) -> None:
        self.seconds = TIMEOUT_SECONDS
        self._begin(time.perf_counter)
        self._context = cel.Context(
            {**SEVERITY_NUMBERS, SAID: {}}, {FITS: self._search, "lower": _lower}
        )

    def look_at(self, situation: Situation, inputs: Inputs) -> None:
        """Set the situation for the next evaluations, of which the library gets these inputs."""
        wanted: dict[str, Any] = {}
        for name in inputs.variables - {"labels"}:
            value = getattr(situation, name)
            if isinstance(value, str):
                value = value[:MAX_TEXT_LENGTH]
                wanted[name + LOWERED] = value.lower()
            wanted[name] = value
        if inputs.labels:
            said = situation.labels
            wanted[SAID] = {name: _text(said.get(name)) for name in inputs.labels}
        if "labels" in inputs.variables:
            first = sorted(situation.labels)[:MAX_LABELS]
            wanted["labels"] = {name: _text(situation.labels[name]) for name in first}
        self._context.update(wanted)

    def fits(self, condition: Condition, *, clock: Clock = time.perf_counter) -> bool:
        """Return whether the condition is fulfilled; False where it cannot be worked out.

        Errors: ConditionTimeout, by this clock.
        """
        self._begin(clock)
        try:
            fits = condition.program.execute(self._context) is True
        except (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError):
            fits = False
        if self._stopped or clock() > self._stop_at:
            raise ConditionTimeout(condition.source)
        return fits

    def outcome(self, condition: Condition) -> object:
        """Return the outcome or the error; None where that depends on what labels say."""
        self._begin(time.perf_counter)
        try:
            return condition.program.execute(self._context)
        except (TypeError, ArithmeticError) as error:
            return error
        except (RuntimeError, LookupError, ValueError) as error:
            # A label that holds no number is no fault of the condition.
            return None if "Function '" in str(error) or isinstance(error, KeyError) else error

    def _begin(self, clock: Clock) -> None:
        self._clock, self._stop_at, self._stopped = clock, clock() + self.seconds, False

    def _search(self, text: object, pattern: object) -> bool:
        # It must not raise: the library would print it.
        if self._stopped or self._clock() > self._stop_at:
            self._stopped = True
            return False
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        return compile_pattern(pattern).search(text) is not None


def _lower(text: object) -> str:
    return text.lower() if isinstance(text, str) else ""


def _text(value: object) -> str:
    return value[:MAX_TEXT_LENGTH] if isinstance(value, str) else ""
