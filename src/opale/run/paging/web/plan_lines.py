"""Lines of an escalation plan for pages: when, whom, why, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opale.run.paging.domain.escalation_plans import EscalationPlan, PagedPerson, PlannedStep
from opale.run.paging.queries.page_texts import why_called, why_skipped
from opale.run.paging.queries.policies import DryRun


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person of a step; `ways` are pairs of a moment and the contact used then."""

    person_id: int
    name: str
    why: str
    ways: list[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class StepLine:
    round: int
    step: int
    at: datetime
    after: timedelta
    waits: timedelta
    people: list[PersonLine]
    skipped: list[str]
    begun: bool = False


def plan_lines(plan: EscalationPlan, *, position: int) -> list[StepLine]:
    """Return the lines of a mobilisation; those before `position` have begun."""
    first = plan.steps[0].at if plan.steps else plan.ends_at
    return [
        _drawn(step, [_person(who, []) for who in step.people], first, begun=number < position)
        for number, step in enumerate(plan.steps)
    ]


def dry_run_lines(found: DryRun) -> list[StepLine]:
    """Return the lines of a dry run, with the contacts of each person."""
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
    step: PlannedStep, people: list[PersonLine], first: datetime, *, begun: bool = False
) -> StepLine:
    return StepLine(
        step.round,
        step.step,
        step.at,
        step.at - first,
        step.until - step.at,
        people,
        [why_skipped(one) for one in step.skipped],
        begun,
    )


def _person(who: PagedPerson, ways: list[tuple[datetime, str]]) -> PersonLine:
    return PersonLine(who.person_id, who.name, why_called(who), ways)
