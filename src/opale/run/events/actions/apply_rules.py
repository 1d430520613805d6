"""Application of event rules to alerts: those of a batch, or those that a changed rule may release.

The rules in force are cached for seconds, like the silences; a rule that takes too long is set
aside at once. Source: docs/rules/rules.md.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from msgspec.structs import replace
from procrastinate.contrib.django import app

from opale.conditions.tokens import InvalidCondition
from opale.kernel import live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import insert_many
from opale.kernel.job_queue import defer_unless_waiting
from opale.kernel.timers import Timers
from opale.run.events.actions.alert_changes import alert_change_values, record_alert_changes
from opale.run.events.actions.alert_rows import RULE_COLUMNS, BatchResult, Key
from opale.run.events.actions.announcements import announce_call, touch_alerts
from opale.run.events.actions.qualification import TIMER_JOB
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.rules import (
    NO_EFFECTS,
    ActiveRule,
    ActiveRules,
    AppliedEffects,
    Decision,
    RuleEvaluator,
)
from opale.run.events.models import Alert, AlertChange, EventRule
from opale.run.events.queries.by_ids import columns_of
from opale.run.events.queries.rules import (
    INPUT_COLUMNS,
    EvaluationTime,
    RuleInput,
    existing_rules,
    load_active_rules,
    match_support_plans,
)
from opale.run.events.states import FIRING_STATES, AlertState, RuleEffect

KEPT_SECONDS: Final = 2.0
AT_ONCE: Final = 1_000
RELEASE_JOB: Final = "events.release_held"
RECHECK_JOB: Final = "events.look_at_suppressed"
TOPIC: Final = "events.rules"
RELEASE_TIMERS: Final = Timers(RELEASE_JOB)
RECHECK_TIMERS: Final = Timers(RECHECK_JOB)
Kind = AlertChange.Kind
UPDATE_EFFECTS = """
    WITH held AS MATERIALIZED (
        SELECT a.id FROM events_alert a WHERE a.id = ANY(%(id)s)
        ORDER BY a.integration_id, a.identity FOR NO KEY UPDATE OF a
    )
    UPDATE events_alert a SET suppressed_by_id = n.suppressed, held_by_id = n.held,
        held_until = n.until, team_id = n.team, routed_by_id = n.routed,
        qualifies_by_id = n.qualifies
    FROM unnest(%(id)s::bigint[], %(source_at)s::timestamptz[], %(suppressed)s::bigint[],
                %(held)s::bigint[], %(until)s::timestamptz[], %(team)s::bigint[],
                %(routed)s::bigint[], %(qualifies)s::bigint[])
        AS n(id, source_at, suppressed, held, until, team, routed, qualifies), held
    WHERE a.id = n.id AND held.id = n.id AND a.source_at = n.source_at
    RETURNING a.id
"""
"""In the order in which batches lock; alerts changed by a batch meanwhile were evaluated by it."""
RELEASE_HELD = """
    UPDATE events_alert a SET held_until = NULL
    WHERE a.id IN (
        SELECT b.id FROM events_alert b WHERE b.held_until <= %s
        ORDER BY b.integration_id, b.identity LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING a.id, a.state
"""
EVALUATED_COLUMNS: Final = ("state", "source_at", *RULE_COLUMNS)


class ActiveRulesCache:
    """The rules in force, cached for some seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rulings: ActiveRules | None = None
        self._forget_at = 0.0

    def now(self) -> ActiveRules:
        with self._lock:
            if self._rulings is not None and time.monotonic() < self._forget_at:
                return self._rulings
        try:
            found = load_active_rules()
        except InvalidCondition:
            disable_invalid_rules()
            found = load_active_rules()
        with self._lock:
            if self._rulings != found:  # else keep the cached outcomes of the same rules
                self._rulings = found
            self._forget_at = time.monotonic() + KEPT_SECONDS
            return self._rulings

    def forget(self) -> None:
        with self._lock:
            self._forget_at = 0.0


ACTIVE_RULES_CACHE = ActiveRulesCache()


class AlertToEvaluate(msgspec.Struct, frozen=True, gc=False):
    """An alert to try rules on, and what rules have done to it before."""

    seen: RuleInput
    state: str
    source_at: datetime
    done: AppliedEffects
    raised: bool = False


class RuleOutcome(msgspec.Struct, frozen=True, gc=False):
    """An evaluated alert, with what rules had done to it before and what they do now."""

    id: int
    state: str
    source_at: datetime
    decision: Decision
    before: AppliedEffects
    after: AppliedEffects

    @property
    def is_quiet(self) -> bool:
        return self.after.suppressed is not None or self.after.until is not None

    @property
    def may_speak(self) -> str:
        """Return why the alert calls now that nothing keeps it quiet, or ""."""
        if self.is_quiet or self.state != AlertState.OPEN:
            return ""
        if self.before.suppressed is not None:
            return "silence_over"
        return "held" if self.before.until is not None else ""


def apply_rules_to_batch(
    written: BatchResult,
    opened: Mapping[Key, RuleOutcome],
    rulings: ActiveRules,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Try rules on the alerts that fired in a batch; without rules, nothing is read.

    What rules do to the alerts that the batch opened is written with them; of older alerts, the
    stored rows are read.
    """
    if not rulings:
        return
    new = [replace(look, id=written.ids[key]) for key, look in opened.items()]
    stood = [a for a in written.alerts if not a.is_new and a.life.content]
    raised = {alert.id for alert in stood if alert.life.raised}
    ids = [alert.id for alert in stood]
    old = evaluate_rules(_stored(ids, raised), rulings, by=by, at=at) if ids else []
    done = [one for one in new if one.before != one.after] + _changed(old)
    if not (looked_at := new + old):
        return
    _record(done, by=by, at=at)
    written.muted |= {one.id for one in looked_at if one.is_quiet}
    calling = {alert.id for alert in written.alerts if alert.call}
    _speak((one for one in done if one.id not in calling), by=by, at=at)
    raised |= {one.id for one in new}
    if any(one.after.qualifies and (one.id in raised or one in done) for one in looked_at):
        app.configure_task(TIMER_JOB).defer()
    RELEASE_TIMERS.set({one.after.until for one in done if one.after.until}, at=at)


def recheck_suppressed(*, by: Actor, at: datetime, only: Collection[int] | None = None) -> None:
    """Suppress the bad alerts that a rule fits now, and release those that none fits any more.

    With `only`, just the alerts that these rules suppress are read. Alerts that arrive meanwhile
    were evaluated by their batch: in a storm there would be no end of it.
    """
    newest = Alert.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rulings = ACTIVE_RULES_CACHE.now().only(RuleEffect.SUPPRESS)
    rows = Alert.objects.filter(state__in=FIRING_STATES, pk__lte=newest)
    if not rulings:
        rows = rows.filter(suppressed_by__isnull=False)
    if only is not None:
        rows = rows.filter(suppressed_by__in=only)
    last = 0
    while ids := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        with attributed(by):
            done = _changed(evaluate_rules(_stored(ids), rulings, by=by, at=at, again=True))
            _record(done, by=by, at=at)
            _speak(done, by=by, at=at)
            touch_alerts([one.id for one in done])
        last = ids[-1]


def sweep_rules(*, by: Actor, at: datetime) -> None:
    """Once a minute, do what a lost timer missed, and release what the clock alone releases."""
    release_held(by=by, at=at)
    turning = [
        one.id
        for one in ACTIVE_RULES_CACHE.now()
        if one.effect == RuleEffect.SUPPRESS and one.condition.turns_with_time
    ]
    if turning:
        recheck_suppressed(by=by, at=at, only=turning)


def release_held(*, by: Actor, at: datetime) -> list[int]:
    """Page for the alerts that are still open after as long as their rule holds them."""
    released: list[int] = []
    while True:
        with attributed(by):
            with connection.cursor() as cursor:
                cursor.execute(RELEASE_HELD, [at, AT_ONCE])
                rows = cursor.fetchall()
            ids = [pk for pk, state in rows if state == AlertState.OPEN]
            if ids:
                record_alert_changes(ids, Kind.LASTS, by=by, at=at)
                announce_call(ids, "held", by=by, at=at)
                app.configure_task(TIMER_JOB).defer()
            touch_alerts([pk for pk, _state in rows])
        released += ids
        if len(rows) < AT_ONCE:
            return released


def invalidate_rules() -> None:
    """Drop the cached rules: here at once, in other processes soon."""
    live_topics.publish(TOPIC)
    transaction.on_commit(ACTIVE_RULES_CACHE.forget)


def schedule_recheck(at: datetime) -> None:
    """Schedule a look at all live alerts: now, and again when no batch uses the former rules.

    Each look covers all bad alerts: one that has not begun serves every change made until then.
    """
    defer_unless_waiting(RECHECK_JOB)
    RECHECK_TIMERS.set({at + timedelta(seconds=KEPT_SECONDS + 1)}, at=at)


def disable_invalid_rules() -> None:
    """Set aside the rules whose condition the language does not know any more."""
    for rule in existing_rules().filter(active=True, broken=""):
        try:
            parse_condition(rule.condition)
        except InvalidCondition:
            with attributed(system("rules")):
                mark_rules_broken([rule.pk], "unreadable")


def mark_rules_broken(ids: Collection[int], why: str) -> None:
    """Set rules aside; inside the action."""
    EventRule.objects.filter(pk__in=ids, broken="").update(broken=why)
    invalidate_rules()


def _stored(ids: Iterable[int], raised: Collection[int] = ()) -> list[AlertToEvaluate]:
    rows = columns_of(ids, (*INPUT_COLUMNS, *EVALUATED_COLUMNS))
    kept = ((RuleInput.of(row[: len(INPUT_COLUMNS)]), *row[len(INPUT_COLUMNS) :]) for row in rows)
    return [
        AlertToEvaluate(seen, state, at, AppliedEffects(*done), seen.id in raised)
        for seen, state, at, *done in kept
    ]


@contextmanager
def rule_decisions(
    seen: Iterable[RuleInput], rulings: ActiveRules, *, by: Actor, at: datetime
) -> Iterator[Callable[[RuleInput], Decision]]:
    """Yield a function that returns what rules decide of one alert after another.

    Inside the action: those that took too long are set aside at the end.
    """
    plans = match_support_plans(seen, rulings, at=at)
    judge, moment = RuleEvaluator(rulings), EvaluationTime.of(at, rulings)
    yield lambda one: judge.decide(one.situation(moment, plans), one.integration_id)
    if judge.slow:
        with attributed(by):
            mark_rules_broken(judge.slow.keys(), "slow")


def evaluate_rules(
    found: Sequence[AlertToEvaluate],
    rulings: ActiveRules,
    *,
    by: Actor,
    at: datetime,
    again: bool = False,
) -> list[RuleOutcome]:
    """Return what rules decide of each alert, in their order; inside the action.

    `again` tries suppressing rules alone: all else is decided when an event arrives.
    """
    looked_at = []
    with rule_decisions((one.seen for one in found), rulings, by=by, at=at) as decide:
        for one in found:
            decision = decide(one.seen)
            if again:
                after = _suppressed(one.done, decision)
            else:
                after = effects_of_decision(
                    decision, one.state, raised=one.raised, at=at, before=one.done
                )
            looked_at.append(
                RuleOutcome(one.seen.id, one.state, one.source_at, decision, one.done, after)
            )
    return looked_at


def _suppressed(before: AppliedEffects, decision: Decision) -> AppliedEffects:
    return replace(before, suppressed=_id(decision.suppress))


def effects_of_decision(
    decision: Decision,
    state: str,
    *,
    raised: bool,
    at: datetime,
    before: AppliedEffects = NO_EFFECTS,
) -> AppliedEffects:
    """Return what rules do to the alert now.

    An alert that has just opened is decided anew, and a hold begins with that alone.
    """
    if raised and decision.is_nothing:
        return NO_EFFECTS
    kept = NO_EFFECTS if raised else before
    hold, route, until = decision.hold, decision.route, None
    if hold is not None and hold.hold_for is not None and state == AlertState.OPEN:
        until = at + hold.hold_for if raised else before.until
    return AppliedEffects(
        suppressed=_id(decision.suppress),
        held=_id(hold) if until else kept.held,
        until=until,
        team=route.team_id if route else kept.team,
        routed=route.id if route else kept.routed,
        qualifies=_id(decision.qualify) or kept.qualifies,
    )


def _id(ruling: ActiveRule | None) -> int | None:
    return ruling.id if ruling else None


def _changed(looked_at: Sequence[RuleOutcome]) -> list[RuleOutcome]:
    """Return the stored alerts to which rules do something else than before: these are written."""
    wanted = [one for one in looked_at if one.before != one.after]
    if not wanted:
        return []
    columns: dict[str, list[Any]] = {
        "id": [one.id for one in wanted],
        "source_at": [one.source_at for one in wanted],
    }
    for name in AppliedEffects.__struct_fields__:
        columns[name] = [getattr(look.after, name) for look in wanted]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_EFFECTS, columns)
        changed = {row[0] for row in cursor.fetchall()}
    return [one for one in wanted if one.id in changed]


def _record(done: Iterable[RuleOutcome], *, by: Actor, at: datetime) -> None:
    rows = [
        alert_change_values(one.id, kind, by=by, at=at, source=source, target=target, until=until)
        for one in done
        for kind, source, target, until in _told(one)
    ]
    insert_many(AlertChange, rows)


def _told(look: RuleOutcome) -> Iterable[tuple[str, str, str, datetime | None]]:
    before, after, decision = look.before, look.after, look.decision
    if after.suppressed != before.suppressed:
        rule = decision.suppress
        yield (Kind.SUPPRESSED, "", rule.name, None) if rule else (Kind.SPEAKS, "", "", None)
    if after.until != before.until:
        hold = decision.hold
        yield (
            (Kind.HELD, "", hold.name if hold else "", after.until)
            if after.until
            else (
                Kind.LASTS,
                "",
                "",
                None,
            )
        )
    if after.team is not None and after.team != before.team and decision.route:
        yield Kind.ROUTED, decision.route.name, decision.route.team, None


def _speak(done: Iterable[RuleOutcome], *, by: Actor, at: datetime) -> None:
    for reason, ids in _by_reason(done):
        announce_call(ids, reason, by=by, at=at)
        app.configure_task(TIMER_JOB).defer()


def _by_reason(done: Iterable[RuleOutcome]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for one in done:
        if one.may_speak:
            found.setdefault(one.may_speak, []).append(one.id)
    return list(found.items())
