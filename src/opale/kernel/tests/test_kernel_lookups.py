from collections.abc import Callable

import pytest
from django.db.models import Value

from opale.kernel.models import StateMove
from opale.kernel.tests.lamps import AT


@pytest.fixture
def named(db: None) -> None:
    for name in ("Zoé Été", "50% off", "a_b", "aXb"):
        StateMove.objects.create(
            subject="kernel.lamp", subject_id=1, move="light", source="off", target="on",
            actor="system:lamps", actor_name=name, at=AT,
        )  # fmt: skip


def found(text: str) -> set[str]:
    rows = StateMove.objects.filter(actor_name__holds=text)
    return {*rows.values_list("actor_name", flat=True)}


def found_by_an_expression(text: str) -> set[str]:
    rows = StateMove.objects.filter(actor_name__holds=Value(text))
    return {*rows.values_list("actor_name", flat=True)}


BOTH_WAYS = pytest.mark.parametrize("finding", [found, found_by_an_expression])


@BOTH_WAYS
@pytest.mark.usefixtures("named")
def test_a_text_is_held_whatever_its_case(finding: Callable[[str], set[str]]) -> None:
    assert finding("zoé É") == {"Zoé Été"}
    assert finding("OFF") == {"50% off"}


@BOTH_WAYS
@pytest.mark.usefixtures("named")
def test_what_is_a_pattern_to_the_database_is_text_here(finding: Callable[[str], set[str]]) -> None:
    assert finding("0% o") == {"50% off"}
    assert finding("A_B") == {"a_b"}


def test_the_column_is_asked_for_as_its_index_has_it() -> None:
    asked = str(StateMove.objects.filter(actor_name__holds="zoé").query)
    assert '"actor_name" ILIKE' in asked
