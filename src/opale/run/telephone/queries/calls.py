"""Calls: lists, single calls, and those that need an answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.phone_numbers import e164
from opale.organisation.queries.reference import home_country
from opale.run.desk.models import Ticket
from opale.run.desk.rights import READ as DESK_READ
from opale.run.shifts.queries.duties import on_duty, service_desk
from opale.run.telephone.models import Call, TelephoneQuerySet
from opale.run.telephone.rights import WORK
from opale.run.telephone.states import WAITING, CallState, FollowUp

View = Literal["waiting", "mine", "all"]
SHOWN_RINGING_FOR: Final = timedelta(minutes=5)
"""A call that has rung longer is not shown as ringing: its end was never reported."""
SHOWN_TALKING_FOR: Final = timedelta(hours=4)
SHOWN: Final = 4
COUNT_LIMIT: Final = 1_000


def calls(*, seen_by: Actor) -> TelephoneQuerySet[Call]:
    """Return calls with their people and tickets."""
    return Call.objects.visible_to(seen_by).select_related(
        "customer", "contact", "agent", "ticket", "followed_by"
    )


def with_ticket_numbers(found: TelephoneQuerySet[Call], actor: Actor) -> TelephoneQuerySet[Call]:
    """Return the calls with `visible_ticket_number`: of tickets that the actor may see."""
    seen = Ticket.objects.visible_to(actor).filter(pk=OuterRef("ticket_id"))
    return found.annotate(visible_ticket_number=Subquery(seen.order_by().values("number")[:1]))


def visible_ticket(call: Call, *, seen_by: Actor) -> Ticket | None:
    """Return the ticket that the call is on, if the actor may see it."""
    ticket = call.ticket
    if ticket is None or (not ticket.confidential and seen_by.everywhere(DESK_READ)):
        return ticket
    return Ticket.objects.visible_to(seen_by).filter(pk=ticket.pk).first()


def calls_in(view: View, *, seen_by: Actor) -> TelephoneQuerySet[Call]:
    found = calls(seen_by=seen_by)
    if view == "waiting":
        return found.filter(follow_up__in=sorted(WAITING))
    if view == "mine":
        mine = Q(agent_id=seen_by.person_id) | Q(followed_by_id=seen_by.person_id)
        return found.filter(mine) if seen_by.person_id else found.none()
    return found


def found_calls(
    *,
    seen_by: Actor,
    view: View = "all",
    text: str = "",
    state: str | None = None,
    direction: str | None = None,
    follow_up: str | None = None,
    customer_id: int | None = None,
    since: datetime | None = None,
) -> TelephoneQuerySet[Call]:
    """Return the calls of a view that match all given filters."""
    asked = {
        "state": state,
        "direction": direction,
        "follow_up": follow_up,
        "customer_id": customer_id,
        "began_at__gte": since,
    }
    found = calls_in(view, seen_by=seen_by)
    found = found.filter(**{name: value for name, value in asked.items() if value is not None})
    return search_calls(found, text) if text else found


def search_calls(found: TelephoneQuerySet[Call], text: str) -> TelephoneQuerySet[Call]:
    """Return the calls of a number, or of a contact or customer by words of the name."""
    if number := e164(text, home_country()):
        return found.filter(number_e164=number)
    for word in text.split():
        named = Q(contact__name__unaccent__icontains=word)
        found = found.filter(named | Q(customer__name__unaccent__icontains=word))
    return found


def get_call(call_id: int, *, seen_by: Actor) -> Call:
    """Errors: NotFound, hidden and missing alike."""
    found = calls(seen_by=seen_by).filter(pk=call_id).first()
    if found is None:
        raise NotFound
    return found


def calls_to_call_back(actor: Actor) -> QuerySet[Call]:
    """Return the missed calls to call back: the count of the rail."""
    return Call.objects.visible_to(actor).filter(follow_up=FollowUp.OPEN)


def count_missed_calls(actor: Actor) -> tuple[int, datetime | None]:
    """Return how many missed calls wait, up to COUNTED, and when the first came: for the wall."""
    waiting = calls_to_call_back(actor)
    began = waiting.order_by("began_at").values_list("began_at", flat=True).first()
    return waiting.order_by()[:COUNT_LIMIT].count(), began


def ongoing_calls(*, seen_by: Actor, at: datetime) -> list[Call]:
    """Return the calls for a person now: the one that they are on, else those that ring.

    A call that rings at named people is theirs; any other is for everybody on duty at the desk,
    or for the whole desk while nobody is.
    """
    if seen_by.person_id is None or not seen_by.can(WORK):
        return []
    talking = Q(
        state=CallState.ANSWERED,
        agent_id=seen_by.person_id,
        ticket=None,
        began_at__gt=at - SHOWN_TALKING_FOR,
    )
    ringing = Q(state=CallState.RINGING, direction="in", began_at__gt=at - SHOWN_RINGING_FOR)
    ringing &= Q(rings_at=[]) | Q(rings_at__contains=[seen_by.person_id])
    found = list(calls(seen_by=seen_by).filter(talking | ringing).order_by("-began_at", "-id")[:20])
    if any(call.state == CallState.RINGING and not call.rings_at for call in found):
        found = _for_those_on_duty(found, seen_by.person_id, at)
    return sorted(found, key=lambda call: call.state != CallState.ANSWERED)[:SHOWN]


def _for_those_on_duty(found: list[Call], person_id: int, at: datetime) -> list[Call]:
    try:
        people = {duty.person_id for duty in on_duty(service_desk(), at)}
    except NotFound:
        return found
    if not people or person_id in people:
        return found
    return [call for call in found if call.rings_at or call.state == CallState.ANSWERED]


def earlier_calls(call: Call, *, seen_by: Actor, limit: int = 5) -> list[Call]:
    """Return the last calls with the same number before this one, newest first."""
    if not call.number_e164:
        return []
    same = (
        with_ticket_numbers(calls(seen_by=seen_by), seen_by)
        .filter(number_e164=call.number_e164)
        .exclude(pk=call.pk)
    )
    return list(same.filter(began_at__lte=call.began_at).order_by("-began_at", "-id")[:limit])


def calls_of_tickets(ticket_ids: Iterable[int], newest: int) -> list[Call]:
    """Return the newest calls of these tickets that the actor may see."""
    rows = Call.objects.filter(ticket__in=ticket_ids).select_related("contact", "agent")
    return list(rows.order_by("-began_at", "-id")[:newest])
