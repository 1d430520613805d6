"""Demo telephone calls: those of tickets that came by telephone, and some missed ones."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from opale.customers.models import Contact
from opale.demo.company import DESK, Staff
from opale.run.desk.models import Source, Ticket
from opale.run.telephone.models import Call, Line
from opale.run.telephone.states import CallState, Direction, Dismissal, FollowUp

SINCE = timedelta(days=28)
LINE = "+33199000000"
QUEUE = "support"
STRANGER = "+33199009017"
MISSED = 4


def record_calls(rng: Random, staff: Staff, integration_id: int, now: datetime) -> None:
    """Write the lines of the desk's people, the calls of four weeks, and the missed calls."""
    people = [person for person in staff.by_team[DESK] if person.user]
    Line.objects.bulk_create(
        Line(person=person, name=str(101 + number)) for number, person in enumerate(people)
    )
    calls = [
        _answered(rng, ticket, ticket.contact)
        for ticket in _tickets_by_telephone(now)
        if ticket.contact is not None
    ]
    calls += _missed(rng, now)
    for number, call in enumerate(calls):
        call.integration_id = integration_id
        call.external_id = f"demo-{number}"
        call.direction = Direction.IN
        call.line, call.queue = LINE, QUEUE
    Call.objects.bulk_create(calls)


def _tickets_by_telephone(now: datetime) -> list[Ticket]:
    rows = Ticket.objects.filter(source=Source.PHONE, received_at__gt=now - SINCE)
    return list(rows.select_related("contact", "owner").order_by("id"))


def _answered(rng: Random, ticket: Ticket, contact: Contact) -> Call:
    """Return an answered call: it rang some seconds, and lasted until the ticket was written."""
    answered_at = ticket.received_at + timedelta(seconds=rng.randrange(4, 25))
    return Call(
        **_from(contact),
        state=CallState.ENDED,
        began_at=ticket.received_at,
        answered_at=answered_at,
        ended_at=answered_at + timedelta(seconds=rng.randrange(70, 700)),
        cause="normalClearing",
        agent=ticket.owner,
        ticket=ticket,
    )


def _missed(rng: Random, now: datetime) -> list[Call]:
    contacts = list(Contact.objects.exclude(phone_e164="").order_by("id")[: MISSED * 7 : 7])
    calls = []
    for number, contact in enumerate(contacts):
        began_at = now - timedelta(minutes=12 + 23 * number)
        calls.append(_unanswered(rng, began_at, **_from(contact)))
    calls.append(
        _unanswered(rng, now - timedelta(minutes=31), number=STRANGER, number_e164=STRANGER)
    )
    calls.append(_unanswered(rng, now - timedelta(minutes=50), number="anonymous"))
    for number, why in enumerate(Dismissal):
        call = _unanswered(rng, now - timedelta(days=1, hours=number), **_from(contacts[0]))
        call.follow_up, call.dismissal = FollowUp.DISMISSED, why
        calls.append(call)
    return calls


def _unanswered(rng: Random, began_at: datetime, **fields: Any) -> Call:
    return Call(
        **fields,
        state=CallState.MISSED,
        follow_up=FollowUp.OPEN,
        began_at=began_at,
        ended_at=began_at + timedelta(seconds=rng.randrange(15, 90)),
        cause="cancel",
    )


def _from(contact: Contact) -> dict[str, Any]:
    return {
        "number": contact.phone_e164.lstrip("+"),
        "number_e164": contact.phone_e164,
        "contact": contact,
        "customer_id": contact.customer_id,
    }
