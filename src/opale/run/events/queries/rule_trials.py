"""Trials: what a rule would have done with the events of the last week; nothing is written.

Source: docs/rules/rules.md, "The trial".
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from django.db.models import Q, QuerySet

from opale.customers.queries.lookups import PlanMatch, Sold
from opale.kernel.actor import Actor
from opale.kernel.models import Fact
from opale.run.events.domain.conditions import ConditionEvaluator, ConditionTimeout
from opale.run.events.domain.rules import ActiveRule, ActiveRules
from opale.run.events.facts import AlertsCall
from opale.run.events.models import Alert, Event
from opale.run.events.queries.rules import (
    INPUT_COLUMNS,
    EvaluationTime,
    RuleInput,
    match_support_plans,
)
from opale.run.events.states import RuleEffect

LOOKED_BACK: Final = timedelta(days=7)
AT_ONCE: Final = 5_000
"""The most events that are tried within a request; more are tried by a job."""
MAX_EVENTS: Final = 200_000
CHUNK: Final = 2_000
EXAMPLES: Final = 8

Key = tuple[int, str]
Outcome = Literal["suppressed", "never", "later", "routed", "opened", "joined", "fits"]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TrialExample:
    """An alert that fits, when it last did, and what the rule would have done."""

    alert_id: int
    title: str
    severity: int
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TrialDay:
    day: date
    events: int
    fitting: int


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of a trial.

    `calls` are those that fit and were made; of them `spared` would not have been made, and
    `later` only after the hold. `opened` and `joined` are incidents. `partly` where there were more
    events than are tried; `slow` where the condition took too long, and was stopped.
    """

    since: datetime
    events: int = 0
    fitting: int = 0
    alerts: int = 0
    calls: int = 0
    spared: int = 0
    later: int = 0
    opened: int = 0
    joined: int = 0
    partly: bool = False
    slow: bool = False
    days: tuple[TrialDay, ...] = ()
    examples: tuple[TrialExample, ...] = ()


@dataclass(slots=True)
class AlertCourse:
    """An alert over the week: when it fired, whether the rule fitted then, and when it cleared."""

    seen: RuleInput
    item: int | None
    service: int | None
    since: datetime
    fired: list[tuple[datetime, bool]] = field(default_factory=list)
    cleared: list[datetime] = field(default_factory=list)
    heard: int = 0

    def fitted(self, at: datetime) -> bool:
        """Return whether the rule fitted at the last event before that moment."""
        self.fired.sort()
        place = bisect_right(self.fired, at, key=lambda one: one[0])
        return place > 0 and self.fired[place - 1][1]

    def end_after(self, at: datetime) -> datetime | None:
        return min((end for end in self.cleared if end >= at), default=None)

    def newest_fit(self) -> datetime | None:
        return max((at for at, fits in self.fired if fits), default=None)


def count_week_events(ruling: ActiveRule, *, at: datetime) -> int:
    """Return how many events a trial would try, up to one more than the most that are tried."""
    newest = _events(ruling, at - LOOKED_BACK)[: MAX_EVENTS + 1]
    return newest.count()


def run_trial(
    ruling: ActiveRule,
    rulings: ActiveRules,
    *,
    seen_by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> Trial:
    """Try one rule alone. `rulings` contain it, and have the company's time zone."""
    since = at - LOOKED_BACK
    week = _Week(ruling, rulings, seen_by)
    try:
        for tried in week.look(since, at):
            if progress:
                progress(tried)
    except ConditionTimeout:
        return Trial(since, slow=True)
    return week.result(since, at)


class _Week:
    """A pass through the events of a week, the newest first."""

    def __init__(self, ruling: ActiveRule, rulings: ActiveRules, seen_by: Actor) -> None:
        self._ruling, self._rulings, self._seen_by = ruling, rulings, seen_by
        self._trier = ConditionEvaluator()
        self._courses: dict[Key, list[AlertCourse]] = {}
        self._plans: dict[Sold, PlanMatch] = {}
        self._days: Counter[date] = Counter()
        self._fitting: Counter[date] = Counter()
        self._partly = False

    def look(self, since: datetime, at: datetime) -> Iterator[int]:
        tried, rows = 0, _events(self._ruling, since)
        while tried < MAX_EVENTS:
            chunk = list(
                rows.values_list(
                    "received_at", "id", "integration_id", "identity", "firing", "severity"
                )[:CHUNK]
            )
            if not chunk:
                return
            self._know({(row[2], row[3]) for row in chunk}, since, at)
            for row in chunk:
                self._try(row)
            tried += len(chunk)
            yield tried
            last_at, last_id = chunk[-1][:2]
            rows = _events(self._ruling, since).filter(
                Q(received_at__lt=last_at) | Q(received_at=last_at, id__lt=last_id),
                received_at__lte=last_at,
            )
        self._partly = rows.exists()

    def _know(self, keys: set[Key], since: datetime, at: datetime) -> None:
        """Load the alerts of these keys, live ones and those that were closed meanwhile."""
        wanted = keys - self._courses.keys()
        if not wanted:
            return
        self._courses |= {key: [] for key in wanted}
        rows = Alert.objects.visible_to(self._seen_by).filter(
            integration__in={key[0] for key in wanted},
            identity__in={key[1] for key in wanted},
            last_received_at__gte=since,
        )
        found = rows.order_by("first_received_at").values_list(
            *INPUT_COLUMNS, "identity", "item_id", "first_received_at"
        )
        courses = []
        for row in found:
            seen, (identity, item, first) = (
                RuleInput.of(row[: len(INPUT_COLUMNS)]),
                row[len(INPUT_COLUMNS) :],
            )
            if (seen.integration_id, identity) in wanted:
                service = seen.sold[1] if seen.sold else None
                course = AlertCourse(seen, item, service, first)
                self._courses[seen.integration_id, identity].append(course)
                courses.append(course)
        self._plans |= match_support_plans((one.seen for one in courses), self._rulings, at=at)

    def _try(self, row: tuple[datetime, int, int, str, bool, int]) -> None:
        received_at, _id, integration_id, identity, firing, severity = row
        courses = self._courses[integration_id, identity]
        before = [one for one in courses if one.since <= received_at]
        course = before[-1] if before else None
        if course is None:
            return
        course.heard += 1
        if not firing:
            course.cleared.append(received_at)
            return
        moment = EvaluationTime.of(received_at, self._rulings)
        times = max(course.seen.times - course.heard + 1, 1)
        condition = self._ruling.condition
        situation = course.seen.situation(moment, self._plans, severity=severity, times=times)
        self._trier.look_at(situation, condition.inputs)
        fits = self._trier.fits(condition)
        course.fired.append((received_at, fits))
        day = received_at.astimezone(self._rulings.zone).date()
        self._days[day] += 1
        self._fitting[day] += fits

    def result(self, since: datetime, at: datetime) -> Trial:
        fitting = {
            course.seen.id: course
            for courses in self._courses.values()
            for course in courses
            if course.newest_fit()
        }
        outcomes: dict[int, Outcome] = dict.fromkeys(fitting, "fits")
        calls = [
            (when, reason, fitting[pk])
            for when, reason, pk in _calls(since, fitting.keys())
            if fitting[pk].fitted(when)
        ]
        counts: Counter[str] = Counter()
        for course, outcome in _outcomes(self._ruling, calls, at):
            counts[outcome] += 1
            outcomes[course.seen.id] = outcome
        zone = self._rulings.zone
        first, last = since.astimezone(zone).date(), at.astimezone(zone).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        newest = sorted(fitting.values(), key=lambda one: one.newest_fit() or since, reverse=True)
        told = sorted(newest[:200], key=lambda one: outcomes[one.seen.id] == "fits")
        return Trial(
            since,
            events=self._days.total(),
            fitting=self._fitting.total(),
            alerts=len(fitting),
            calls=len(calls),
            spared=counts["suppressed"] + counts["never"],
            later=counts["later"],
            opened=counts["opened"],
            joined=counts["joined"],
            partly=self._partly,
            days=tuple(TrialDay(day, self._days[day], self._fitting[day]) for day in days),
            examples=tuple(
                TrialExample(
                    one.seen.id,
                    one.seen.name,
                    one.seen.severity,
                    one.newest_fit() or since,
                    outcomes[one.seen.id],
                )
                for one in told[:EXAMPLES]
            ),
        )


CallInTrial = tuple[datetime, str, AlertCourse]


def _outcomes(
    ruling: ActiveRule, calls: Sequence[CallInTrial], at: datetime
) -> Iterator[tuple[AlertCourse, Outcome]]:
    if ruling.effect == RuleEffect.QUALIFY:
        yield from _incidents(calls, at)
        return
    for when, reason, course in calls:
        if ruling.effect == RuleEffect.SUPPRESS:
            yield course, "suppressed"
        elif ruling.effect == RuleEffect.ROUTE:
            yield course, "routed"
        elif reason == "raised" and ruling.hold_for:
            end = course.end_after(when)
            never = end is not None and end < when + ruling.hold_for
            yield course, "never" if never else "later"


def _incidents(calls: Iterable[CallInTrial], at: datetime) -> Iterator[tuple[AlertCourse, Outcome]]:
    """Yield the outcome of each call; an incident is taken to run as long as its alerts."""
    running: dict[tuple[str, int], datetime] = {}
    for when, _reason, course in sorted(calls, key=lambda one: one[0]):
        about = [("item", course.item), ("service", course.service), ("alert", course.seen.id)]
        things = [(kind, pk) for kind, pk in about if pk is not None]
        joins = any(running.get(thing, when) > when for thing in things)
        end = course.end_after(when) or at
        for thing in things:
            running[thing] = max(running.get(thing, end), end)
        yield course, "joined" if joins else "opened"


def _calls(since: datetime, alert_ids: Iterable[int]) -> Iterator[tuple[datetime, str, int]]:
    """Yield the calls that were made for these alerts, the oldest first."""
    wanted = set(alert_ids)
    if not wanted:
        return
    made = Fact.objects.filter(announced_at__gte=since, name=AlertsCall.name).order_by("id")
    for body in made.values_list("body", flat=True).iterator(chunk_size=CHUNK):
        when = datetime.fromisoformat(body["at"])
        for pk in body["alert_ids"]:
            if pk in wanted:
                yield when, body["reason"], pk


def _events(ruling: ActiveRule, since: datetime) -> QuerySet[Event]:
    rows = Event.objects.filter(received_at__gte=since).order_by("-received_at", "-id")
    if ruling.integration_id is not None:
        rows = rows.filter(integration_id=ruling.integration_id)
    return rows
