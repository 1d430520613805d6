"""Dry runs: the tickets that an automation would have changed in the last week.

Nothing is changed. State and classification are those of the moment; what has no dated record
(subject, tags, ticket fields, owner) is as it is now. Source: docs/rules/automations.md.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from opale.conditions.compiled import ConditionTimeout
from opale.kernel.actor import Actor
from opale.run.automations.models import Automation
from opale.run.automations.queries.happenings import Window, happenings
from opale.run.automations.queries.matching import fits
from opale.run.automations.queries.ticket_facts import TicketView
from opale.run.automations.states import Trigger
from opale.run.desk.models import Ticket
from opale.run.desk.states import TicketState

LOOKED_BACK: Final = timedelta(days=7)
SHOWN: Final = 50
MAX_SECONDS: Final = 8.0
AT_ONCE: Final = 200
MOST: Final = 5_000
"""The most occasions that are tried, the newest of the week."""


@dataclass(frozen=True, slots=True)
class DryRunLine:
    ticket: Ticket
    at: datetime


@dataclass(slots=True)
class DryRun:
    """`occasions` is how often the trigger happened, `runs` how often the automation would have
    run, on `tickets`; `lines` are the newest. `partly`: only the newest occasions were tried, there
    were too many. `slow`: the condition takes too long."""

    since: datetime
    occasions: int = 0
    runs: int = 0
    tickets: int = 0
    lines: list[DryRunLine] = field(default_factory=list)
    partly: bool = False
    slow: bool = False


def dry_run_of(automation: Automation, *, seen_by: Actor, at: datetime) -> DryRun:
    """Return what an automation would have done in the last week. Errors: InvalidCondition."""
    return dry_run(
        Trigger(automation.trigger),
        automation.condition,
        moment=automation.moment,
        wait=automation.wait,
        seen_by=seen_by,
        at=at,
    )


def dry_run(
    trigger: Trigger,
    condition: str,
    *,
    moment: str = "",
    wait: timedelta = timedelta(),
    seen_by: Actor,
    at: datetime,
) -> DryRun:
    """Return what an automation would have done in the last week. Errors: InvalidCondition."""
    since = at - LOOKED_BACK
    window = Window(Ticket.objects.visible_to(seen_by), since, at, wait, most=MOST)
    found = happenings(trigger, moment, window)
    result = DryRun(since, occasions=len(found), partly=len(found) >= MOST)
    touched: set[int] = set()
    stop_at = time.monotonic() + MAX_SECONDS
    for first in range(0, len(found), AT_ONCE):
        if time.monotonic() > stop_at:
            result.partly = True
            break
        some = found[first : first + AT_ONCE]
        rows = Ticket.objects.visible_to(seen_by).select_related(
            "customer", "service", "request_type"
        )
        tickets = rows.in_bulk([one.ticket_id for one in some])
        for one in some:
            ticket = tickets.get(one.ticket_id)
            if ticket is None:  # it was hidden meanwhile
                continue
            view = TicketView(ticket, one.at, past=True)
            try:
                if view.state == TicketState.MERGED or not fits(condition, view):
                    continue
            except ConditionTimeout:
                result.slow = True
                return result
            result.runs += 1
            touched.add(ticket.pk)
            if len(result.lines) < SHOWN:
                result.lines.append(DryRunLine(ticket, one.at))
    result.tickets = len(touched)
    return result
