"""Acts of event rules: create, change, switch, order, remove, and what takes that back."""

from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Subject, button, create, form, moves, place, remove
from opale.kernel.actor import Actor
from opale.kernel.states import Move
from opale.run.events.actions import rules
from opale.run.events.acts.versions import get_version, on_version
from opale.run.events.forms.rules import ActivityForm, PlaceForm, RuleForm
from opale.run.events.models import EventRule
from opale.run.events.queries.rules import get_event_rule
from opale.run.events.rights import ADMINISTER
from opale.run.events.shapes.rules import RuleOut

PLACES = {way: Move(way, frozenset(), "", ADMINISTER) for way in ("up", "down")}


place_of_rules = place("events_rules", _("Alert rules"))


def toggle(rule: EventRule, *, by: Actor, at: datetime) -> bool:
    """Switch a rule off, or on again; return whether it is on."""
    active = not rule.active
    rules.switch_event_rule(rule, on=active, by=by, at=at)
    return active


def move_rule(rule: EventRule, *, by: Actor, move: Move, at: datetime) -> str:
    """Move a rule one place, and return the way back."""
    up = move is PLACES["up"]
    rules.move_event_rule(rule, "up" if up else "down", by=by, at=at)
    return "down" if up else "up"


RULES: Subject[EventRule] = Subject(
    name="event_rules", page="alerts/rules/", endpoint="/events/rules", home=place_of_rules
)
RULE = Subject(
    name="event_rule", model=EventRule, get=get_event_rule, shape=RuleOut,
    page="alerts/rules/<int:rule_id>/", endpoint="/events/rules/{int:rule_id}", home=place_of_rules,
    region=HOME,
)  # fmt: skip
REMOVED_RULE = Subject(
    name="removed_rule", model=EventRule, get=partial(get_event_rule, removed=True),
    page=RULE.page, home=place_of_rules, region=HOME,
)  # fmt: skip
RULE_VERSION: Subject[Any] = Subject(
    name="rule_version",
    get=get_version,
    within=RULE,
    page="change/<int:version>/",
    home=place_of_rules,
)
ACTS = (
    create(
        RULES, rules.create_event_rule, "create_event_rule", ADMINISTER, RuleForm, made=RULE,
        noun="", page=None, names={"hold_for": "hold_seconds"},
        text="It is off: try it, then switch it on.",
    ),
    form(
        RULE, rules.edit_event_rule, "edit_event_rule", ADMINISTER, RuleForm,
        noun="", page=None, verb="PUT", names={"hold_for": "hold_seconds"},
    ),
    button(
        RULE_VERSION, on_version(rules.revert_event_rule), "revert_event_rule", ADMINISTER,
        noun=None, page="withdrawal", said=_("Change to the rule undone."),
    ),
    form(
        RULE, rules.switch_event_rule, "switch_event_rule", ADMINISTER, ActivityForm,
        noun="activity", page=None, verb="PUT",
    ),
    button(
        RULE, toggle, "toggle_event_rule", ADMINISTER, noun=None, page="activity",
        undo="toggle_event_rule",
        said=lambda _row, active: gettext("Rule enabled.")
        if active
        else gettext("Rule disabled."),
    ),
    form(
        RULE, rules.move_event_rule, "move_event_rule", ADMINISTER, PlaceForm,
        noun="moves", page=None, text="One place up or down.",
    ),
    moves(
        RULE, move_rule, "place_event_rule", ADMINISTER, noun=None, page="place", choice="way",
        among=PLACES, said=_("Rule moved."),
        undo=lambda rule, back: reverse("events_place_event_rule", args=[rule.pk, back]),
    ),
    remove(
        RULE, rules.remove_event_rule, "remove_event_rule", ADMINISTER,
        page="removal", label=_("Delete"), tone="ghost", said=_("Rule deleted."),
        undo="restore_event_rule",
    ),
    button(
        REMOVED_RULE, rules.restore_event_rule, "restore_event_rule", ADMINISTER,
        noun=None, page="removal/withdrawal", said=_("Rule restored."),
    ),
)  # fmt: skip
