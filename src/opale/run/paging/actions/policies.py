"""Escalation policies, changed by versions: a running mobilisation keeps its version.

Source: docs/rules/paging.md, "Policies".
"""

from datetime import time
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Stream
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person, Team
from opale.run.paging.domain.escalation_plans import (
    MAX_ROUNDS,
    MAX_STEPS,
    MAX_WAIT,
    Conditions,
    PolicyContent,
    Target,
    to_record,
)
from opale.run.paging.models import EscalationPolicy, Mobilisation, PolicyVersion
from opale.run.paging.rights import EDIT
from opale.run.paging.states import Trigger

POLICIES = "paging.policies"
"""The live topic of the list of policies."""
POSITION_STEP = 10


def create_policy(
    *, name: str, team: Team, content: PolicyContent, is_on: bool = True, by: Actor
) -> EscalationPolicy:
    """Create a policy, last in the order.

    Errors: NotAllowed, Invalid, Conflict (the name is taken).
    """
    _refuse(team, by)
    name = _named(name)
    _check(content)
    with attributed(by):
        last = EscalationPolicy.objects.order_by("-position").values_list("position", flat=True)
        try:
            with transaction.atomic():
                policy = EscalationPolicy.objects.create(
                    name=name, team=team, is_on=is_on, position=(last.first() or 0) + POSITION_STEP
                )
        except IntegrityError:
            raise Conflict(_("Another policy has this name.")) from None
        _write(policy, content, by=by)
    return policy


def edit_policy(
    policy: EscalationPolicy,
    *,
    name: str | None = None,
    team: Team | None = None,
    content: PolicyContent | None = None,
    is_on: bool | None = None,
    by: Actor,
) -> EscalationPolicy:
    """Change a policy; new content makes a new version, and running mobilisations keep theirs.

    Errors: NotFound, NotAllowed, Invalid, Conflict (the name is taken).
    """
    if content is not None:
        _check(content)
    with attributed(by):
        held = _held(policy, by=by)
        if team is not None:
            _refuse(team, by)
            held.team = team
        held.name = held.name if name is None else _named(name)
        held.is_on = held.is_on if is_on is None else is_on
        try:
            with transaction.atomic():
                held.save(update_fields=["name", "team", "is_on"])
        except IntegrityError:
            raise Conflict(_("Another policy has this name.")) from None
        present = held.versions.get(number=held.version)
        if content is not None and to_record(content) != present.content:
            held.version += 1
            held.save(update_fields=["version"])
            _write(held, content, by=by)
        live_topics.publish(POLICIES)
    return held


def switch_policy(policy: EscalationPolicy, *, by: Actor) -> bool:
    """Switch a policy off, or on again; return whether it is on. Errors: NotFound, NotAllowed."""
    is_on = not policy.is_on
    edit_policy(policy, is_on=is_on, by=by)
    return is_on


def move_policy(policy: EscalationPolicy, *, up: bool, by: Actor) -> None:
    """Move a policy one place up or down in the order. Errors: NotFound, NotAllowed."""
    with attributed(by):
        _held(policy, by=by)
        rows = list(EscalationPolicy.objects.select_for_update().order_by("position", "id"))
        place = next(n for n, row in enumerate(rows) if row.pk == policy.pk)
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, start=1):
            if row.position != number * POSITION_STEP:
                row.position = number * POSITION_STEP
                row.save(update_fields=["position"])
        live_topics.publish(POLICIES)


def delete_policy(policy: EscalationPolicy, *, by: Actor) -> None:
    """Delete a policy. Errors: NotFound, NotAllowed, Conflict (used: disable it instead)."""
    with attributed(by):
        held = _held(policy, by=by)
        if Mobilisation.objects.filter(version__policy=held).exists():
            raise Conflict(_("This policy has already paged people. Disable it instead."))
        held.delete()
        live_topics.publish(POLICIES)


def _write(policy: EscalationPolicy, content: PolicyContent, *, by: Actor) -> None:
    PolicyVersion.objects.create(
        policy=policy,
        number=policy.version,
        content=to_record(content),
        made_at=clock.now(),
        made_by=by.key,
        made_by_name=by.name,
    )
    live_topics.publish(POLICIES)


def _refuse(team: Team, by: Actor) -> None:
    if not Team.objects.within(by, EDIT).filter(pk=team.pk, closed_on=None).exists():
        raise NotAllowed


def _held(policy: EscalationPolicy, *, by: Actor) -> EscalationPolicy:
    rows = EscalationPolicy.objects.visible_to(by).filter(pk=policy.pk)
    held = rows.select_for_update(of=("self",)).first()
    if held is None:
        raise NotFound
    if not rows.within(by, EDIT).exists():
        raise NotAllowed
    return held


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 100:
        raise Invalid(name=_("A name has between 1 and 100 characters."))
    return name


def _check(content: PolicyContent) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(content.steps) <= MAX_STEPS:
        wrong["steps"] = _("A policy has between 1 and %(most)s steps.") % {"most": MAX_STEPS}
    if any(not 1 <= step.minutes <= MAX_WAIT.total_seconds() // 60 for step in content.steps):
        wrong["steps"] = _("A step must wait between 1 minute and 24 hours.")
    if not all(step.targets and len(step.targets) <= MAX_STEPS for step in content.steps):
        wrong["steps"] = _("Choose who is paged at each step.")
    if not 0 <= content.repeat < MAX_ROUNDS:
        wrong["repeat"] = _("Repeat between 0 and %(most)s times.") % {"most": MAX_ROUNDS - 1}
    if not 0 <= content.again_minutes <= 7 * 24 * 60:
        wrong["again_minutes"] = _("Enter a duration between 0 and 7 days.")
    targets = [target for step in content.steps for target in step.targets]
    if not _known(targets):
        wrong["steps"] = _("A step refers to a person or team that does not exist.")
    wrong |= _wrong_conditions(content.conditions)
    if wrong:
        raise Invalid(**wrong)


def _known(targets: list[Target]) -> bool:
    people = {one.person_id or 0 for one in targets if one.kind == "person"}
    teams = {one.team_id for one in targets if one.team_id is not None}
    return Person.objects.filter(pk__in=people, left_on=None).count() == len(
        people
    ) and Team.objects.filter(pk__in=teams, closed_on=None).count() == len(teams)


def _wrong_conditions(said: Conditions) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not set(said.triggers) <= set(Trigger.values):
        wrong["triggers"] = _("This trigger does not exist.")
    if not set(said.streams) <= set(Stream.values):
        wrong["streams"] = _("This stream does not exist.")
    if not 0 <= said.min_severity <= 5:
        wrong["min_severity"] = _("Severity must be between 0 and 5.")
    if not 0 <= said.max_priority <= 5:
        wrong["max_priority"] = _("Priority must be between 1 and 5, or 0 for any.")
    if not set(said.weekdays) <= set(range(7)):
        wrong["weekdays"] = _("Days go from 0 (Monday) to 6 (Sunday).")
    if bool(said.since) != bool(said.until) or not all(map(_is_time, (said.since, said.until))):
        wrong["since"] = _("Enter both a start and an end, such as 08:00 and 18:00.")
    if said.zone not in available_timezones():
        wrong["zone"] = _("This time zone does not exist.")
    if Customer.objects.filter(pk__in=said.customer_ids).count() != len(set(said.customer_ids)):
        wrong["customers"] = _("This customer does not exist.")
    if Team.objects.filter(pk__in=said.team_ids).count() != len(set(said.team_ids)):
        wrong["teams"] = _("This team does not exist.")
    return wrong


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text or "00:00")
    except ValueError:
        return False
    return True
