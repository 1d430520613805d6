"""Weather of a project (sun, cloud or storm) and the reasons for it.

Pure. Source: docs/rules/projects.md, "Weather".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Code = Literal[
    "ends_after_promise",
    "begins_too_late",
    "refused_again_and_again",
    "heavy_risk",
    "nobody_leads",
    "overdue",
    "no_margin",
    "somebody_left",
    "risk",
]
STORMY: Final[frozenset[Code]] = frozenset(
    {"ends_after_promise", "begins_too_late", "refused_again_and_again", "heavy_risk"}
)
HEAVY: Final = 15
NOTABLE: Final = 8
REFUSALS: Final = 3
"""The number of refusals of a deliverable that concerns the whole project."""
MARGIN: Final = 2
"""Working days between the planned end and the promise that are too few to count as margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthInputs:
    """Inputs of the weather. `margin` is in working days, negative when the end is after the
    promise; `left` are packages of people who left the company, `risks` the weights of open
    risks."""

    led: bool
    margin: int | None
    late_by: int
    overdue: int
    refusals: int
    left: int
    risks: Sequence[int]


def health_reasons(seen: HealthInputs) -> list[Code]:
    """Return the reasons, worst first; none when all is well."""
    heaviest = max(seen.risks, default=0)
    found: Iterable[tuple[bool, Code]] = (
        (seen.margin is not None and seen.margin < 0, "ends_after_promise"),
        (seen.late_by > 0, "begins_too_late"),
        (seen.refusals >= REFUSALS, "refused_again_and_again"),
        (heaviest >= HEAVY, "heavy_risk"),
        (not seen.led, "nobody_leads"),
        (seen.overdue > 0, "overdue"),
        (seen.margin is not None and 0 <= seen.margin < MARGIN, "no_margin"),
        (seen.left > 0, "somebody_left"),
        (NOTABLE <= heaviest < HEAVY, "risk"),
    )
    return [code for true, code in found if true]


def weather(found: Iterable[Code]) -> Literal["sun", "cloud", "storm"]:
    codes = set(found)
    if codes & STORMY:
        return "storm"
    return "cloud" if codes else "sun"


def committed_day(baseline: date | None, wanted: date | None) -> date | None:
    """Return the day that binds: the last one promised to the customer, else the wanted one."""
    return baseline or wanted
