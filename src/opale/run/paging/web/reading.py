"""Steps of a plan as a page draws them: when, whom, why, and where on the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opale.run.paging.plans import Called, Planned, PlannedStep
from opale.run.paging.queries import DryRun
from opale.run.paging.wording import why_called, why_skipped


@dataclass(frozen=True, slots=True)
class DrawnPerson:
    """`ways` are moments and words: when by what."""

    person_id: int
    name: str
    why: str
    ways: list[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class DrawnStep:
    round: int
    step: int
    at: datetime
    after: timedelta
    waits: timedelta
    people: list[DrawnPerson]
    skipped: list[str]
    begun: bool = False


def drawn_steps(plan: Planned, *, position: int) -> list[DrawnStep]:
    """Those of a mobilisation; what lies before `position` has begun."""
    first = plan.steps[0].at if plan.steps else plan.ends_at
    return [
        _drawn(step, [_person(who, []) for who in step.people], first, begun=number < position)
        for number, step in enumerate(plan.steps)
    ]


def tried_steps(found: DryRun) -> list[DrawnStep]:
    """Those of a dry run, with the ways by which each person would be reached."""
    return [
        _drawn(
            step.planned,
            [
                _person(who.called, [(at, way.kind_label) for at, way in who.ways])
                for who in step.people
            ],
            found.at,
        )
        for step in found.steps
    ]


def _drawn(
    step: PlannedStep, people: list[DrawnPerson], first: datetime, *, begun: bool = False
) -> DrawnStep:
    return DrawnStep(
        step.round,
        step.step,
        step.at,
        step.at - first,
        step.until - step.at,
        people,
        [why_skipped(one) for one in step.skipped],
        begun,
    )


def _person(who: Called, ways: list[tuple[datetime, str]]) -> DrawnPerson:
    return DrawnPerson(who.person_id, who.name, why_called(who), ways)
