"""Actions of project managers: request a person, and reserve an offered one.

Source: docs/rules/resource-requests.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.delivery.resources.actions.request_notifications import (
    notify_requested,
    notify_staffed,
    settle_requested,
)
from opale.delivery.resources.facts import RequestStaffed
from opale.delivery.resources.models import Offer, ResourceRequest
from opale.delivery.resources.rights import ASK, READ
from opale.delivery.resources.states import ACCEPT, AGREE, OPEN, STAFF, WITHDRAW
from opale.kernel import business_time, clock, live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform
from opale.organisation.models import Person, Skill, Team
from opale.reservations.actions.reservations import Line, reserve
from opale.reservations.actions.reservations import NewReservation as ReservationAsked
from opale.reservations.models import Reservation

LIST: Final = "resources.list"
ANSWER_WITHIN: Final = timedelta(hours=16)
"""Open hours of the team's company: two days of work."""
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResourceRequest:
    """A request for hours of a person of a team, between two days.

    Units: `last` is the last day.
    """

    team: Team
    purpose: str
    hours: Decimal
    since: date
    last: date
    skill: Skill | None = None
    level: int = 1
    customer: Customer | None = None
    source: str = ""


def create_request(
    asked: NewResourceRequest, *, by: Actor, at: datetime | None = None
) -> ResourceRequest:
    """Errors: NotAllowed, Invalid."""
    moment = at or clock.now()
    if not by.can(ASK):
        raise NotAllowed
    _check(asked)
    with attributed(by):
        made = ResourceRequest.objects.create(
            team=asked.team,
            customer=asked.customer,
            purpose=" ".join(asked.purpose.split()),
            source=asked.source,
            skill=asked.skill,
            level=asked.level,
            hours=asked.hours,
            since=asked.since,
            last=asked.last,
            asked_by_id=by.person_id,
            asked_at=moment,
            answer_by=answer_due(asked.team, moment),
        )
        if not ResourceRequest.objects.filter(pk=made.pk).within(by, ASK).exists():
            raise NotAllowed
        _touch(made)
        notify_requested(made, by=by, at=moment)
    return made


def answer_due(team: Team, at: datetime) -> datetime:
    """Return when the lead's answer is due."""
    company = team.company or team.manager.company
    calendar = Calendar.from_record(company.calendar.record)
    return business_time.add(calendar, at, ANSWER_WITHIN)


def accept_offer(
    request: ResourceRequest, offer: Offer, *, by: Actor, at: datetime | None = None
) -> Reservation:
    """Reserve the offered days, all or nothing.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict (somebody took them meanwhile).
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_row(ResourceRequest.objects.filter(pk=request.pk), by, ASK)
        if held.state not in ACCEPT.sources:
            raise IllegalMove(ACCEPT.name, {held.pk: held.state})
        row = Offer.objects.filter(pk=offer.pk, request=held).select_related("person").first()
        if row is None:
            raise NotFound
        if not row.days:
            raise Conflict(_("No dates were proposed for this candidate."))
        return _staff(held, row.person, row.days, ACCEPT, by=by, at=moment)


def staff_request(
    request: ResourceRequest,
    person: Person,
    days: Sequence[tuple[date, date, float]],
    *,
    by: Actor,
    at: datetime | None = None,
) -> Reservation:
    """Reserve a person whom no lead offered: a plan's proposal that somebody accepted.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict.
    """
    with attributed(by):
        held = lock_row(ResourceRequest.objects.filter(pk=request.pk), by, ASK)
        return _staff(held, person, days, STAFF, by=by, at=at or clock.now())


def _staff(
    held: ResourceRequest,
    person: Person,
    days: Sequence[tuple[date, date, float]],
    move: Move,
    *,
    by: Actor,
    at: datetime,
) -> Reservation:
    lines = tuple(
        Line(
            person=person,
            quantity=Decimal(str(hours)),
            since=since,
            until=last + timedelta(days=1),
        )
        for since, last, hours in days
    )
    made = reserve(
        ReservationAsked(
            purpose=held.purpose, lines=lines, customer=held.customer, source=held.held_for
        ),
        by=by,
        at=at,
    )
    perform(move, ResourceRequest.objects.filter(pk=held.pk), by=by, at=at, reservation=made)
    announce(
        RequestStaffed(
            request_id=held.pk,
            source=held.source,
            reservation_id=made.pk,
            person_id=person.pk,
            at=at,
        ),
        by=by,
    )
    _touch(held)
    notify_staffed(held, person, by=by, at=at)
    return made


def agree_to_date(
    request: ResourceRequest, *, by: Actor, at: datetime | None = None
) -> ResourceRequest:
    """Accept the offered day: it becomes the wished one with the same length, and the clock
    restarts.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_row(
            ResourceRequest.objects.filter(pk=request.pk).select_related(
                "team__company__calendar", "team__manager__company__calendar"
            ),
            by,
            ASK,
        )
        day = held.counter_on or held.since
        perform(
            AGREE,
            ResourceRequest.objects.filter(pk=held.pk),
            by=by,
            at=moment,
            since=day,
            last=day + (held.last - held.since),
            counter_on=None,
            reason="",
            answer_by=answer_due(held.team, moment),
        )
        _touch(held)
        held.answer_by = answer_due(held.team, moment)
        notify_requested(held, by=by, at=moment)
    return held


def withdraw_request(request: ResourceRequest, *, by: Actor, at: datetime | None = None) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove."""
    with attributed(by):
        held = lock_row(ResourceRequest.objects.filter(pk=request.pk), by, ASK)
        rows = ResourceRequest.objects.filter(pk=held.pk)
        moment = at or clock.now()
        perform(WITHDRAW, rows, by=by, at=moment)
        settle_requested(held, by=by, at=moment)
        _touch(held)


def withdraw_all(requests: Collection[int], *, by: Actor, at: datetime) -> None:
    """Withdraw the open requests of another app's rows.

    That app has checked the rights on its rows.
    """
    if not requests:
        return
    owner = replace(by, grants={**by.grants, ASK: EVERYTHING, READ: EVERYTHING})
    rows = ResourceRequest.objects.filter(pk__in=requests, state__in=OPEN).order_by("pk")
    for request in rows:
        withdraw_request(request, by=owner, at=at)


def _touch(request: ResourceRequest) -> None:
    live_topics.publish(LIST, request.topic)


def _check(asked: NewResourceRequest) -> None:
    if not asked.purpose.strip():
        raise Invalid(purpose=_("Enter the purpose."))
    if asked.hours <= 0:
        raise Invalid(hours=_("Enter the number of hours."))
    if asked.last < asked.since:
        raise Invalid(last=_("The last day must be after the first."))
    if asked.last - asked.since > LONGEST:
        raise Invalid(last=_("The period is one year at most."))
    if asked.team.closed_on is not None:
        raise Invalid(team=_("This team is closed."))
    if not 1 <= asked.level <= 5:
        raise Invalid(level=_("Enter a level from 1 to 5."))
