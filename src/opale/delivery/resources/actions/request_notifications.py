"""Notifications about resource requests: to the team's leads, to who asked, and who is reserved."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from opale.delivery.resources import notification_kinds as kinds
from opale.delivery.resources.models import ResourceRequest
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify, settle
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Person
from opale.organisation.queries.teams import leaders_of


def notify_requested(request: ResourceRequest, *, by: Actor, at: datetime) -> None:
    """Tell the leads of a team that a request waits for their answer."""
    _notify(
        kinds.REQUESTED, leaders_of(request.team), request, by=by, at=at, team=request.team.name,
        hours=f"{request.hours.normalize():f}", answer_at=request.answer_by,
    )  # fmt: skip


def notify_answered(request: ResourceRequest, *, by: Actor, at: datetime) -> None:
    """Tell who asked that the team has answered; the team's leads are asked no longer."""
    settle_requested(request, by=by, at=at)
    asker = request.asked_by
    _notify(
        kinds.ANSWERED, [asker] if asker else [], request, by=by, at=at, team=request.team.name
    )  # fmt: skip


def notify_staffed(request: ResourceRequest, person: Person, *, by: Actor, at: datetime) -> None:
    """Tell a person that their hours are reserved."""
    _notify(
        kinds.STAFFED, [person], request, by=by, at=at, first_on=request.since, last_on=request.last
    )  # fmt: skip


def settle_requested(request: ResourceRequest, *, by: Actor, at: datetime) -> None:
    """Mark as read that a request waits for an answer."""
    settle(kinds.REQUESTED, thing=_of(request), by=by, at=at)


def _notify(
    kind: Kind, people: Iterable[Person], request: ResourceRequest, *, by: Actor, at: datetime,
    **values: object,
) -> None:  # fmt: skip
    notify(
        kind,
        people,
        thing=_of(request),
        url=reverse("resources_show", args=[request.pk]),
        values={"purpose": request.purpose, **values},
        by=by,
        at=at,
    )


def _of(request: ResourceRequest) -> str:
    return f"resources.request:{request.pk}"
