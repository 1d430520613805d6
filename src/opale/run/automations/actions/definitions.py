"""Writing automations, and switching them on and off. Source: docs/rules/automations.md."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opale.conditions.compiled import compile_condition
from opale.conditions.errors import condition_error
from opale.conditions.tokens import InvalidCondition
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.run.automations.actions.authors import check_author
from opale.run.automations.models import Automation, span_of
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.rights import WRITE
from opale.run.automations.states import MAX_AHEAD, Moment, Trigger, Unit
from opale.run.desk.actions.macro_definitions import wrong_acts
from opale.run.desk.actions.macros import MacroActs


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationInput:
    """The content of an automation: when, if, then."""

    name: str
    trigger: Trigger
    moment: str = ""
    amount: int | None = None
    unit: str = ""
    condition: str = ""
    acts: MacroActs = field(default_factory=MacroActs)

    @classmethod
    def of(cls, row: Automation) -> "AutomationInput":
        return cls(
            name=row.name,
            trigger=Trigger(row.trigger),
            moment=row.moment,
            amount=row.amount,
            unit=row.unit,
            condition=row.condition,
            acts=MacroActs.from_record(row.acts),
        )


def create_automation(sheet: AutomationInput, *, by: Actor) -> Automation:
    """Create an automation, disabled: try it, then enable it. Errors: NotAllowed, Invalid."""
    _check_right(by)
    columns = _columns_of(sheet, by=by)
    with attributed(by):
        return Automation.objects.create(**columns)


def edit_automation(automation: Automation, sheet: AutomationInput, *, by: Actor) -> Automation:
    """Change an automation, which acts with the rights of the editor from then on.

    Errors: NotAllowed, NotFound, Invalid.
    """
    _check_right(by)
    with attributed(by):
        held = _held(automation)
        columns = _columns_of(sheet, by=by, but=held.pk)
        timing = ("trigger", "moment", "amount", "unit")
        if held.active and any(columns[name] != getattr(held, name) for name in timing):
            columns |= {"enabled_at": clock.now(), "checked_until": clock.now()}
        for name, value in columns.items():
            setattr(held, name, value)
        held.save(update_fields=list(columns))
    return held


def enable_automation(automation: Automation, *, by: Actor) -> Automation:
    """Enable an automation, for what happens or falls due from now on.

    Errors: NotAllowed, NotFound, Conflict (its author may no longer write automations).
    """
    _check_right(by)
    with attributed(by):
        held = _held(automation)
        if not held.active:
            check_author(held.author)
            at = clock.now()
            _save(held, active=True, enabled_at=at, checked_until=at, failures=0, stopped="")
    return held


def disable_automation(automation: Automation, *, by: Actor) -> Automation:
    """Errors: NotAllowed, NotFound."""
    _check_right(by)
    with attributed(by):
        held = _held(automation)
        if held.active:
            _save(held, active=False)
    return held


def remove_automation(automation: Automation, *, by: Actor) -> None:
    """Delete an automation, which can be restored; its runs stay. Errors: NotAllowed, NotFound."""
    _check_right(by)
    with attributed(by):
        _save(_held(automation), active=False, removed_at=clock.now())


def restore_automation(automation: Automation, *, by: Actor) -> None:
    """Restore a deleted automation, disabled. Errors: NotAllowed, Conflict (its name is taken)."""
    _check_right(by)
    with attributed(by):
        held = Automation.objects.select_for_update().get(pk=automation.pk)
        if _is_taken(held.name, but=held.pk):
            raise Conflict(_("Another automation has this name."))
        _save(held, removed_at=None)


def _check_right(by: Actor) -> None:
    if not by.can(WRITE) or by.person_id is None:
        raise NotAllowed


def _held(automation: Automation) -> Automation:
    rows = Automation.objects.select_for_update(of=("self",)).filter(removed_at=None)
    held = rows.filter(pk=automation.pk).first()
    if held is None:
        raise NotFound
    return held


def _save(held: Automation, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(held, name, value)
    held.save(update_fields=list(columns))


def _is_taken(name: str, *, but: int | None) -> bool:
    return Automation.objects.filter(name=name, removed_at=None).exclude(pk=but or 0).exists()


def _columns_of(sheet: AutomationInput, *, by: Actor, but: int | None = None) -> dict[str, Any]:
    name, timed = " ".join(sheet.name.split()), sheet.trigger == Trigger.TIME
    wrong = wrong_acts(sheet.acts, by=by)
    if not name:
        wrong["name"] = _("Enter a name.")
    elif _is_taken(name, but=but):
        wrong["name"] = _("Another automation has this name.")
    if sheet.acts.take:
        wrong["take"] = _("An automation cannot take a ticket: assign it instead.")
    if timed and sheet.moment not in Moment.values:
        wrong["moment"] = _("Choose from when the time counts.")
    if timed and (sheet.unit not in Unit.values or not 0 < (sheet.amount or 0) <= 10_000):
        wrong["amount"] = _("Enter a time: a number from 1 to 10,000, and its unit.")
    elif timed and sheet.moment == Moment.DUE and span_of(sheet.amount, sheet.unit) > MAX_AHEAD:
        wrong["amount"] = _("Enter at most 30 days before an SLA is due.")
    if sheet.condition:
        try:
            compile_condition(sheet.condition, TICKET_FIELDS)
        except InvalidCondition as error:
            wrong["condition"] = condition_error(error)
    if wrong:
        raise Invalid(**wrong)
    return {
        "name": name[:100],
        "trigger": sheet.trigger,
        "moment": sheet.moment if timed else "",
        "amount": sheet.amount if timed else None,
        "unit": sheet.unit if timed else "",
        "condition": sheet.condition,
        "acts": sheet.acts.to_record(),
        "author_id": by.person_id,
    }
