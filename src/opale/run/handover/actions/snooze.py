"""Tickets accepted in a block, snoozed until activity or until a promise comes near.

Source: docs/rules/handover.md, "Low-activity tickets".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.actions.ticket_locks import QUEUE
from opale.run.desk.models import News, Ticket
from opale.run.desk.states import OPEN_STATES
from opale.run.handover.models import SleepingTicket

WAKE_BEFORE_DUE: Final = timedelta(minutes=30)
BATCH_SIZE: Final = 500


def snooze_tickets(ticket_ids: Sequence[int], person: Person) -> None:
    """Snooze tickets as they are after the handover, inside the action that moved them."""
    SleepingTicket.objects.filter(ticket__in=ticket_ids).delete()
    tickets = Ticket.objects.filter(pk__in=ticket_ids)
    SleepingTicket.objects.bulk_create(
        SleepingTicket(ticket_id=pk, customer_id=customer_id, person=person, since=since)
        for pk, customer_id, since in tickets.values_list("pk", "customer_id", "updated_at")
    )


def unsnooze_tickets(ticket_ids: Sequence[int]) -> None:
    SleepingTicket.objects.filter(ticket__in=ticket_ids).delete()


def wake_changed_tickets(*, by: Actor, at: datetime) -> int:
    """Wake changed tickets and mark them as news for their owners; return how many."""
    happened = Q(ticket__updated_at__gt=F("since")) | Q(
        ticket__next_due_at__lte=at + WAKE_BEFORE_DUE
    )
    elsewhere = ~Q(ticket__owner=F("person")) | ~Q(ticket__state__in=sorted(OPEN_STATES))
    with attributed(by):
        rows = SleepingTicket.objects.filter(happened | elsewhere).select_for_update(
            of=("self",), skip_locked=True
        )
        woken = list(rows.select_related("ticket").order_by("pk")[:BATCH_SIZE])
        told = [
            one
            for one in woken
            if one.ticket.owner_id == one.person_id and one.ticket.state in OPEN_STATES
        ]
        News.objects.bulk_create(
            [News(ticket=one.ticket, since=clock.now()) for one in told], ignore_conflicts=True
        )
        SleepingTicket.objects.filter(pk__in=[one.pk for one in woken]).delete()
        if told:
            live_topics.publish(QUEUE)
    return len(told)
