"""Answers of a team's lead to a resource request: ranked names, another day, or a refusal.

Source: docs/rules/resource-requests.md, "Answers".
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.delivery.resources.actions.request_notifications import notify_answered
from opale.delivery.resources.actions.requests import LIST
from opale.delivery.resources.facts import RequestAnswered
from opale.delivery.resources.models import Offer, ResourceRequest
from opale.delivery.resources.queries import candidates, requests
from opale.delivery.resources.rights import ANSWER
from opale.delivery.resources.states import COUNTER, OFFER, REFUSE
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform
from opale.organisation.models import Person

LEAST_NAMES: Final = 1
MOST_NAMES: Final = 10


def offer_names(
    request: ResourceRequest, people: Sequence[Person], *, by: Actor, at: datetime | None = None
) -> None:
    """Offer people in the lead's order, each with the days that they have free now.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (nobody, twice, cannot do it, has no days).
    """
    if not LEAST_NAMES <= len(people) <= MOST_NAMES or len(set(people)) < len(people):
        raise Invalid(people=_("Propose one to ten different candidates."))
    with attributed(by):
        held = _hold(request, by)
        found = candidates.candidates(requests.need_of(held), seen_by=by, most=None)
        known = {one.person.pk: one for one in found}
        for person in people:
            if person.pk not in known:
                raise Invalid(
                    people=_("%(name)s does not have the skill or the time.")
                    % {"name": person.name}
                )
        Offer.objects.filter(request=held).delete()
        Offer.objects.bulk_create(
            Offer(
                request=held,
                person=person,
                rank=rank,
                stretches=[
                    {"since": since.isoformat(), "last": last.isoformat(), "hours": hours}
                    for since, last, hours in known[person.pk].stretches
                ],
            )
            for rank, person in enumerate(people, start=1)
        )
        _answer(held, OFFER, by=by, at=at, reason="", counter_on=None)


def counter_request(
    request: ResourceRequest, on: date, *, by: Actor, reason: str = "", at: datetime | None = None
) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid (no later day)."""
    with attributed(by):
        held = _hold(request, by)
        if on <= held.since:
            raise Invalid(counter_on=_("Propose a date later than the requested one."))
        _answer(held, COUNTER, by=by, at=at, reason=reason, counter_on=on)


def refuse_request(
    request: ResourceRequest, reason: str, *, by: Actor, at: datetime | None = None
) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid (no reason)."""
    if not reason.strip():
        raise Invalid(reason=_("Enter a reason: the requester has to replan."))
    with attributed(by):
        _answer(_hold(request, by), REFUSE, by=by, at=at, reason=reason)


def _hold(request: ResourceRequest, by: Actor) -> ResourceRequest:
    """Return the request with its row locked, for the team's lead. Errors: NotFound, NotAllowed."""
    rows = ResourceRequest.objects.filter(pk=request.pk).select_related("team", "skill")
    held = lock_row(rows, by, ANSWER)
    if not by.everywhere(ANSWER) and held.team_id not in requests.led_teams(by):
        raise NotAllowed(_("Only the team lead can answer this request."))
    return held


def _answer(
    held: ResourceRequest, move: Move, *, by: Actor, at: datetime | None, **fields: Any
) -> None:
    moment = at or clock.now()
    if "reason" in fields:
        fields["reason"] = fields["reason"].strip()[:300]
    rows = ResourceRequest.objects.filter(pk=held.pk)
    perform(
        move,
        rows,
        by=by,
        at=moment,
        answered_at=moment,
        answered_by_id=by.person_id,
        **fields,
    )
    announce(
        RequestAnswered(request_id=held.pk, source=held.source, state=move.target, at=moment),
        by=by,
    )
    live_topics.publish(LIST, held.topic)
    notify_answered(held, by=by, at=moment)
