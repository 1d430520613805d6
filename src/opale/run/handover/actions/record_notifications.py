"""Telling people what a handover proposes to them, and what became of their tickets.

Source: docs/rules/handover.md, "Who is told".
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.urls import reverse

from opale.kernel.actor import Actor, system
from opale.notifications.actions.notify import News, notify, notify_each, settle, settle_things
from opale.organisation.models import Person
from opale.run.desk.models import Ticket
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.notification_kinds import ACCEPTED, PROPOSED, REFUSED, SIGNED
from opale.run.handover.states import UNACCEPTED

PROPOSER: Final = system("handover")
NAMED: Final = 5
"""Tickets that a notification names before it counts the others."""


def notify_proposed(held: Handover, person_ids: Collection[int], *, by: Actor) -> None:
    """Tell people how many tickets wait for their acceptance."""
    if not person_ids:
        return
    rows = HandoverItem.objects.filter(
        handover=held, proposed__in=person_ids, state__in=sorted(UNACCEPTED)
    )
    waiting = dict(rows.values_list("proposed").annotate(number=Count("pk")).order_by())
    people = Person.objects.filter(pk__in=waiting)
    notify_each(
        [
            News(PROPOSED, one, _thing(held), _url(held), _values(held, tickets=waiting[one.pk]))
            for one in people
        ],
        by=by,
    )


def notify_accepted(
    held: Handover, items: Sequence[HandoverItem], *, by: Actor, at: datetime
) -> None:
    """Tell those who leave whose tickets were accepted; what is done waits for nobody else."""
    people = Person.objects.in_bulk({one.leaver_id for one in items})
    named = Ticket.objects.in_bulk([one.ticket_id for one in items])
    news = []
    for pk, person in people.items():
        numbers = [f"T-{named[one.ticket_id].number}" for one in items if one.leaver_id == pk]
        shown = ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
        values = _values(held, taker=by.name, tickets=shown)
        news.append(News(ACCEPTED, person, _thing(held), _url(held), values))
    notify_each(news, by=by, at=at)
    _settle_proposed(held, {one.proposed_id for one in items if one.proposed_id}, by=by, at=at)


def notify_refused(held: Handover, item: HandoverItem, *, by: Actor, at: datetime) -> None:
    """Tell who leaves, and the lead who arrives, that somebody refused a ticket."""
    people = [item.leaver, *([held.arriving_lead] if held.arriving_lead else [])]
    values = _values(held, person=by.name, ticket=f"T-{item.ticket.number}")
    thing = f"{_thing(held)}:{item.pk}"
    notify(REFUSED, people, thing=thing, url=_url(held), values=values, by=by, at=at)


def notify_signed(held: Handover, *, by: Actor, at: datetime) -> None:
    """Tell both leads that a side has signed; once both have, nothing of the record waits."""
    people = [person for person in (held.leaving_lead, held.arriving_lead) if person is not None]
    values = _values(held, person=by.name)
    if held.signed_at is not None:
        settle_things([_thing(held)], by=by)
    notify(SIGNED, people, thing=_thing(held), url=_url(held), values=values, by=by, at=at)


def _settle_proposed(
    held: Handover, person_ids: Collection[int], *, by: Actor, at: datetime
) -> None:
    """Mark as read what was proposed to people for whom nothing waits any more."""
    rows = HandoverItem.objects.filter(handover=held, state__in=sorted(UNACCEPTED))
    still = set(rows.filter(proposed__in=person_ids).values_list("proposed", flat=True))
    for person in Person.objects.filter(pk__in=set(person_ids) - still).order_by("pk"):
        settle(PROPOSED, thing=_thing(held), by=by, at=at, person=person)


def _thing(held: Handover) -> str:
    return f"handover.record:{held.pk}"


def _url(held: Handover) -> str:
    return reverse("handover_show", args=[held.pk])


def _values(held: Handover, **said: object) -> dict[str, object]:
    return {"ends_at": held.ends_at, **said}
