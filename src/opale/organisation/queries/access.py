"""The rights of a person, with the functions that grant them."""

from collections.abc import Mapping
from dataclasses import dataclass

from opale.kernel.actor import Scope
from opale.kernel.clock import now
from opale.organisation.models import Membership, Person
from opale.organisation.queries.identity import functions_of, grants_of, led_teams
from opale.organisation.queries.matrix import access_matrix, declared_rights
from opale.organisation.rights import Function


@dataclass(frozen=True, slots=True)
class GrantedRight:
    """A right that a person holds, its scope, and the functions and teams that grant it."""

    right: str
    label: str
    scope: Scope
    because: tuple[tuple[Function, str], ...]


def right_label(right: str) -> str:
    declared = declared_rights().get(right)
    return str(declared.label) if declared else right


def rights_in_order() -> list[str]:
    """Return every right, in the order of the apps."""
    return list(declared_rights())


def current_functions(person: Person) -> dict[Function, list[str]]:
    """Return each function that the person holds now, with its teams."""
    held: dict[Function, list[str]] = {}
    memberships = Membership.objects.filter(
        person=person, period__contains=now(), team__closed_on=None
    )
    for function, team in memberships.values_list("function", "team__name").order_by("team__name"):
        held.setdefault(Function(function), []).append(team)
    held.setdefault(Function.EMPLOYEE, [])
    return held


def granted_rights(person: Person) -> list[GrantedRight]:
    """Return every right of a person with its reasons, in the order of the matrix's labels."""
    functions = current_functions(person)
    grants = grants_of(functions_of(person), led_teams(person))
    order = rights_in_order()
    return [
        GrantedRight(right, right_label(right), grants[right], _because(right, functions))
        for right in sorted(grants, key=lambda r: order.index(r) if r in order else len(order))
    ]


def _because(
    right: str, functions: Mapping[Function, list[str]]
) -> tuple[tuple[Function, str], ...]:
    matrix = access_matrix()
    return tuple(
        (function, ", ".join(teams))
        for function, teams in functions.items()
        if right in matrix.get(function, {})
    )
