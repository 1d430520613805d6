"""Queries of resource requests; every list takes the actor who asks."""

from django.db.models import Prefetch, Q

from opale.customers.queries.customers import PEOPLE
from opale.delivery.resources.models import Offer, ResourceRequest, ResourcesQuerySet
from opale.delivery.resources.queries.candidates import Candidate, Need, candidates
from opale.delivery.resources.states import OPEN, WAITS_FOR_ASKER, WAITS_FOR_LEAD
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions
from opale.organisation.models import Membership
from opale.organisation.queries.teams import LEADS

NEWEST = 30


def requests(
    *,
    seen_by: Actor,
    state: str = "",
    text: str = "",
    team_id: int | None = None,
    asked_by: int | None = None,
    source: str = "",
) -> ResourcesQuerySet[ResourceRequest]:
    """Return resource requests; `state` is one of the states, `open` or `ended`."""
    found = ResourceRequest.objects.visible_to(seen_by).select_related(
        "team", "customer", "skill", "asked_by", "answered_by"
    )
    exact = {"team_id": team_id, "asked_by_id": asked_by, "source": source}
    found = found.filter(
        **{name: value for name, value in exact.items() if value not in ("", None)}
    )
    if state == "open":
        found = found.filter(state__in=OPEN)
    elif state == "ended":
        found = found.exclude(state__in=OPEN)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        found = found.filter(
            Q(purpose__unaccent__icontains=word)
            | Q(customer__name__unaccent__icontains=word)
            | Q(skill__name__icontains=word)
        )
    return found


def with_offers(
    found: ResourcesQuerySet[ResourceRequest],
) -> ResourcesQuerySet[ResourceRequest]:
    offers = Offer.objects.select_related("person").order_by("rank")
    return found.prefetch_related(Prefetch("offers", queryset=offers))


def get_request(request_id: int, *, seen_by: Actor) -> ResourceRequest:
    """Return a request with its offers. Errors: NotFound, whether hidden or missing."""
    found = with_offers(requests(seen_by=seen_by)).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_requests(actor: Actor) -> ResourcesQuerySet[ResourceRequest]:
    """Return the requests that wait for the actor, as a team's lead or as the requester, for the
    rail."""
    rows = ResourceRequest.objects.visible_to(actor)
    person = actor.person_id or 0
    mine = Q(state__in=WAITS_FOR_ASKER, asked_by_id=person)
    return rows.filter(mine | Q(state__in=WAITS_FOR_LEAD, team_id__in=led_teams(actor)))


def led_teams(actor: Actor) -> list[int]:
    """Return the teams that the actor leads now or manages."""
    if actor.person_id is None:
        return []
    held = Membership.objects.filter(
        person_id=actor.person_id, role__in=LEADS, period__contains=clock.now()
    )
    return list(held.values_list("team_id", flat=True))


def need_of(request: ResourceRequest) -> Need:
    return Need(
        hours=request.hours,
        since=request.counter_on or request.since,
        last=max(request.last, request.counter_on or request.last),
        skill=request.skill,
        level=request.level,
        team=request.team,
    )


def proposed_for(request: ResourceRequest, *, seen_by: Actor) -> list[Candidate]:
    """Return the people whom the lead could offer, cheapest first."""
    return candidates(need_of(request), seen_by=seen_by)


def history_of(request: ResourceRequest, *, seen_by: Actor) -> list[Revision]:
    if not seen_by.can(PEOPLE):
        return []
    return revisions(ResourceRequest, limit=NEWEST, id=request.pk)
