"""The clocks of a ticket: pure functions of its dated record and of what was promised.

Nothing here reads a database or the time. What is stored elsewhere is a cache of these answers.
Units: instants aware and UTC, durations in open time of the calendar of the promise in force.
Source: docs/rules/clocks.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from opale.kernel import business_time
from opale.kernel.business_time import Calendar, NeverOpen, Pause, Segment

Measure = Literal[
    "triage", "acknowledge", "first_response", "update", "restore", "resolve", "accept", "deliver"
]
TICKET_MEASURES: Final[tuple[Measure, ...]] = (
    "triage", "acknowledge", "first_response", "restore", "resolve"
)  # fmt: skip
ENDED: Final = "ended"
"""The code of the time in which a ticket was resolved or ended, before it was reopened."""
PROMISED: Final = "promised"
"""The source of an update promised by a message, not by a plan."""

ALWAYS: Final = "always"

_ALWAYS_OPEN: Final = Calendar.around_the_clock()
_OURS: Final = frozenset({ENDED})
_ALL: Final = frozenset({"customer", "supplier", "change", "agreed_date", ENDED})
STOPPING_PAUSES: Final[Mapping[Measure, frozenset[str]]] = {
    "triage": _OURS,
    "acknowledge": _OURS,
    "first_response": _OURS,
    "update": frozenset({"customer", "agreed_date", ENDED}),
    "restore": _ALL,
    "resolve": _ALL,
    "accept": _OURS,
    "deliver": _ALL,
}
"""The pauses that stop each clock: nobody waits before anybody has looked, and whoever waits for a
supplier still hears from us."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised open time for a measure. `source` says where it was promised.

    `until` is a date that was asked for, after the start: it rules in place of the target, and no
    pause moves it.
    """

    measure: Measure
    target: timedelta
    coverage: str
    calendar: Calendar
    source: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClassifiedPeriod:
    """A classification of the ticket from `since` on, with the promises that it brings."""

    since: datetime
    kind: Literal["request", "incident"]
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerUpdate:
    """A message to the customer, with the next update promised for `promised_at`. After a `final`
    one, which tells that the service works again or the ticket is closed, no earlier promise is
    owed."""

    at: datetime
    promised_at: datetime | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The dated record of a ticket, by trade time. `asked`: a first response is awaited."""

    received_at: datetime
    held: tuple[ClassifiedPeriod, ...]
    asked: bool = True
    triaged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    withdrawn_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    told: tuple[CustomerUpdate, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignedWork:
    """Work asked of a level or a supplier, with its promises as in `ClassifiedPeriod`."""

    asked_at: datetime
    terms: Mapping[Measure, Sequence["Term"]]
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    of_supplier: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """The promise in force from `since` on; None where nothing was promised for the measure."""

    since: datetime
    promise: Promise | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time under one promise. Without a promise, hours count by the calendar of the next one."""

    begins: datetime
    ends: datetime | None
    calendar: Calendar
    target: timedelta | None


@dataclass(frozen=True)
class Clock:
    """The clock of one measure over the record.

    `terms` are the promises as they came into force: time already used stays used under a new one,
    and each can be broken only while in force. `met_at` is when the promise was kept or was no
    longer owed. `due_at` is None while a pause without agreed end runs, and where the calendar
    never opens long enough.
    """

    terms: tuple[Term, ...]
    promise: Promise
    starts_at: datetime
    pauses: tuple[Pause, ...]
    met_at: datetime | None

    @cached_property
    def due_at(self) -> datetime | None:
        """Return when the present promise is used up, according to the record."""
        left = self.promise.target
        for stretch in self._stretches:
            if stretch.ends is not None and self._counted(stretch, stretch.ends) < left:
                left -= self._counted(stretch, stretch.ends)
                continue
            pauses = self._stops(stretch.begins, stretch.ends)
            try:
                return business_time.due(stretch.calendar, stretch.begins, left, pauses)
            except NeverOpen:
                return None
        return None

    def breached_at(self, at: datetime) -> datetime | None:
        """Return the first instant at which a promise in force was used up and still owed, as known
        at `at`; None while every promise was kept."""
        end, used = self._end(at), timedelta()
        if all(t.promise is None or end - self.starts_at <= t.promise.target for t in self.terms):
            return None  # even if all of it counts, too little time has passed
        for stretch, until in self._passed(end):
            counted = self._counted(stretch, until)
            if stretch.target is not None and used + counted > stretch.target:
                left = max(stretch.target - used, timedelta())
                # The pauses that began after the target was used up cannot undo the breach.
                pauses = _ended_by(self._stops(stretch.begins, until), until)
                return business_time.due(stretch.calendar, stretch.begins, left, pauses)
            used += counted
        return None

    def used(self, at: datetime) -> timedelta:
        """Return the open time used at `at`, or until the promise was met if that came first."""
        passed = self._passed(self._end(at))
        return sum((self._counted(stretch, until) for stretch, until in passed), timedelta())

    def left(self, at: datetime) -> timedelta:
        """Return the open time left at `at`; negative once breached."""
        return self.promise.target - self.used(at)

    def explain(self, at: datetime) -> list[Segment]:
        """Return each stretch from the start to `at` (or `met_at`), counted or not, and why."""
        waiting = sorted(self.pauses, key=lambda pause: pause.starts)
        begun, present, found = 0, list[Pause](), list[Segment]()
        for stretch, until in self._passed(self._end(at)):
            while begun < len(waiting) and waiting[begun].starts < until:
                present.append(waiting[begun])
                begun += 1
            present = [p for p in present if p.ends is None or p.ends > stretch.begins]
            found += business_time.explain(stretch.calendar, stretch.begins, until, present)
        return found

    def _end(self, at: datetime) -> datetime:
        return min(self.met_at, at) if self.met_at else at

    @cached_property
    def _stretches(self) -> tuple[_Stretch, ...]:
        return tuple(reversed(list(_backwards(self.terms, self.starts_at))))

    def _passed(self, end: datetime) -> Iterator[tuple[_Stretch, datetime]]:
        """Return the stretches begun before `end`, each with its end."""
        for stretch in self._stretches:
            if stretch.begins >= end:
                return
            yield stretch, min(stretch.ends or end, end)

    def _counted(self, stretch: _Stretch, until: datetime) -> timedelta:
        """Return the open time of a stretch up to `until`, computed once."""
        key = (stretch.begins, until)
        if key not in self._known:
            pauses = self._stops(*key)
            self._known[key] = business_time.between(stretch.calendar, *key, pauses)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[datetime, datetime], timedelta]:
        return {}

    @cached_property
    def _merged(self) -> tuple[list[Pause], list[datetime]]:
        pauses = business_time.merged(self.pauses)
        return pauses, [pause.starts for pause in pauses]

    def _stops(self, begins: datetime, ends: datetime | None) -> list[Pause]:
        """Return the merged pauses that overlap a stretch."""
        pauses, starts = self._merged
        first = max(bisect_right(starts, begins) - 1, 0)
        return pauses[first : len(starts) if ends is None else bisect_left(starts, ends)]


def ticket_clocks(record: Record) -> dict[Measure, Clock]:
    """Return the clocks of the measures promised on a ticket, with its newest period of updates.

    Each starts at receipt, whatever is found out later. All periods of updates: `update_periods`.
    """
    found = {
        measure: clock
        for measure in TICKET_MEASURES
        if (clock := _of_ticket(record, measure, _done(record, measure))) is not None
    }
    if (period := current_update_period(record)) is not None:
        found["update"] = period
    return found


def assignment_clocks(work: AssignedWork) -> dict[Measure, Clock]:
    """Return the clocks of work asked of others; each starts when the work was asked for.

    A supplier's own delay never stops the supplier's clock.
    """
    done = {"accept": _first(work.accepted_at, work.ended_at), "deliver": work.ended_at}
    found: dict[Measure, Clock] = {}
    for measure, terms in work.terms.items():
        kinds = STOPPING_PAUSES[measure] - ({"supplier", "change"} if work.of_supplier else set())
        pauses = _stopping(work.pauses, kinds)
        clock = _clock(tuple(terms), work.asked_at, pauses, done.get(measure))
        if clock is not None:
            found[measure] = clock
    return found


def update_periods(record: Record) -> Iterator[Clock]:
    """Return every period of updates, oldest first: from receipt or one message to the next.

    A promised update is owed until the customer is told, even on a resolved ticket; the plan's
    interval, until the resolution.
    """
    terms, pauses = _update_terms(record), _update_pauses(record)
    for starts_at, promised, next_at in _told(record):
        met_at = next_at if promised else _first(next_at, record.resolved_at)
        if promised is None and record.resolved_at and starts_at >= record.resolved_at:
            continue
        clock = _period(terms, pauses, starts_at, promised, met_at)
        if clock is not None:
            yield clock


def current_update_period(record: Record) -> Clock | None:
    """Return the newest period of updates, the last one of `update_periods`."""
    return next(reversed(list(update_periods(record))), None)


def _told(record: Record) -> Iterator[tuple[datetime, datetime | None, datetime | None]]:
    """Yield receipt and each message to the customer: when it was, the update that is promised from
    then on, and the next message, or when the ticket was withdrawn."""
    told = [CustomerUpdate(record.received_at), *sorted(_heard(record), key=lambda one: one.at)]
    promised: datetime | None = None
    for place, one in enumerate(told):
        last = one.final or (record.resolved_at is not None and one.at >= record.resolved_at)
        promised = one.promised_at or (None if last else promised)
        if promised is not None and promised <= one.at:
            promised = None
        next_at = told[place + 1].at if place + 1 < len(told) else record.withdrawn_at
        yield one.at, promised, next_at


def _heard(record: Record) -> Iterator[CustomerUpdate]:
    ends = record.withdrawn_at
    return (
        one
        for one in record.told
        if one.at > record.received_at and (ends is None or one.at < ends)
    )


def _period(
    terms: tuple[Term, ...],
    pauses: Sequence[Pause],
    starts_at: datetime,
    promised: datetime | None,
    met_at: datetime | None,
) -> Clock | None:
    """Return the clock of one period of updates. A promised moment holds whatever happens; without
    one, the plan's interval counts."""
    if promised is not None:
        said = Promise("update", promised - starts_at, ALWAYS, _ALWAYS_OPEN, PROMISED)
        return Clock((Term(starts_at, said),), said, starts_at, (), met_at)
    first = max(bisect_right(terms, starts_at, key=lambda term: term.since) - 1, 0)
    last = bisect_left(terms, met_at, key=lambda t: t.since) if met_at else len(terms)
    return _clock(terms[first : max(last, first + 1)], starts_at, pauses, met_at)


def _of_ticket(record: Record, measure: Measure, met_at: datetime | None) -> Clock | None:
    if measure == "first_response" and not record.asked:
        return None
    incidents = measure == "restore"
    terms = tuple(
        Term(held.since, None if incidents and held.kind != "incident" else _of(held, measure))
        for held in record.held
    )
    return _clock(
        terms, record.received_at, _stopping(record.pauses, STOPPING_PAUSES[measure]), met_at
    )


def _clock(
    terms: tuple[Term, ...],
    starts_at: datetime,
    pauses: Sequence[Pause],
    met_at: datetime | None,
) -> Clock | None:
    """Return the clock of a measure; None without a final promise. Terms after `met_at` change
    nothing. A date that was asked for rules alone, whatever was promised before."""
    known = [term for term in terms if met_at is None or term.since < met_at] or list(terms[:1])
    last = known[-1].promise if known else None
    if last is not None and last.until is not None:
        dated = replace(last, target=last.until - starts_at, coverage=ALWAYS, calendar=_ALWAYS_OPEN)
        return Clock((Term(starts_at, dated),), dated, starts_at, (), met_at)
    known = [replace(term, promise=None) if _is_dated(term) else term for term in known]
    changing = known[:1] + [
        term for before, term in pairwise(known) if term.promise != before.promise
    ]
    if not changing or changing[-1].promise is None:
        return None
    return Clock(tuple(changing), changing[-1].promise, starts_at, tuple(pauses), met_at)


def _is_dated(term: Term) -> bool:
    return term.promise is not None and term.promise.until is not None


def _backwards(terms: Sequence[Term], starts_at: datetime) -> Iterator[_Stretch]:
    """Yield the stretches from last to first: one without a promise follows the next calendar."""
    ends: datetime | None = None
    calendar = terms[-1].promise.calendar if terms[-1].promise else Calendar.around_the_clock()
    for term in reversed(terms):
        calendar = term.promise.calendar if term.promise else calendar
        begins = max(term.since, starts_at)
        if ends is None or begins < ends:
            yield _Stretch(begins, ends, calendar, term.promise.target if term.promise else None)
        if term.since <= starts_at:
            return
        ends = begins
    # Before the first classification nothing was promised, but the clock ran.
    yield _Stretch(starts_at, ends, calendar, None)


def _done(record: Record, measure: Measure) -> datetime | None:
    """Return when the demand of a measure was met or was no longer owed."""
    done = {
        "triage": (record.triaged_at, record.acknowledged_at, record.resolved_at),
        "acknowledge": (record.acknowledged_at, record.resolved_at),
        "first_response": (record.answered_at, record.resolved_at),
        "restore": (record.restored_at,),
        "resolve": (record.resolved_at,),
    }[measure]
    return _first(*done, record.withdrawn_at)


def _update_terms(record: Record) -> tuple[Term, ...]:
    return tuple(Term(held.since, _of(held, "update")) for held in record.held)


def _update_pauses(record: Record) -> Sequence[Pause]:
    return _stopping(record.pauses, STOPPING_PAUSES["update"])


def _of(held: ClassifiedPeriod, measure: Measure) -> Promise | None:
    return next((promise for promise in held.promises if promise.measure == measure), None)


def _stopping(pauses: Sequence[Pause], kinds: Collection[str]) -> tuple[Pause, ...]:
    return tuple(pause for pause in pauses if pause.reason in kinds)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _ended_by(pauses: Sequence[Pause], end: datetime) -> list[Pause]:
    """Return the pauses as known at `end`: a running one is taken as ending there."""
    return [
        Pause(p.starts, min(p.ends, end) if p.ends else end, p.reason)
        for p in pauses
        if p.starts < end
    ]
