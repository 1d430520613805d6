"""Endpoints of automations and their runs; acts add theirs."""

from ninja import Router

from opale.conditions.errors import condition_error
from opale.conditions.tokens import InvalidCondition
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.listings.endpoints import list_endpoint
from opale.run.automations.listings import AUTOMATIONS, RECURRING, RUNS
from opale.run.automations.models import Automation, AutomationRun, RecurringTicket
from opale.run.automations.queries import automations as queries
from opale.run.automations.queries import recurring as recurring_queries
from opale.run.automations.queries.dry_runs import DryRun, dry_run_of
from opale.run.automations.rights import READ, WRITE
from opale.run.automations.shapes import (
    AutomationOut,
    AutomationRunOut,
    DryRunOut,
    RecurringTicketOut,
)

router = Router(tags=["automations"])
list_endpoint(router, "/automations", AUTOMATIONS, AutomationOut, name="list_automations")
list_endpoint(
    router, "/automations/runs", RUNS, AutomationRunOut, name="list_automation_runs",
    text="What automations did to the tickets that the caller sees, the newest first.",
)  # fmt: skip


@router.get("/automations/{int:automation_id}", response=AutomationOut, auth=may(READ))
def get_automation(request: ActorRequest, automation_id: int) -> Automation:
    return queries.get_automation(automation_id, seen_by=request.actor)


@router.get("/automations/runs/{int:run_id}", response=AutomationRunOut, auth=may(READ))
def get_automation_run(request: ActorRequest, run_id: int) -> AutomationRun:
    return queries.get_run(run_id, seen_by=request.actor)


@router.get("/automations/{int:automation_id}/dry-run", response=DryRunOut, auth=may(WRITE))
def try_automation(request: ActorRequest, automation_id: int) -> DryRun:
    """The tickets that it would have changed in the last week; nothing is changed."""
    automation = queries.get_automation(automation_id, seen_by=request.actor)
    try:
        return dry_run_of(automation, seen_by=request.actor, at=now())
    except InvalidCondition as error:
        raise Invalid(condition=condition_error(error)) from error


list_endpoint(
    router, "/recurring-tickets", RECURRING, RecurringTicketOut, name="list_recurring_tickets"
)


@router.get("/recurring-tickets/{int:recurring_id}", response=RecurringTicketOut, auth=may(READ))
def get_recurring_ticket(request: ActorRequest, recurring_id: int) -> RecurringTicket:
    return recurring_queries.get_recurring_ticket(recurring_id, seen_by=request.actor)
