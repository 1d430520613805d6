"""The matrix of functions and rights is whole, and its printed form is true."""

from pathlib import Path

import pytest
from tests.architecture.route_table import offered, rows

from opale.access import MATRIX, RIGHTS
from opale.organisation.functions import Function
from opale.organisation.management.commands.access_reference import as_markdown

ROOT = Path(__file__).parents[2]


def test_every_function_has_its_rights() -> None:
    assert set(MATRIX) == set(Function)


@pytest.mark.parametrize("function", Function, ids=str)
def test_a_function_grants_only_rights_that_are_named(function: Function) -> None:
    assert set(MATRIX[function]) - set(RIGHTS) == set()


def test_every_right_is_granted_to_somebody() -> None:
    granted = set().union(*(set(rights) for rights in MATRIX.values()))
    assert set(RIGHTS) - granted == set()


def test_routes_ask_for_rights_that_exist() -> None:
    assert set(offered().values()) - set(RIGHTS) - {"public", "known"} == set()


def test_a_contact_is_granted_nothing_on_everything() -> None:
    assert [r for r, s in MATRIX[Function.CUSTOMER_CONTACT].items() if s.everything] == []


def test_a_group_colleague_reads_no_customer() -> None:
    assert "customers.read" not in MATRIX[Function.GROUP_COLLEAGUE]
    assert not MATRIX[Function.GROUP_COLLEAGUE]["infrastructure.read"].everything


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
