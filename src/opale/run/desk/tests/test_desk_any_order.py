"""Whatever is done with a ticket in whatever order: its clocks are those of a plain model that
walks minute by minute over the record, nobody ever owns it twice or not at all, and what is refused
changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opale.customers.actions import PlanContent, Target, start_version
from opale.customers.facts import PlanVersionStarted
from opale.customers.models import Coverage, Measure, PlanTarget, Stream, SupportPlan
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.errors import OpaleError
from opale.kernel.models import StateMove
from opale.run.desk import actions
from opale.run.desk.actions import Findings
from opale.run.desk.models import (
    FOREVER,
    Classification,
    Commitment,
    Grade,
    Kind,
    Merge,
    Ownership,
    Pause,
    StreamSettings,
    Ticket,
)
from opale.run.desk.tests.builders import MATRIX, House, agent_of, make_house, make_ticket

ME = system("test")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)
"""Friday 15:00 in Paris: the office closes at 18:00, and the clocks go forward on Sunday."""
HORIZON = 8 * 24 * 60
PARIS = ZoneInfo("Europe/Paris")
WAITS = {
    "triage": set[str](),
    "acknowledge": set[str](),
    "restore": {"customer", "supplier", "change", "agreed_date"},
}
RESTING = {"resolved", "closed", "cancelled", "rejected"}


@cache
def is_open(moment: datetime) -> bool:
    local = moment.astimezone(PARIS)
    in_hours = time(9) <= local.time() < time(12) or time(14) <= local.time() < time(18)
    return local.weekday() < 5 and in_hours and local.date() != date(2026, 4, 6)


@dataclass(frozen=True)
class Expected:
    """What the model says of a measure; `target` None: nothing is promised at last."""

    target: timedelta | None
    due_at: datetime | None
    met_at: datetime | None
    broken: bool


def first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def promised(row: Classification, measure: str) -> tuple[timedelta, bool] | None:
    """How long, and whether around the clock."""
    if measure == "triage":
        targets = StreamSettings.objects.all()
        mine = [t for t in targets if row.plan_version and t.stream == row.plan_version.stream]
        return min(t.triage_target for t in mine or targets), True
    if measure == "restore" and row.kind != "incident":
        return None
    found = PlanTarget.objects.filter(
        version=row.plan_version, measure=measure, priority=row.priority
    ).first()
    return (found.target, found.coverage == "always") if found else None


def stops(ticket: Ticket, measure: str) -> list[tuple[datetime, datetime | None]]:
    found = [
        (row.starts, row.ends or row.until)
        for row in Pause.objects.filter(ticket=ticket)
        if row.kind in WAITS[measure]
    ]
    since: datetime | None = None
    moves = StateMove.objects.filter(subject="desk.ticket", subject_id=ticket.pk)
    for at, target in moves.order_by("id").values_list("at", "target"):
        if target in RESTING:
            since = since or at
        elif target != "merged" and since is not None:
            found.append((since, at))
            since = None
    return found


def expected(ticket: Ticket, measure: str, now: datetime) -> Expected:
    gone = ticket.closed_at if ticket.state in {"cancelled", "rejected", "merged"} else None
    met = {
        "triage": first(ticket.triaged_at, ticket.acknowledged_at, ticket.resolved_at, gone),
        "acknowledge": first(ticket.acknowledged_at, ticket.resolved_at, gone),
        "restore": first(ticket.restored_at, gone),
    }[measure]
    rows = list(Classification.objects.filter(ticket=ticket).select_related("plan_version"))
    said = [row for row in rows if met is None or row.at < met] or rows[:1]
    terms = [promised(row, measure) for row in said]
    if terms[-1] is None:
        return Expected(None, None, met, False)
    final, waits = terms[-1][0], stops(ticket, measure)
    used, place, due, broken = timedelta(), -1, None, False
    end = min(met, now) if met else now
    for minute in range(HORIZON):
        moment = START + minute * MINUTE
        while place + 1 < len(said) and said[place + 1].at <= moment:
            place += 1
        rules = next(term for term in terms[place:] if term is not None)
        term = terms[place]
        waiting = any(a <= moment and (b is None or moment < b) for a, b in waits)
        counts = not waiting and (rules[1] or is_open(moment))
        if counts and due is None and used + MINUTE >= final:
            due = moment + MINUTE
        used += MINUTE if counts else timedelta()
        broken = broken or (term is not None and moment < end and used > term[0])
        if due is not None and moment >= end:
            break
    return Expected(final, due, met, broken)


def record(ticket: Ticket) -> list[Any]:
    """Everything that an act may change, to be compared."""
    of_ticket = {"ticket": ticket.pk}
    moves = StateMove.objects.filter(subject="desk.ticket", subject_id=ticket.pk)
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Ticket.objects.filter(pk=ticket.pk),
            Classification.objects.filter(**of_ticket),
            Commitment.objects.filter(**of_ticket),
            Ownership.objects.filter(**of_ticket),
            Pause.objects.filter(**of_ticket),
            moves,
        )
    ]


def check(ticket: Ticket, now: datetime) -> None:
    held = Ticket.objects.get(pk=ticket.pk)
    rows = {row.measure: row for row in Commitment.objects.filter(ticket=held)}
    for measure in WAITS:
        model, row = expected(held, measure, now), rows.get(measure)
        if model.target is None:
            assert row is None or row.breached_at is not None
            continue
        assert row is not None
        assert (row.target, row.due_at, row.met_at) == (model.target, model.due_at, model.met_at)
        assert row.breached_at is not None or not model.broken
    chain = list(Ownership.objects.filter(ticket=held).order_by("starts"))
    assert chain[0].starts == held.received_at
    assert [one.ends for one in chain] == [*(one.starts for one in chain[1:]), FOREVER]
    assert chain[-1].person_id == held.owner_id


Act = Callable[["Desk"], object]


@dataclass
class Desk:
    house: House
    ticket: Ticket
    other: Ticket

    def classify(self, **changes: Any) -> None:
        held = Ticket.objects.get(pk=self.ticket.pk)
        found = replace(Findings.of(held), **changes)
        actions.classify_ticket(self.ticket, found, by=agent_of(self.house.agent))

    def sell(self, hours: int) -> None:
        """The plan promises another time to restore, within business hours, from that day on."""
        plan, starts = SupportPlan.objects.get(), START.date()
        targets = tuple(
            Target(Measure.RESTORE, n, hours * HOUR, Coverage.CUSTOMER_HOURS) for n in range(1, 5)
        )
        content = PlanContent(Stream.SOLUTION, Coverage.CUSTOMER_HOURS, MATRIX, MATRIX, targets)
        version = start_version(plan, content, by=ME, starts=starts, today=starts)
        fact = PlanVersionStarted(version_id=version.pk, plan_id=plan.pk, starts=starts)
        actions.follow_plan_version(fact, ME)

    def undo(self) -> None:
        merge = Merge.objects.filter(ticket=self.ticket).last()
        if merge is not None:
            actions.undo_merge(merge, by=agent_of(self.house.agent))


def by(desk: Desk) -> Any:
    return agent_of(desk.house.agent)


ACTS: dict[str, Act] = {
    "take": lambda d: actions.take_ticket(d.ticket, by=by(d)),
    "give": lambda d: actions.give_ticket(d.ticket, d.house.other, by=by(d)),
    "give to oneself": lambda d: actions.give_ticket(d.ticket, d.house.agent, by=by(d)),
    "wait": lambda d: actions.pause_ticket(d.ticket, Pause.Kind.CUSTOMER, by=by(d)),
    "hold": lambda d: actions.pause_ticket(d.ticket, Pause.Kind.SUPPLIER, by=by(d)),
    "wait for a change": lambda d: actions.pause_ticket(d.ticket, Pause.Kind.CHANGE, by=by(d)),
    "agree a date": lambda d: actions.pause_ticket(
        d.ticket, Pause.Kind.AGREED_DATE, by=by(d), until=clock.now() + 2 * HOUR
    ),
    "resume": lambda d: actions.resume_ticket(d.ticket, by=by(d)),
    "a request": lambda d: actions.qualify_ticket(d.ticket, Kind.REQUEST, by=by(d)),
    "an incident": lambda d: actions.qualify_ticket(d.ticket, Kind.INCIDENT, by=by(d)),
    "less urgent": lambda d: d.classify(impact=Grade.LOW, urgency=Grade.LOW),
    "urgent": lambda d: d.classify(impact=Grade.HIGH, urgency=Grade.HIGH),
    "no service": lambda d: d.classify(service=None, stream="corporate"),
    "the service": lambda d: d.classify(service=d.house.service),
    "restore": lambda d: actions.restore_service(d.ticket, by=by(d), at=clock.now()),
    "withdraw": lambda d: actions.withdraw_restoration(d.ticket, by=by(d)),
    "resolve": lambda d: actions.resolve_ticket(d.ticket, by=by(d)),
    "reopen": lambda d: actions.reopen_ticket(d.ticket, by=by(d)),
    "merge": lambda d: actions.merge_tickets([d.ticket], d.other, by=by(d)),
    "undo": Desk.undo,
    "another plan": lambda d: d.sell(8),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from((1, 7, 45, 180, 900))),
    min_size=4,
    max_size=10,
)


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment that it is, to be moved on by the test."""
    present = [START]
    monkeypatch.setattr(clock, "now", lambda: present[0])
    return present


@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_is_done_the_clocks_are_those_of_the_model(
    moving: list[datetime], steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        moving[0] = START
        house = make_house()
        desk = Desk(house, make_ticket(house, at=START), make_ticket(house, at=START))
        for name, minutes in steps:
            moving[0] += minutes * MINUTE
            actions.resume_as_agreed()
            actions.latch_breaches()
            before = record(desk.ticket)
            try:
                with transaction.atomic():
                    ACTS[name](desk)
            except OpaleError:
                assert record(desk.ticket) == before
            check(desk.ticket, moving[0])
        transaction.set_rollback(True)
