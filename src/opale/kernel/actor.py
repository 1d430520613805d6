"""Actors of requests: a person, a customer's contact, a token, a connector or a part of Opale."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from django.db.models import Model, Q

NOBODY = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows on which a right is held: all of them, or those reached by one of these ways.

    `customers`, `teams` and `sites` are ids; `own` reaches the rows that are the actor's own, and
    `shared` those that could belong to a customer and belong to none. `own_teams` stands in the
    matrix for the teams in which the function is held, `led_teams` for those that are led in it;
    both become `teams` when they are granted.
    A way that a model does not declare in `reach_paths` reaches nothing there.
    """

    everything: bool = False
    customers: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    own: bool = False
    shared: bool = False
    own_teams: bool = False
    led_teams: bool = False

    def granted_in(self, teams: Collection[int], led: Collection[int] = ()) -> "Scope":
        """Return this scope for a person who holds the function in these teams, and leads some of
        them.
        """
        reached = set(teams if self.own_teams else ()) | set(led if self.led_teams else ())
        if not self.own_teams and not self.led_teams:
            return self
        return replace(
            self, own_teams=False, led_teams=False, teams=self.teams | frozenset(reached)
        )

    @property
    def nowhere(self) -> bool:
        return self == Scope()

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            self.customers | other.customers,
            self.teams | other.teams,
            self.sites | other.sites,
            self.own or other.own,
            self.shared or other.shared,
            self.own_teams or other.own_teams,
            self.led_teams or other.led_teams,
        )


EVERYTHING = Scope(everything=True)
OWN = Scope(own=True)
SHARED = Scope(shared=True)
OWN_TEAMS = Scope(own_teams=True)
LED_TEAMS = Scope(led_teams=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """Actor of a request or a job. `key` is stable (`user:41`); `name` is shown in histories.

    `unlimited` is for Opale's own parts, limited by their code; no login ever has it. `token_id` is
    the API token by which a login acts, if any. `automatic` is for what a person set up beforehand:
    it has their rights, but nobody looked, wrote or decided. `functions` are those held now, which
    say what is shown first and allow nothing; in `led_functions` a team is led.
    """

    kind: Literal["person", "contact", "token", "connector", "system", "anonymous"]
    key: str
    name: str
    grants: Mapping[str, Scope] = field(default_factory=dict)
    user_id: int | None = None
    person_id: int | None = None
    contact_id: int | None = None
    unlimited: bool = False
    signs_as: str = ""
    token_id: int | None = None
    automatic: bool = False
    functions: frozenset[str] = frozenset()
    led_functions: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash((self.kind, self.key))

    @property
    def at_work(self) -> bool:
        """Return whether a person does this now, and not something that acts in their name."""
        return self.person_id is not None and not self.automatic

    @property
    def person_at_work(self) -> int | None:
        """Return the id of the person who does this now; None of what acts in a person's name."""
        return self.person_id if self.at_work else None

    @property
    def signature(self) -> str:
        """Name under which this actor's messages are sent: a person's, whatever carried them."""
        return self.signs_as or self.name

    def scope(self, right: str) -> Scope | None:
        """Return the scope of the right; None where the right is not held, or is unknown."""
        return EVERYTHING if self.unlimited else self.grants.get(right)

    def can(self, right: str) -> bool:
        """Return whether the right is held on any row at all (buttons, navigation)."""
        return self.scope(right) is not None

    def everywhere(self, right: str) -> bool:
        """Return whether the right is held on every row, so that no row has to be checked."""
        scope = self.scope(right)
        return scope is not None and scope.everything

    def reach(self, right: str, model: type[Model]) -> Q:
        """Return the rows of `model` on which this actor holds `right`: none for an unknown one."""
        scope = self.scope(right)
        if scope is None:
            return NOBODY
        if scope.everything:
            return Q()
        paths: Mapping[str, str] = getattr(model, "reach_paths", {})
        ways = {
            "customers": scope.customers,
            "teams": scope.teams,
            "sites": scope.sites,
            "person": {self.person_id} if scope.own and self.person_id else frozenset(),
            "contact": {self.contact_id} if scope.own and self.contact_id else frozenset(),
            "user": {self.user_id} if scope.own and self.user_id else frozenset(),
        }
        reached = NOBODY
        for way, ids in ways.items():
            if ids and way in paths:
                reached |= Q(**{f"{paths[way]}__in": ids})
        if scope.shared and "customers" in paths:
            reached |= Q(**{f"{paths['customers']}__isnull": True})
        return reached


ANONYMOUS = Actor("anonymous", "anonymous", "anonymous")


def system(part: str) -> Actor:
    """Return the actor of a part of Opale (`system:clocks`), limited by its code. People read
    "Opale".
    """
    return Actor("system", f"system:{part}", "Opale", unlimited=True)


def connector(slug: str, name: str) -> Actor:
    """Return the actor of an outside tool (`connector:alertmanager`) that delivers through Opale's
    code.
    """
    return Actor("connector", f"connector:{slug}", name, unlimited=True)
