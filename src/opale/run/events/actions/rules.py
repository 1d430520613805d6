"""Actions on event rules: create, change, order, switch, remove, restore.

Source: docs/rules/rules.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import Max
from django.utils.translation import gettext as _

from opale.conditions.errors import condition_error
from opale.conditions.tokens import InvalidCondition
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Team
from opale.run.events.actions.apply_rules import invalidate_rules, schedule_recheck
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import Condition
from opale.run.events.models import EventRule, Integration
from opale.run.events.queries.rules import existing_rules
from opale.run.events.rights import ADMINISTER
from opale.run.events.states import RuleEffect

MAX_HOLD: Final = timedelta(hours=24)
MAX_RULES: Final = 200
CONTENT: Final = ("name", "condition", "effect", "hold_for", "team", "integration")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """The terms of a rule: what fits, and what is done about it."""

    name: str
    condition: str
    effect: RuleEffect
    hold_for: timedelta | None = None
    team_id: int | None = None
    integration_id: int | None = None


def create_event_rule(terms: RuleTerms, *, by: Actor, at: datetime) -> EventRule:
    """Create a rule behind all others, switched off. Errors: NotAllowed, Invalid."""
    _administering(by)
    with attributed(by):
        if existing_rules().count() >= MAX_RULES:
            raise Invalid(name=_("At most %(most)s rules.") % {"most": MAX_RULES})
        last = existing_rules().aggregate(last=Max("position"))["last"] or 0
        rule = EventRule(position=last + 1, created_at=at)
        _put(rule, terms)
        rule.save(force_insert=True)
        invalidate_rules()
    return rule


def edit_event_rule(rule: EventRule, terms: RuleTerms, *, by: Actor, at: datetime) -> None:
    """Change a rule, and clear why it was broken. Errors: NotAllowed, NotFound, Invalid."""
    _administering(by)
    with attributed(by):
        held = _held(rule)
        was_suppressing = _suppresses(held)
        _put(held, terms)
        held.broken = ""
        held.save(update_fields=[*CONTENT, "broken"])
        _changed(was_suppressing or _suppresses(held), at)


def revert_event_rule(rule: EventRule, version: int, *, by: Actor, at: datetime) -> None:
    """Put a rule back to an earlier version. Errors: NotAllowed, NotFound, Invalid."""
    former = EventRule.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    found = former.objects.filter(pgh_obj=rule.pk, pgh_id=version).first()
    if found is None:
        raise NotFound
    terms = RuleTerms(
        name=found.name,
        condition=found.condition,
        effect=RuleEffect(found.effect),
        hold_for=found.hold_for,
        team_id=found.team_id,
        integration_id=found.integration_id,
    )
    edit_event_rule(rule, terms, by=by, at=at)


def switch_event_rule(rule: EventRule, *, on: bool, by: Actor, at: datetime) -> None:
    """Switch a rule on or off. Errors: NotAllowed, NotFound, Conflict (it is broken)."""
    _administering(by)
    with attributed(by):
        held = _held(rule)
        if on and held.broken:
            raise Conflict(
                _("This rule was disabled because of an error. Change its condition first.")
            )
        if held.active != on:
            held.active = on
            held.save(update_fields=["active"])
            _changed(held.effect == RuleEffect.SUPPRESS, at)


def move_event_rule(
    rule: EventRule, way: Literal["up", "down"], *, by: Actor, at: datetime
) -> None:
    """Move a rule one place up or down. Errors: NotAllowed, NotFound."""
    _administering(by)
    with attributed(by):
        order = list(existing_rules().select_for_update())
        places = [one.pk for one in order]
        if rule.pk not in places:
            raise NotFound
        here = places.index(rule.pk)
        there = here - 1 if way == "up" else here + 1
        if not 0 <= there < len(order):
            return
        order[here], order[there] = order[there], order[here]
        for position, one in enumerate(order, start=1):
            if one.position != position:
                one.position = position
                one.save(update_fields=["position"])
        moved = order[there]
        moved.moved_at = at
        moved.save(update_fields=["moved_at"])
        _changed(_suppresses(order[here]) or _suppresses(order[there]), at)


def remove_event_rule(rule: EventRule, *, by: Actor, at: datetime) -> None:
    """Remove a rule; what it did stays on its alerts' record. Errors: NotAllowed, NotFound."""
    _administering(by)
    with attributed(by):
        held = _held(rule)
        held.removed_at = at
        held.save(update_fields=["removed_at"])
        _changed(_suppresses(held, removed=True), at)


def restore_event_rule(rule: EventRule, *, by: Actor, at: datetime) -> None:
    """Restore a removed rule. Errors: NotAllowed, Invalid (its name is taken)."""
    _administering(by)
    with attributed(by):
        held = EventRule.objects.select_for_update().get(pk=rule.pk)
        if held.removed_at is None:
            return
        _check_name(held.name, but=held.pk)
        held.removed_at = None
        held.save(update_fields=["removed_at"])
        _changed(_suppresses(held), at)


def validate_condition(source: str) -> Condition:
    """Return the parsed condition. Errors: Invalid(condition)."""
    try:
        return parse_condition(source)
    except InvalidCondition as error:
        raise Invalid(condition=condition_error(error)) from None


def _administering(by: Actor) -> None:
    """Check the right to administer on all customers: a rule may reach every customer's alerts."""
    if not by.everywhere(ADMINISTER):
        raise NotAllowed


def _held(rule: EventRule) -> EventRule:
    held = EventRule.objects.select_for_update().filter(pk=rule.pk, removed_at=None).first()
    if held is None:
        raise NotFound
    return held


def _suppresses(rule: EventRule, *, removed: bool = False) -> bool:
    tried = rule.active and not rule.broken if removed else rule.is_tried
    return tried and rule.effect == RuleEffect.SUPPRESS


def _changed(suppresses: bool, at: datetime) -> None:
    invalidate_rules()
    if suppresses:
        schedule_recheck(at)


def _put(rule: EventRule, terms: RuleTerms) -> None:
    _check_name(terms.name, but=rule.pk)
    validate_condition(terms.condition)
    held, routed = terms.effect == RuleEffect.HOLD, terms.effect == RuleEffect.ROUTE
    if held and not timedelta() < (terms.hold_for or timedelta()) <= MAX_HOLD:
        raise Invalid(hold_for=_("Enter a duration between 1 second and 24 hours."))
    if routed and not Team.objects.filter(pk=terms.team_id or 0, closed_on=None).exists():
        raise Invalid(team=_("Choose a team."))
    source = terms.integration_id
    if source is not None and not Integration.objects.filter(pk=source).exists():
        raise Invalid(integration=_("This integration does not exist."))
    rule.name, rule.condition = terms.name.strip(), terms.condition.strip()
    rule.effect = terms.effect
    rule.hold_for = terms.hold_for if held else None
    rule.team_id = terms.team_id if routed else None
    rule.integration_id = source


def _check_name(name: str, *, but: int | None) -> None:
    if not 0 < len(name.strip()) <= 100 or "\x00" in name:
        raise Invalid(name=_("A name has between 1 and 100 characters."))
    if existing_rules().filter(name=name.strip()).exclude(pk=but or 0).exists():
        raise Invalid(name=_("Another rule has this name."))
