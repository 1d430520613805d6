"""Whatever is done with a ticket in whatever order: every clock of it and of the work asked on it
is that of a plain model that walks minute by minute over the record, nobody ever owns it twice or
not at all, nobody works on for what has ended, and what is refused changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.profiles import examples

from opale.customers.actions.plans import PlanContent, Target, start_version
from opale.customers.facts import PlanVersionStarted
from opale.customers.models import Coverage, Measure, PlanTarget, Stream, SupportPlan
from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import OpaleError
from opale.kernel.models import StateMove
from opale.organisation.models import Membership
from opale.run.desk.actions import (
    assignments,
    classifications,
    commitments,
    lifecycle,
    merges,
    messages,
    ownership,
    pauses,
    plan_changes,
    rejections,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.models import (
    FOREVER,
    Assignment,
    Classification,
    Commitment,
    Grade,
    Kind,
    LevelTarget,
    Merge,
    Message,
    Ownership,
    Pause,
    Refusal,
    StreamSettings,
    Ticket,
)
from opale.run.desk.states import ENDED_STATES
from opale.run.desk.tests.assignments import Works, engineer_of, make_works
from opale.run.desk.tests.builders import MATRIX, agent_of, make_ticket

ME = system("test")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)
"""Friday 15:00 in Paris: the office closes at 18:00, and the clocks go forward on Sunday."""
HORIZON = 14 * 24 * 60
PARIS = ZoneInfo("Europe/Paris")
EVERY = {"customer", "supplier", "change", "agreed_date"}
WAITS: dict[str, set[str]] = {
    "triage": set(),
    "acknowledge": set(),
    "first_response": set(),
    "restore": EVERY,
    "resolve": EVERY,
}
TOLD_WAITS = {"customer", "agreed_date"}
WORK_WAITS: dict[str, set[str]] = {"accept": set(), "deliver": EVERY}
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


Promised = tuple[timedelta, bool] | None
"""How long, and whether around the clock."""
Span = tuple[datetime, datetime | None]


def promised(row: Classification, measure: str) -> Promised:
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


def stops(ticket: Ticket, kinds: Collection[str]) -> list[Span]:
    found = [
        (row.starts, row.ends or row.until)
        for row in Pause.objects.filter(ticket=ticket)
        if row.kind in kinds
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


def walked(
    start: datetime,
    said: Sequence[tuple[datetime, Promised]],
    waits: Sequence[Span],
    met: datetime | None,
    now: datetime,
) -> Expected:
    """Minute by minute from the start: what was said before it, and in force at it, rules first."""
    begun = [since for since, _ in said if since <= start]
    said = [one for one in said if not begun or one[0] >= begun[-1]]
    said = [one for one in said if met is None or one[0] < met] or said[:1]
    terms = [term for _, term in said]
    if terms[-1] is None:
        return Expected(None, None, met, False)
    final = terms[-1][0]
    used, place, due, broken = timedelta(), -1, None, False
    end = min(met, now) if met else now
    for minute in range(HORIZON):
        moment = start + minute * MINUTE
        while place + 1 < len(said) and said[place + 1][0] <= moment:
            place += 1
        rules = next(term for term in terms[max(place, 0) :] if term is not None)
        term = terms[place] if place >= 0 else None
        waiting = any(a <= moment and (b is None or moment < b) for a, b in waits)
        counts = not waiting and (rules[1] or is_open(moment))
        if counts and due is None and used + MINUTE >= final:
            due = moment + MINUTE
        used += MINUTE if counts else timedelta()
        broken = broken or (term is not None and moment < end and used > term[0])
        for_ever = waiting and any(a <= moment and b is None for a, b in waits)
        if moment >= end and (due is not None or for_ever):
            break
    return Expected(final, due, met, broken)


def said_of(ticket: Ticket, measure: str) -> list[tuple[datetime, Promised]]:
    rows = Classification.objects.filter(ticket=ticket).select_related("plan_version")
    return [(row.at, promised(row, measure)) for row in rows.order_by("at", "id")]


def gone_at(ticket: Ticket) -> datetime | None:
    return ticket.closed_at if ticket.state in {"cancelled", "rejected", "merged"} else None


def expected(ticket: Ticket, measure: str, now: datetime) -> Expected:
    gone = gone_at(ticket)
    met = {
        "triage": first(ticket.triaged_at, ticket.acknowledged_at, ticket.resolved_at, gone),
        "acknowledge": first(ticket.acknowledged_at, ticket.resolved_at, gone),
        "first_response": first(ticket.answered_at, ticket.resolved_at, gone),
        "restore": first(ticket.restored_at, gone),
        "resolve": first(ticket.resolved_at, gone),
    }[measure]
    waits = stops(ticket, WAITS[measure])
    return walked(START, said_of(ticket, measure), waits, met, now)


def updates(ticket: Ticket, now: datetime) -> list[tuple[datetime, Expected]]:
    """From receipt to the first message of a person, from each to the next: the newest last."""
    ends = first(ticket.resolved_at, gone_at(ticket))
    sent = Message.objects.filter(ticket=ticket, direction="sent", is_notice=False)
    told = [
        (at, until)
        for at, until in sent.order_by("at", "id").values_list("at", "next_update_at")
        if ticket.answered_at and at >= ticket.answered_at and (ends is None or at < ends)
    ]
    begins: list[tuple[datetime, datetime | None]] = [(START, None), *told]
    found, newest = [], None
    for place, (start, until) in enumerate(begins):
        newest = until or newest
        met = begins[place + 1][0] if place + 1 < len(begins) else ends
        if newest is not None and newest > start:
            said: list[tuple[datetime, Promised]] = [(start, (newest - start, True))]
            waits = stops(ticket, ())
        else:
            said, waits = said_of(ticket, "update"), stops(ticket, TOLD_WAITS)
        found.append((start, walked(start, said, waits, met, now)))
    return found


def of_work(work: Assignment, ticket: Ticket, measure: str, now: datetime) -> Expected:
    """What a level promises follows the priority; what a supplier says of itself does not, and its
    own delay is no excuse."""
    met = {"accept": first(work.accepted_at, work.ended_at), "deliver": work.ended_at}[measure]
    kinds = WORK_WAITS[measure] - ({"supplier", "change"} if work.supplier else set())
    rows = Classification.objects.filter(ticket=ticket).order_by("at", "id")
    levels = {row.priority: row for row in LevelTarget.objects.filter(level=work.level)}
    targets = [(row.at, levels.get(row.priority) or levels[None]) for row in rows]
    said: list[tuple[datetime, Promised]] = [
        (at, (getattr(target, measure), True)) for at, target in targets
    ]
    if measure == "accept" and work.supplier and work.supplier.accepts_within:
        said = [(work.asked_at, (work.supplier.accepts_within, True))]
    return walked(work.asked_at, said, stops(ticket, kinds), met, now)


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
            Message.objects.filter(**of_ticket),
            Assignment.objects.filter(**of_ticket),
            moves,
        )
    ]


def agree(row: Commitment | None, model: Expected, what: object) -> None:
    if model.target is None:
        assert row is None or row.breached_at is not None, what
        return
    assert row is not None, what
    assert (row.target, row.due_at, row.met_at) == (model.target, model.due_at, model.met_at), what
    assert row.breached_at is not None or not model.broken, what


def check(ticket: Ticket, now: datetime) -> None:
    held = Ticket.objects.get(pk=ticket.pk)
    stored = list(Commitment.objects.filter(ticket=held))
    own = {row.measure: row for row in stored if row.assignment_id is None}
    for measure in WAITS:
        agree(own.get(measure), expected(held, measure, now), measure)
    periods = {row.starts_at: row for row in stored if row.measure == "update"}
    *past, (start, present) = updates(held, now)
    agree(periods.get(start), present, ("update", start))
    for start, period in past:
        if period.broken:
            agree(periods.get(start), period, ("update", start))
    for work in Assignment.objects.filter(ticket=held).select_related("supplier"):
        clocks = {row.measure: row for row in stored if row.assignment_id == work.pk}
        for measure in WORK_WAITS:
            agree(clocks.get(measure), of_work(work, held, measure, now), (measure, work.level))
        assert work.ended_at is not None or held.state not in ENDED_STATES
    due = first(*(row.due_at for row in stored if row.met_at is None))
    assert held.next_due_at == (due or FOREVER)
    chain = list(Ownership.objects.filter(ticket=held).order_by("starts"))
    assert chain[0].starts == held.received_at
    assert [one.ends for one in chain] == [*(one.starts for one in chain[1:]), FOREVER]
    assert chain[-1].person_id == held.owner_id


Act = Callable[["Desk"], object]


@dataclass
class Desk:
    works: Works
    ticket: Ticket
    other: Ticket

    @property
    def house(self) -> Any:
        return self.works.house

    def work(self, act: str, *said: str) -> None:
        """Whoever was asked last, and is not done, accepts, returns or finishes the work."""
        running = Assignment.objects.running().filter(ticket=self.ticket)
        held = running.order_by("id").last()
        if held is not None:
            who = by(self) if held.supplier_id else engineer_of(self.works.engineer)
            getattr(assignments, f"{act}_assignment")(held, *said, by=who)

    def classify(self, **changes: Any) -> None:
        held = Ticket.objects.get(pk=self.ticket.pk)
        found = replace(ClassificationInput.of(held), **changes)
        classifications.classify_ticket(self.ticket, found, by=agent_of(self.house.agent))

    def sell(self, hours: int) -> None:
        """The plan promises another time to restore, within business hours, from that day on."""
        plan, starts = SupportPlan.objects.get(), START.date()
        targets = tuple(
            Target(measure, n, length * HOUR, Coverage.CUSTOMER_HOURS)
            for n in range(1, 5)
            for measure, length in ((Measure.RESTORE, hours), (Measure.UPDATE, 1))
        )
        content = PlanContent(Stream.SOLUTION, Coverage.CUSTOMER_HOURS, MATRIX, MATRIX, targets)
        version = start_version(plan, content, by=ME, starts=starts, today=starts)
        fact = PlanVersionStarted(version_id=version.pk, plan_id=plan.pk, starts=starts)
        plan_changes.apply_plan_version(fact, ME)

    def undo(self) -> None:
        merge = Merge.objects.filter(ticket=self.ticket).last()
        if merge is not None:
            merges.undo_merge(merge, by=agent_of(self.house.agent))


def by(desk: Desk) -> Any:
    return desk.works.agent


ACTS: dict[str, Act] = {
    "take": lambda d: ownership.take_ticket(d.ticket, by=by(d)),
    "give": lambda d: ownership.give_ticket(d.ticket, d.house.other, by=by(d)),
    "give to oneself": lambda d: ownership.give_ticket(d.ticket, d.house.agent, by=by(d)),
    "wait": lambda d: pauses.pause_ticket(d.ticket, Pause.Kind.CUSTOMER, by=by(d), confirmed=True),
    "hold": lambda d: pauses.pause_ticket(d.ticket, Pause.Kind.SUPPLIER, by=by(d), confirmed=True),
    "wait for a change": lambda d: pauses.pause_ticket(
        d.ticket, Pause.Kind.CHANGE, by=by(d), confirmed=True
    ),
    "agree a date": lambda d: pauses.pause_ticket(
        d.ticket, Pause.Kind.AGREED_DATE, by=by(d), until=clock.now() + 2 * HOUR, confirmed=True
    ),
    "resume": lambda d: pauses.resume_ticket(d.ticket, by=by(d)),
    "a request": lambda d: classifications.qualify_ticket(d.ticket, Kind.REQUEST, by=by(d)),
    "an incident": lambda d: classifications.qualify_ticket(d.ticket, Kind.INCIDENT, by=by(d)),
    "less urgent": lambda d: d.classify(impact=Grade.LOW, urgency=Grade.LOW),
    "urgent": lambda d: d.classify(impact=Grade.HIGH, urgency=Grade.HIGH),
    "no service": lambda d: d.classify(service=None, stream="corporate"),
    "the service": lambda d: d.classify(service=d.house.service),
    "restore": lambda d: lifecycle.restore_service(d.ticket, by=by(d), at=clock.now()),
    "withdraw": lambda d: lifecycle.withdraw_restoration(d.ticket, by=by(d)),
    "resolve": lambda d: lifecycle.resolve_ticket(d.ticket, by=by(d)),
    "close": lambda d: lifecycle.close_ticket(d.ticket, by=by(d)),
    "cancel": lambda d: lifecycle.cancel_ticket(d.ticket, by=by(d)),
    "refuse": lambda d: rejections.reject_ticket(d.ticket, Refusal.NOT_OURS, by=by(d)),
    "write": lambda d: messages.write_to_customer(d.ticket, "Nous cherchons.", by=by(d)),
    "promise an update": lambda d: messages.write_to_customer(
        d.ticket, "La suite bientôt.", by=by(d), next_update_at=clock.now() + 90 * MINUTE
    ),
    "ask level 2": lambda d: assignments.request_work(
        d.ticket, WorkRequest(team=d.works.level_2), by=by(d)
    ),
    "ask the carrier": lambda d: assignments.request_work(
        d.ticket, WorkRequest(supplier=d.works.carrier), by=by(d)
    ),
    "accept the work": lambda d: d.work("accept"),
    "return the work": lambda d: d.work("return", "deeper"),
    "finish the work": lambda d: d.work("finish", "fixed"),
    "reopen": lambda d: lifecycle.reopen_ticket(d.ticket, by=by(d)),
    "merge": lambda d: merges.merge_tickets([d.ticket], d.other, by=by(d)),
    "undo": Desk.undo,
    "another plan": lambda d: d.sell(8),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from((1, 7, 45, 180, 900))),
    min_size=4,
    max_size=10,
)


def furnished() -> Works:
    """The house with every measure promised: by the plan, by the levels and by the carrier."""
    works = make_works()
    with attributed(ME):
        Membership.objects.update(period=DateTimeTZRange(START - timedelta(days=9), None))
        Supplier.objects.filter(pk=works.carrier.pk).update(accepts_within=30 * MINUTE)
        version = SupportPlan.objects.get().versions.get()
        PlanTarget.objects.bulk_create(
            PlanTarget(
                version=version,
                measure=measure,
                priority=priority,
                target=hours * priority * HOUR,
                coverage=Coverage.CUSTOMER_HOURS,
            )
            for priority in range(1, 5)
            for measure, hours in (("first_response", 1), ("update", 2), ("resolve", 2))
        )
    return works


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment that it is, to be moved on by the test."""
    present = [START]
    monkeypatch.setattr(clock, "now", lambda: present[0])
    return present


@pytest.mark.django_db
@pytest.mark.timeout(600)
@settings(
    max_examples=examples(12),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_is_done_the_clocks_are_those_of_the_model(
    moving: list[datetime], steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        moving[0] = START
        works = furnished()
        house = works.house
        desk = Desk(works, make_ticket(house, at=START), make_ticket(house, at=START))
        for name, minutes in steps:
            moving[0] += minutes * MINUTE
            pauses.resume_due_pauses()
            commitments.mark_breaches()
            before = record(desk.ticket)
            try:
                with transaction.atomic():
                    ACTS[name](desk)
            except OpaleError:
                assert record(desk.ticket) == before
            check(desk.ticket, moving[0])
        transaction.set_rollback(True)
