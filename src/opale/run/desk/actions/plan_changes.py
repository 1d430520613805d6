"""Running tickets follow a change of their plan that reaches back to the day of their receipt.

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
    """A plan is sold differently from a day on: tickets since. Hears the customers' fact."""
    _follow(open_tickets_under(fact.plan_id, None), fact.starts, by)


def apply_given_plan(fact: PlanGiven, by: Actor) -> None:
    """A service got another plan from a day on: its tickets received since."""
    _follow(open_tickets_under(None, fact.service_id), fact.starts, by)


def _follow(tickets: DeskQuerySet[Ticket], starts: date, by: Actor) -> None:
    """Classify them anew as they are: plan, priority and promises follow, pauses and time stay."""
    since = datetime.combine(starts, time(), UTC)
    for ticket in tickets.filter(received_at__gte=since).only("pk").order_by("pk"):
        with attributed(by):
            held = lock_ticket(ticket, by=by)
            if held.state in OPEN_STATES:
                reclassify_ticket(held, lambda found: found, by=by)
