"""Changes of a plan that reach back to the receipt of running tickets.

Source: docs/rules/clocks.md, "When a plan changes".
"""

from datetime import UTC, date, datetime, time

from opale.customers.facts import PlanGiven, PlanVersionStarted
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.run.desk.actions.classifications import reclassify_ticket
from opale.run.desk.actions.ticket_locks import lock_ticket
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.queries.plan_changes import open_tickets_under
from opale.run.desk.states import OPEN_STATES


def apply_plan_version(fact: PlanVersionStarted, by: Actor) -> None:
    """Reclassify the tickets received since a plan version started. Hears the customers' fact."""
    _follow(open_tickets_under(fact.plan_id, None), fact.starts, by)


def apply_given_plan(fact: PlanGiven, by: Actor) -> None:
    """Reclassify the tickets of a service received since it got another plan."""
    _follow(open_tickets_under(None, fact.service_id), fact.starts, by)


def _follow(tickets: DeskQuerySet[Ticket], starts: date, by: Actor) -> None:
    """Reclassify tickets as they are: plan, priority and promises follow, pauses and time stay."""
    since = datetime.combine(starts, time(), UTC)
    for ticket in tickets.filter(received_at__gte=since).only("pk").order_by("pk"):
        with attributed(by):
            held = lock_ticket(ticket, by=by)
            if held.state in OPEN_STATES:
                reclassify_ticket(held, lambda found: found, by=by)
