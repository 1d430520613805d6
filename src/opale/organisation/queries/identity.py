"""The actor and the rights of a login."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from opale.kernel.actor import ANONYMOUS, OWN, Actor, Scope
from opale.kernel.clock import now
from opale.kernel.reference_cache import cached, pinned
from opale.organisation import rights
from opale.organisation.models import ApiToken, Membership, Person, User
from opale.organisation.ports import identity_of_contact
from opale.organisation.queries.matrix import access_matrix
from opale.organisation.rights import Function

HeldPlace = tuple[Function, int, str, DateTimeTZRange]
"""A person's function in a team, with the role there and its period."""
LEADING = frozenset({Membership.Role.LEAD, Membership.Role.MANAGER})


def functions_of(person: Person) -> dict[Function, set[int]]:
    """Return the functions that a person holds now, each with its teams.

    Every person has at least the function of an employee.
    """
    return _functions_in(_places(person.pk))


def _functions_in(places: Iterable[HeldPlace]) -> dict[Function, set[int]]:
    at = now()
    functions: dict[Function, set[int]] = {Function.EMPLOYEE: set()}
    for function, team_id, _role, period in places:
        if at in period:
            functions.setdefault(function, set()).add(team_id)
    return functions


def led_teams(person: Person) -> dict[Function, set[int]]:
    """Return the teams that a person leads or manages now, by the function held in them."""
    return _led_teams_in(_places(person.pk))


def _led_teams_in(places: Iterable[HeldPlace]) -> dict[Function, set[int]]:
    at, led = now(), dict[Function, set[int]]()
    for function, team_id, role, period in places:
        if at in period and role in LEADING:
            led.setdefault(function, set()).add(team_id)
    return led


def teams_of(person_id: int) -> list[int]:
    """Return the teams in which a person has a place now."""
    at = now()
    return sorted({team_id for _, team_id, _role, period in _places(person_id) if at in period})


@cached(1000)
def _places(person_id: int) -> tuple[HeldPlace, ...]:
    """Return each place of a person in a team that is not closed, with its period."""
    return tuple(_places_of([person_id])[person_id])


def _places_of(person_ids: Collection[int]) -> dict[int, list[HeldPlace]]:
    """Return the places of people in teams that are not closed, by the people's ids."""
    found: dict[int, list[HeldPlace]] = {pk: [] for pk in person_ids}
    held = Membership.objects.filter(person__in=person_ids, team__closed_on=None)
    for person_id, function, team_id, role, period in held.values_list(
        "person_id", "function", "team_id", "role", "period"
    ):
        found[person_id].append((Function(function), team_id, role, period))
    return found


def grants_of(
    functions: Mapping[Function, Collection[int]],
    led: Mapping[Function, Collection[int]] | None = None,
) -> dict[str, Scope]:
    """Return the union of the scopes of these functions, held in these teams.

    A right for those who lead a team is not granted to a person who leads none.
    """
    grants: dict[str, Scope] = {}
    for function, teams in functions.items():
        for right, scope in access_matrix().get(function, {}).items():
            granted = scope.granted_in(teams, (led or {}).get(function, ()))
            if scope.led_teams and granted.nowhere:
                continue
            grants[right] = grants[right] | granted if right in grants else granted
    return grants


def grants_of_contact(customer_id: int, *, without: Collection[str] = ()) -> dict[str, Scope]:
    """Return the matrix's rights for a contact on one customer's rows, less `without`.

    Tokens and webhooks are the login's own, whatever the customer.
    """
    named = Scope(customers=frozenset({customer_id}))
    granted = access_matrix()[Function.CUSTOMER_CONTACT]
    return {
        right: OWN if right in rights.OF_LOGIN else named
        for right in granted
        if right not in without
    }


def is_email_of(user_id: int, email: str) -> bool:
    """Return whether this login has this address."""
    return User.objects.filter(pk=user_id, email=email.lower()).exists()


def active_user_with(emails: Collection[str]) -> User | None:
    """Return the active user whose login is one of these addresses, in lower case."""
    return User.objects.filter(email__in=emails, is_active=True).first()


def is_staff_address(email: str) -> bool:
    """Return whether this address, in lower case, is that of an employee or of their login."""
    people = Person.objects.filter(email__iexact=email, left_on=None)
    logins = User.objects.filter(email=email, kind=User.Kind.EMPLOYEE, is_active=True)
    return people.exists() or logins.exists()


def actor_of(user: User) -> Actor:
    """Return the actor of a login; an inactive login, or one without identity, has no rights."""
    if not user.is_active:
        return ANONYMOUS
    if user.kind == User.Kind.CONTACT:
        contact = identity_of_contact(user)
        if contact is None:
            return ANONYMOUS
        return Actor(
            "contact",
            f"user:{user.pk}",
            contact.name,
            contact.grants,
            user_id=user.pk,
            contact_id=contact.contact_id,
            functions=frozenset({Function.CUSTOMER_CONTACT}),
        )
    person = _person_of(user.pk)
    if person is None:
        return ANONYMOUS
    return _actor_with(person, user, _places(person.pk))


def _actor_with(person: Person, user: User, places: Iterable[HeldPlace]) -> Actor:
    held = tuple(places)
    functions, led = _functions_in(held), _led_teams_in(held)
    return Actor(
        "person",
        f"user:{user.pk}",
        person.name,
        grants_of(functions, led),
        user_id=user.pk,
        person_id=person.pk,
        functions=frozenset(functions),
        led_functions=frozenset(led),
    )


@cached(1000)
def _person_of(user_id: int) -> Person | None:
    return Person.objects.filter(user=user_id, left_on=None).first()


def token_digest(token: str) -> str:
    """Return a token's hash, which is indexed. One round of SHA-256 is enough for random tokens."""
    return sha256(token.encode()).hexdigest()


def valid_tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(
        revoked_at=None, expires_at__gt=now(), user__is_active=True
    ).select_related("user")


def get_valid_token(secret: str) -> ApiToken | None:
    """Return the valid token with this secret."""
    try:
        token = _token(token_digest(secret)) if secret else None
    except ApiToken.DoesNotExist:
        return None
    return token if token and token.expires_at > now() else None


@cached(1000)
def _token(digest: str) -> ApiToken:
    """Return the token. Errors: DoesNotExist, never cached: there are endless wrong secrets."""
    return valid_tokens().get(digest=digest)


def actor_of_person(person: Person) -> Actor:
    """Return the actor that a person's login has now, or nobody."""
    if person.user is None or person.left_on is not None:
        return ANONYMOUS
    return actor_of(person.user)


def actors_of_people(people: Collection[Person]) -> dict[int, Actor]:
    """Return the actors that people's logins have now, by the people's ids, by few statements.

    Who has left, or has no active login, is nobody. The people are read with their users.
    """
    places = _places_of([person.pk for person in people])
    with pinned():
        return {
            person.pk: _actor_with(person, person.user, places[person.pk])
            if person.user is not None and person.user.is_active and person.left_on is None
            else ANONYMOUS
            for person in people
        }


def actor_of_token(token: ApiToken) -> Actor:
    """Return the token's user, with rights narrowed to the token's scopes (empty: all rights).

    History names the token too; messages written by it are signed by the person alone.
    """
    actor = actor_of(token.user)
    wanted = set(token.scopes)
    grants = {r: s for r, s in actor.grants.items() if not wanted or r in wanted}
    shown = f"{actor.name} ({token.name})"
    return replace(actor, name=shown, signs_as=actor.name, grants=grants, token_id=token.pk)


def actor_of_credential(user_id: int, credential: str) -> Actor:
    """Return the present actor of a login with a session or a token that is still valid."""
    kind, _, pk = credential.partition(":")
    if kind == "token":
        token = valid_tokens().filter(pk=int(pk), user=user_id).first()
        return ANONYMOUS if token is None else actor_of_token(token)
    user = User.objects.filter(pk=user_id).first()
    return ANONYMOUS if user is None else actor_of(user)
