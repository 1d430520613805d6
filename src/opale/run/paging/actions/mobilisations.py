"""Start of mobilisations, by the first policy that matches.

Source: docs/rules/paging.md, "What starts one".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from opale.kernel import live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.states import record_moves
from opale.kernel.timers import Timers
from opale.run.paging.domain.escalation_plans import EscalationPlan, parse_content, to_record
from opale.run.paging.models import EscalationPolicy, Mobilisation, PolicyVersion
from opale.run.paging.ports import Subject
from opale.run.paging.queries.escalation_plans import make_plan, policy_applies
from opale.run.paging.states import GIVE_BACK, UNANSWERED, MobilisationState

TIMER_JOB: Final = "paging.run_due"
TIMERS: Final = Timers(TIMER_JOB)
MANAGER_REPEAT: Final = timedelta(minutes=15)
"""Interval of the on-call manager's pages after nobody of the policy answered."""
BOARD: Final = "paging.board"
"""The live topic of all mobilisations."""


def start_mobilisation(subject: Subject, *, by: Actor, at: datetime) -> Mobilisation | None:
    """Page people about a subject; return None where no policy matches.

    An open mobilisation keeps its plan; one that somebody acknowledged starts anew.
    """
    return next(iter(start_mobilisations([subject], by=by, at=at)), None)


def start_mobilisations(
    subjects: Sequence[Subject], *, by: Actor, at: datetime
) -> list[Mobilisation]:
    """Start mobilisations in one transaction; return those for which a policy matches."""
    if not subjects:
        return []
    with attributed(by):
        locks.take_locks(*(f"paging:{subject.about}" for subject in subjects))
        abouts = [subject.about for subject in subjects]
        open_ones = {
            one.about: one
            for one in Mobilisation.objects.filter(about__in=abouts)
            .exclude(state=MobilisationState.RESOLVED)
            .select_for_update(of=("self",))
            .order_by("pk")
        }
        choosing, told = PolicyChooser(at), _told(subjects)
        found = []
        for subject in subjects:
            if (subject.about, subject.occasion) in told:
                continue
            held = open_ones.get(subject.about)
            begun = (
                _go_on(held, subject, choosing, by=by) if held else _begin(subject, choosing, by=by)
            )
            if begun is not None:
                open_ones[subject.about] = begun
                found.append(begun)
        TIMERS.set([one.next_at for one in found if one.next_at is not None], at=at)
        if found:
            live_topics.publish(BOARD)
    return found


def retitle_mobilisations(about: str, title: str) -> None:
    """Give a new title to all mobilisations about a subject, the ended ones too."""
    rows = Mobilisation.objects.filter(about=about).exclude(title=title)
    changed = list(rows.values_list("pk", flat=True))
    if changed:
        Mobilisation.objects.filter(pk__in=changed).update(title=title)
        live_topics.publish(BOARD, *(f"paging.mobilisation:{pk}" for pk in changed))


def restart_mobilisation(held: Mobilisation, *, reason: str, by: Actor, at: datetime) -> None:
    """Restart an acknowledged, locked mobilisation by the policy as it is now."""
    choosing = PolicyChooser(at)
    policy = choosing.of_key(held.version.policy_id)
    _renew(held, policy, choosing, reason=reason, by=by)
    TIMERS.set([at], at=at)


class PolicyChooser:
    """The policies at one moment, read once, and their plans, made once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        rows = EscalationPolicy.objects.select_related("team__manager").order_by("position", "id")
        self.policies = list(rows)
        versions = PolicyVersion.objects.filter(
            policy__in=self.policies, number=F("policy__version")
        )
        self.versions = {version.policy_id: version for version in versions}
        self.contents = {pk: parse_content(one.content) for pk, one in self.versions.items()}
        self._plans: dict[tuple[int, int, int], EscalationPlan] = {}

    def of_key(self, policy_id: int) -> EscalationPolicy:
        return next(policy for policy in self.policies if policy.pk == policy_id)

    def serving(self, subject: Subject) -> EscalationPolicy | None:
        return next(
            (
                policy
                for policy in self.policies
                if policy.is_on
                and policy_applies(self.contents[policy.pk].conditions, subject, self.at)
            ),
            None,
        )

    def plan(self, policy: EscalationPolicy, *, rounds_before: int = 0) -> EscalationPlan:
        content = self.contents[policy.pk]
        in_turn = any(t.kind == "round_robin" for step in content.steps for t in step.targets)
        key = (policy.pk, policy.turns if in_turn else 0, rounds_before)
        if key not in self._plans:
            self._plans[key] = make_plan(
                content, policy.team, at=self.at, turn=key[1], rounds_before=rounds_before
            )
        if in_turn:
            EscalationPolicy.objects.filter(pk=policy.pk).update(turns=F("turns") + 1)
            policy.turns += 1
        return self._plans[key]


def _told(subjects: Sequence[Subject]) -> set[tuple[str, str]]:
    """Return the occasions for which people were paged already."""
    named = [subject.about for subject in subjects if subject.occasion]
    if not named:
        return set()
    rows = Mobilisation.objects.filter(about__in=named).values_list("about", "occasions")
    return {(about, occasion) for about, occasions in rows for occasion in occasions}


def _begin(subject: Subject, choosing: PolicyChooser, *, by: Actor) -> Mobilisation | None:
    policy = choosing.serving(subject)
    if policy is None:
        return None
    plan = choosing.plan(policy)
    begun = Mobilisation.objects.create(
        version=choosing.versions[policy.pk],
        team=policy.team,
        customer_id=subject.customer_id,
        about=subject.about,
        trigger=subject.trigger,
        reason=subject.reason,
        occasions=[subject.occasion] if subject.occasion else [],
        title=" ".join(subject.title.split())[:300],
        path=subject.path,
        severity=subject.severity,
        priority=subject.priority,
        stream=subject.stream,
        plan=to_record(plan),
        last_round=_last_round(plan),
        next_at=choosing.at,
        started_at=choosing.at,
    )
    state = MobilisationState.TRIGGERED
    record_moves(Mobilisation, "start", {begun.pk: ""}, state, by=by, at=choosing.at)
    return begun


def _go_on(
    held: Mobilisation, subject: Subject, choosing: PolicyChooser, *, by: Actor
) -> Mobilisation:
    """Keep an open mobilisation, its next page telling a worse state; restart one acknowledged."""
    held.severity = max(held.severity, subject.severity)
    held.priority = min(filter(None, (held.priority, subject.priority)), default=0)
    held.title = " ".join(subject.title.split())[:300]
    if subject.occasion:
        held.occasions = [*held.occasions, subject.occasion]
    held.save(update_fields=["severity", "priority", "title", "occasions"])
    if held.state not in UNANSWERED:
        policy = choosing.serving(subject) or choosing.of_key(held.version.policy_id)
        _renew(held, policy, choosing, reason=subject.reason, by=by)
    return held


def _renew(
    held: Mobilisation, policy: EscalationPolicy, choosing: PolicyChooser, *, reason: str, by: Actor
) -> None:
    plan = choosing.plan(policy, rounds_before=held.last_round)
    before = held.state
    held.version = choosing.versions[policy.pk]
    held.team = policy.team
    held.state = MobilisationState.TRIGGERED
    held.reason = reason
    held.plan = to_record(plan)
    held.position = 0
    held.last_round = _last_round(plan)
    held.next_at = choosing.at
    held.save(
        update_fields=[
            *("version", "team", "state", "reason", "plan"),
            *("position", "last_round", "next_at"),
        ]
    )
    record_moves(Mobilisation, GIVE_BACK.name, {held.pk: before}, held.state, by=by, at=choosing.at)
    live_topics.publish(BOARD, f"paging.mobilisation:{held.pk}")


def _last_round(plan: EscalationPlan) -> int:
    return max((step.round for step in plan.steps), default=0)
