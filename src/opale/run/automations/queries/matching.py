"""Whether a ticket fits the condition of an automation."""

from opale.conditions.compiled import compile_condition
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.queries.ticket_facts import TicketView, facts_of


def fits(condition: str, view: TicketView) -> bool:
    """Return whether a ticket fits; without a condition each does.

    Errors: InvalidCondition, ConditionTimeout.
    """
    if not condition:
        return True
    compiled = compile_condition(condition, TICKET_FIELDS)
    return compiled.fits(facts_of(view, compiled.variables))
