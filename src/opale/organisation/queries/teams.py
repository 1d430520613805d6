"""Queries on teams: the chart, one team, its members."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.organisation.models import (
    Membership,
    MembershipQuerySet,
    Person,
    Team,
    TeamQuerySet,
)
from opale.organisation.rights import Function, Pillar

LEADS = frozenset({Membership.Role.LEAD, Membership.Role.MANAGER})
ROLES = (Membership.Role.MANAGER, Membership.Role.LEAD, Membership.Role.MEMBER)


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team of the chart with its present people."""

    team: Team
    members: list[Membership] = field(default_factory=list)

    @property
    def companies(self) -> list[str]:
        """Return the companies of its people: a virtual team has several."""
        return sorted({m.person.company.name for m in self.members})


@dataclass(frozen=True, slots=True)
class PillarOfTeams:
    pillar: Pillar
    teams: list[TeamCard]
    virtual: list[TeamCard]

    @property
    def people(self) -> int:
        cards = (*self.teams, *self.virtual)
        return len({m.person_id for card in cards for m in card.members})


def teams(
    *, seen_by: Actor, text: str = "", pillar: str = "", closed: bool = False
) -> TeamQuerySet:
    """Return present teams, with `closed` also those that were closed."""
    found = Team.objects.visible_to(seen_by).select_related("manager", "company")
    if not closed:
        found = found.filter(closed_on=None)
    if pillar:
        found = found.filter(pillar=pillar)
    if text:
        found = found.filter(
            Q(name__unaccent__icontains=text) | Q(purpose__unaccent__icontains=text)
        )
    return found


def get_team(team_id: int, *, seen_by: Actor) -> Team:
    """Return a team. Errors: NotFound, for hidden and missing alike."""
    team = teams(seen_by=seen_by, closed=True).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def members_of(team: Team, *, seen_by: Actor, past: bool = False) -> MembershipQuerySet:
    """Return the present members of a team, with `past` also former ones, newest first."""
    found = Membership.objects.visible_to(seen_by).filter(team=team)
    found = found.select_related("person__company")
    if past:
        return found.order_by("-period")
    return found.filter(period__contains=now()).order_by("person__name", "id")


def memberships(*, seen_by: Actor) -> MembershipQuerySet:
    """Return every place in a team, past, present and future."""
    return Membership.objects.visible_to(seen_by).select_related("person", "team")


def get_membership(membership_id: int, *, seen_by: Actor) -> Membership:
    """Return a membership. Errors: NotFound."""
    membership = memberships(seen_by=seen_by).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    return membership


def chart(*, seen_by: Actor) -> list[PillarOfTeams]:
    """Return the present organisation: BUILD, RUN, TECHNICAL, general; empty pillars left out."""
    members: dict[int, list[Membership]] = defaultdict(list)
    held = Membership.objects.visible_to(seen_by).filter(period__contains=now())
    for membership in held.select_related("person__company").order_by("person__name", "id"):
        members[membership.team_id].append(membership)
    for group in members.values():
        group.sort(key=lambda m: ROLES.index(Membership.Role(m.role)))
    cards = [TeamCard(team, members[team.pk]) for team in teams(seen_by=seen_by)]
    return [p for pillar in Pillar if (p := _pillar(pillar, cards)).teams or p.virtual]


def _pillar(pillar: Pillar, cards: Iterable[TeamCard]) -> PillarOfTeams:
    own = [card for card in cards if card.team.pillar == pillar]
    return PillarOfTeams(
        pillar,
        [card for card in own if not card.team.virtual],
        [card for card in own if card.team.virtual],
    )


def leaders_of(team: Team) -> list[Person]:
    """Return the manager and the present leads of a team, whom its work is announced to."""
    return _leaders(Membership.objects.filter(team=team), Q(pk=team.manager_id))


def leaders_by_function(function: Function) -> list[Person]:
    """Return those who lead the teams of a function at present."""
    held = Membership.objects.filter(function=function, team__closed_on=None)
    return _leaders(held, Q())


def _leaders(held: MembershipQuerySet, also: Q) -> list[Person]:
    leads = held.filter(role__in=LEADS, period__contains=now())
    wanted = Q(pk__in=leads.values("person_id"))
    found = Person.objects.filter(wanted | also if also else wanted, left_on=None)
    return list(found.select_related("user", "company").order_by("pk"))
