"""Penalties of a contract for a broken promise, in percent of the month's fee of the service.

Pure: terms as they are stored, percentages as they come out. Exact decimals throughout.
Source: docs/rules/clocks.md, "Penalties".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from typing import Any

HOUR = timedelta(hours=1)
CENT = Decimal("0.01")
MOST_STEPS = 10


class TermsFault(Enum):
    """The reasons why terms cannot be computed."""

    UNKNOWN = "a member that terms do not have"
    KINDS = "both kinds of terms, or neither"
    STEPS = "not a list of one to ten steps"
    STEP = "a step that is not its two members"
    PERCENT = "not a number above 0 and at most 100"


class InvalidTerms(ValueError):
    """Terms that say nothing that can be computed: `member` is what is wrong, such as
    `steps[2].percent` (the second step's), and `value` what stands there."""

    def __init__(self, flaw: TermsFault, member: str = "", value: Any = None) -> None:
        super().__init__(flaw, member, value)
        self.flaw, self.member, self.value = flaw, member, value


@dataclass(frozen=True, slots=True)
class StepTerms:
    """Percentages for availability below given values: of the steps reached the highest counts."""

    steps: tuple[tuple[Decimal, Decimal], ...]
    cap: Decimal

    def percent(self, availability: Decimal) -> Decimal:
        reached = [percent for below, percent in self.steps if availability < below]
        return min(max(reached, default=Decimal(0)), self.cap)


@dataclass(frozen=True, slots=True)
class HourTerms:
    """A percentage for each hour begun beyond the time promised."""

    per_hour: Decimal
    cap: Decimal

    def percent(self, beyond: timedelta) -> Decimal:
        """Return the percentage owed. Units: `beyond` in the hours that count for the promise."""
        if beyond <= timedelta():
            return Decimal(0)
        return min(self.per_hour * -(-beyond // HOUR), self.cap)


Terms = StepTerms | HourTerms


def parse_terms(terms: Mapping[str, Any]) -> Terms | None:
    """Return a commitment's terms; None where none were agreed. Without cap it is the whole fee.

    Errors: BadTerms.
    """
    if not terms:
        return None
    if unknown := set(terms) - {"steps", "per_hour", "cap"}:
        raise InvalidTerms(TermsFault.UNKNOWN, member := min(unknown), terms[member])
    cap = _percent(terms["cap"], "cap") if "cap" in terms else Decimal(100)
    if ("steps" in terms) == ("per_hour" in terms):
        raise InvalidTerms(TermsFault.KINDS)
    if "per_hour" in terms:
        return HourTerms(_percent(terms["per_hour"], "per_hour"), cap)
    steps = terms["steps"]
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise InvalidTerms(TermsFault.STEPS, "steps", steps)
    numbered = enumerate(steps, start=1)
    return StepTerms(tuple(_step(step, f"steps[{place}]") for place, step in numbered), cap)


def penalty_amount(fee: Decimal, percent: Decimal) -> Decimal:
    """Return so many percent of a fee, to the cent, half a cent upwards."""
    return (fee * percent / 100).quantize(CENT, ROUND_HALF_UP)


def _step(step: Any, member: str) -> tuple[Decimal, Decimal]:
    if not isinstance(step, dict) or set(step) != {"below", "percent"}:
        raise InvalidTerms(TermsFault.STEP, member, step)
    below, percent = (_percent(step[name], f"{member}.{name}") for name in ("below", "percent"))
    return below, percent


def _percent(value: Any, member: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise InvalidTerms(TermsFault.PERCENT, member, value) from error
    if not found.is_finite() or not 0 < found <= 100:
        raise InvalidTerms(TermsFault.PERCENT, member, value)
    return found
