"""The content of a policy, and the plan made of it at the start: whom to page, when, and why.

Both are kept as JSON: the content of a version is never changed, and a mobilisation keeps the plan
that it began with. Source: docs/rules/paging.md.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

Kind = Literal["person", "duty", "team", "round_robin", "manager"]
PageReason = Literal["person", "shift", "standby", "team", "round_robin", "manager", "team_manager"]
SkipReason = Literal["nobody_on_duty", "nobody_in_team", "left", "twice"]
MAX_STEPS: Final = 20
MAX_ROUNDS: Final = 10
MAX_WAIT: Final = timedelta(hours=24)


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a step pages. `duty` narrows the people on duty to those on shift or on stand-by."""

    kind: Kind
    person_id: int | None = None
    team_id: int | None = None
    duty: Literal["any", "staffed", "standby"] = "any"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People to page, and how long to wait for an answer before the next step."""

    targets: tuple[Target, ...]
    minutes: int = 5


class Conditions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions under which a policy matches: an empty one always does.

    `min_severity` is of alerts (5 is critical), `max_priority` of tickets (1 is the most urgent).
    `weekdays` are 0 (Monday) to 6 and `since`, `until` are times of day `HH:MM` in `zone`; a span
    that ends before it begins goes over midnight and belongs to the day on which it began.
    """

    triggers: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    streams: tuple[str, ...] = ()
    customer_ids: tuple[int, ...] = ()
    min_severity: int = 0
    max_priority: int = 0
    weekdays: tuple[int, ...] = ()
    since: str = ""
    until: str = ""
    zone: str = "Europe/Paris"

    @property
    def timed(self) -> bool:
        """Whether the day or the hour matters, which need a time zone."""
        return bool(self.weekdays or self.since)


class PolicyContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of one version of a policy. `repeat` is how many rounds follow the first;
    `again_minutes` after an answer people are paged again if the thing is still open, 0 for never.
    """

    steps: tuple[Step, ...]
    repeat: int = 1
    again_minutes: int = 0
    conditions: Conditions = Conditions()


class PagedPerson(msgspec.Struct, frozen=True):
    """A person whom a step pages, and why: `team` by name, `until` the end of the duty."""

    person_id: int
    name: str
    why: PageReason
    team: str = ""
    until: datetime | None = None


class SkippedTarget(msgspec.Struct, frozen=True):
    """A target of a step that resolves to nobody."""

    why: SkipReason
    name: str = ""


class PlannedStep(msgspec.Struct, frozen=True):
    """A resolved step of one round: it begins `at` and waits until `until`."""

    round: int
    step: int
    at: datetime
    until: datetime
    people: tuple[PagedPerson, ...] = ()
    skipped: tuple[SkippedTarget, ...] = ()


class EscalationPlan(msgspec.Struct, frozen=True):
    """All steps and rounds; from `ends_at` on the on-call manager of `team_id` is paged."""

    steps: tuple[PlannedStep, ...]
    ends_at: datetime
    team_id: int


def to_record(value: msgspec.Struct) -> Any:
    return msgspec.to_builtins(value)


def parse_content(record: Any) -> PolicyContent:
    """Errors: msgspec.ValidationError."""
    return msgspec.convert(record, PolicyContent)


def parse_plan(record: Any) -> EscalationPlan:
    return msgspec.convert(record, EscalationPlan)
