"""Keys that are known before their rows."""

import pytest

from opale.kernel.bulk_sql import next_key
from opale.kernel.models import Fact

pytestmark = pytest.mark.django_db


def fact(**values: object) -> Fact:
    return Fact.objects.create(name="kernel.Tried", body={}, actor="x", actor_name="X", **values)


def test_a_key_is_no_other_rows() -> None:
    first, second = next_key(Fact), next_key(Fact)
    assert second > first
    assert fact(pk=first).pk == first
    assert fact().pk > second
