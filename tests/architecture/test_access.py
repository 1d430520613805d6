"""The matrix of functions and rights is whole, and its printed form is true."""

from collections.abc import Collection
from pathlib import Path

import pytest
from tests.architecture.route_table import offered, rows

from opale.organisation.management.commands.access_reference import as_markdown
from opale.organisation.queries.matrix import access_matrix, declared_rights
from opale.organisation.rights import Function

ROOT = Path(__file__).parents[2]


def test_every_function_has_its_rights() -> None:
    assert set(access_matrix()) == set(Function)


@pytest.mark.parametrize("function", Function, ids=str)
def test_a_function_grants_only_rights_that_are_named(function: Function) -> None:
    assert set(access_matrix()[function]) - set(declared_rights()) == set()


def test_every_right_is_granted_to_somebody() -> None:
    granted = set().union(*(set(rights) for rights in access_matrix().values()))
    assert set(declared_rights()) - granted == set()


def undeclared(rights: Collection[str]) -> set[str]:
    """Return the rights that routes ask for, and that no room declares."""
    return set(offered().values()) - set(rights) - {"public", "known"}


def test_routes_ask_for_rights_that_exist() -> None:
    assert undeclared(declared_rights()) == set()


def test_a_room_that_forgets_a_right_is_found() -> None:
    assert undeclared(declared_rights().keys() - {"telephone.read"}) == {"telephone.read"}


def test_a_contact_is_granted_nothing_on_everything() -> None:
    assert [r for r, s in access_matrix()[Function.CUSTOMER_CONTACT].items() if s.everything] == []


def test_a_group_colleague_reads_no_customer() -> None:
    assert "customers.read" not in access_matrix()[Function.GROUP_COLLEAGUE]
    assert not access_matrix()[Function.GROUP_COLLEAGUE]["infrastructure.read"].everything


def test_a_foreign_contact_is_never_better_received_than_the_contact() -> None:
    better = [
        name
        for name, row in rows().items()
        if row.expected["foreign_contact"] < 300 <= row.expected["customer_contact"]
    ]
    assert better == []


def test_the_reference_says_what_the_matrix_says() -> None:
    printed = (ROOT / "docs/reference/access.md").read_text(encoding="utf-8")
    assert printed == as_markdown(), "./opale manage access_reference > docs/reference/access.md"
