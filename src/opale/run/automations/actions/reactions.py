"""What happens to tickets starts automations: one job for each ticket of a fact."""

from collections.abc import Callable
from functools import partial
from typing import Final

from procrastinate.contrib.django import app

from opale.kernel.actor import Actor
from opale.kernel.facts import Fact, delivered_key, listen
from opale.run.automations.queries.automations import chain_of, is_in_use
from opale.run.automations.states import Trigger
from opale.run.desk import facts

TASK: Final = "automations.run"
TRIGGERS: Final[dict[type[Fact], Trigger]] = {
    facts.TicketReceived: Trigger.RECEIVED,
    facts.TicketClassified: Trigger.CLASSIFIED,
    facts.TicketsMoved: Trigger.STATE,
    facts.TicketOwnerChanged: Trigger.OWNER,
    facts.MessageReceived: Trigger.CUSTOMER_WROTE,
    facts.MessageSent: Trigger.MESSAGE_SENT,
    facts.WorkAsked: Trigger.ESCALATED,
    facts.WorkReturned: Trigger.RETURNED,
    facts.ServiceRestored: Trigger.RESTORED,
    facts.CommitmentBreached: Trigger.BREACHED,
}


def listen_to_facts() -> None:
    """Let every fact that is a trigger start automations, where any enabled one wants it."""
    for kind, trigger in TRIGGERS.items():
        react: Callable[[Fact, Actor], None] = partial(start_automations, trigger)
        listen(kind, f"automations.{trigger}", react, when=partial(is_in_use, trigger))


def tickets_of(body: object) -> tuple[int, ...]:
    """Return the tickets that a fact is about."""
    many = getattr(body, "ticket_ids", None)
    return tuple(many) if many is not None else (getattr(body, "ticket_id", 0),)


def start_automations(trigger: Trigger, fact: Fact, by: Actor) -> None:
    """Defer a job for each ticket of a fact, with the automations that caused the fact."""
    fact_id = delivered_key()
    chain = chain_of(fact_id)
    for ticket_id in tickets_of(fact):
        start_job(ticket_id, trigger, f"fact:{fact_id}", chain)


def start_job(
    ticket_id: int,
    trigger: Trigger,
    occasion: str,
    chain: list[int],
    *,
    automation_id: int | None = None,
) -> None:
    """Defer the job that runs automations on a ticket, or one of them; those of one ticket wait
    for each other."""
    app.configure_task(TASK, lock=f"{TASK}:{ticket_id}").defer(
        ticket_id=ticket_id,
        trigger=str(trigger),
        occasion=occasion,
        chain=list(chain),
        automation_id=automation_id,
    )
