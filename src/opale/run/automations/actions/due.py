"""Timed automations: what falls due starts them, each ticket in a job of its own."""

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from opale.conditions.compiled import ConditionTimeout
from opale.conditions.tokens import InvalidCondition
from opale.run.automations.actions.failures import disable_by_itself
from opale.run.automations.actions.reactions import start_job
from opale.run.automations.actions.runs import actor_of_automation, left_to
from opale.run.automations.models import Automation, AutomationRun
from opale.run.automations.queries.happenings import Happening, Window, due_soon, happenings
from opale.run.automations.queries.matching import fits
from opale.run.automations.queries.ticket_facts import TicketView
from opale.run.automations.states import Moment, RunState, Stopped, Trigger
from opale.run.desk.models import Ticket

LOG: Final = logging.getLogger(__name__)


def start_due_automations(*, at: datetime) -> int:
    """Start what fell due since each timed automation was enabled or last looked at; return how
    many jobs that are. One that fails unexpectedly stops no other; it is looked at again."""
    started = 0
    timed = Automation.objects.filter(active=True, trigger=Trigger.TIME).order_by("pk")
    for key in timed.values_list("pk", flat=True):
        try:
            started += _start(key, at)
        except Exception:
            LOG.exception("Automation %s: what fell due was not started", key)
    return started


def _start(automation_id: int, at: datetime) -> int:
    with transaction.atomic():
        # Of two processes, one looks: the other finds the time of the first.
        rows = Automation.objects.select_for_update(of=("self",), skip_locked=True)
        held = rows.select_related("author__user").filter(pk=automation_id, active=True).first()
        if held is None or held.checked_until is None or held.checked_until >= at:
            return 0
        before = held.moment == Moment.DUE
        found = _due_now(held, at) if before else _fallen_due(held, held.checked_until, at)
        for one in found:
            start_job(one.ticket_id, Trigger.TIME, one.key, [], automation_id=held.pk)
        Automation.objects.filter(pk=held.pk).update(checked_until=at)
    return len(found)


def _fallen_due(held: Automation, since: datetime, at: datetime) -> list[Happening]:
    """Return what fell due, but for what the automation did itself: its own reply three days ago
    is no reason to reply again."""
    window = Window(Ticket.objects.all(), since, at, held.wait, running=True)
    found = happenings(Trigger.TIME, held.moment, window)
    own = AutomationRun.objects.filter(
        chain__contains=[held.pk],
        state=RunState.DONE,
        ticket__in={one.ticket_id for one in found},
        left_at__gte=since - held.wait,
    )
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for ticket_id, began, ended in own.values_list("ticket_id", "at", "left_at"):
        spans.setdefault(ticket_id, []).append((began, ended))
    return [
        one
        for one in found
        if not any(
            began <= one.at - held.wait <= ended for began, ended in spans.get(one.ticket_id, ())
        )
    ]


def _due_now(held: Automation, at: datetime) -> list[Happening]:
    """Return what is due within the wait, fits, and did not start the automation yet.

    Clocks move with pauses and priorities: what did not fit is looked at again each time.
    """
    soon = {
        one.ticket_id: one
        for one in due_soon(Ticket.objects.all(), at, held.wait)
        if held.enabled_at is not None and one.at > held.enabled_at
    }
    ran = AutomationRun.objects.filter(automation=held, ticket__in=soon)
    known = set(ran.values_list("ticket_id", "occasion"))
    try:
        return [
            soon[ticket.pk]
            for ticket in left_to(actor_of_automation(held)).filter(pk__in=soon).order_by("pk")
            if (ticket.pk, soon[ticket.pk].key) not in known
            and fits(held.condition, TicketView(ticket, at))
        ]
    except (InvalidCondition, ConditionTimeout):
        disable_by_itself(held, Stopped.CONDITION)
        return []
