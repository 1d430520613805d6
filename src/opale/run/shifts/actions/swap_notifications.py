"""Telling people that duties are offered and change hands."""

from collections.abc import Iterable

from django.urls import reverse

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify, settle
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Membership, Person
from opale.run.shifts import notification_kinds as kinds
from opale.run.shifts.models import Duty, SwapRequest

MAX_RECIPIENTS = 60
"""The most people told of a duty offered to a whole team."""


def notify_offered(offer: SwapRequest, *, by: Actor) -> None:
    people = [offer.to] if offer.to is not None else _team(offer.duty, offer.offered_by)
    _notify(kinds.OFFERED, people, _of(offer), offer.duty, by=by, name=offer.offered_by.name)


def notify_accepted_offer(offer: SwapRequest, taker: Person, *, by: Actor) -> None:
    """Tell both that the duty has changed hands; it is offered to nobody any longer."""
    settle_offered(offer.pk, by=by)
    _notify(
        kinds.ACCEPTED, (offer.offered_by, taker), _of(offer), offer.duty, by=by,
        taker=taker.name, name=offer.offered_by.name,
    )  # fmt: skip


def notify_refused_offer(offer: SwapRequest, *, by: Actor) -> None:
    settle_offered(offer.pk, by=by)
    _notify(kinds.REFUSED, [offer.offered_by], _of(offer), offer.duty, by=by)


def notify_taken_over(duty: Duty, taker: Person, *, by: Actor) -> None:
    people = [duty.person, duty.team.manager]
    _notify(
        kinds.TAKEN_OVER, people, f"shifts.duty:{duty.pk}", duty, by=by,
        taker=taker.name, name=duty.person.name,
    )  # fmt: skip


def settle_offered(offer_id: int, *, by: Actor) -> None:
    """Mark as read that a duty is offered."""
    settle(kinds.OFFERED, thing=f"shifts.offer:{offer_id}", by=by)


def _notify(
    kind: Kind, people: Iterable[Person], thing: str, duty: Duty, *, by: Actor, **values: object
) -> None:
    notify(
        kind,
        people,
        thing=thing,
        url=reverse("shifts_mine"),
        values={
            "team": duty.team.name,
            "starts_at": duty.starts,
            "ends_at": duty.ends,
            **values,
        },
        by=by,
    )


def _of(offer: SwapRequest) -> str:
    return f"shifts.offer:{offer.pk}"


def _team(duty: Duty, but: Person) -> list[Person]:
    places = Membership.objects.filter(team_id=duty.team_id, period__contains=clock.now())
    places = places.filter(person__left_on=None).exclude(person=but)
    found = places.select_related("person__user", "person__company").order_by("person__name")
    return [place.person for place in found[:MAX_RECIPIENTS]]
