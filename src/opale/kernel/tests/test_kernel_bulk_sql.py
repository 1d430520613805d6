"""Rows of several tables in one statement."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from opale.kernel.bulk_sql import insert_rows, reserve_keys
from opale.kernel.models import Change, Fact, FactDelivery

pytestmark = pytest.mark.django_db


def fact(pk: int) -> Fact:
    return Fact(pk=pk, name="kernel.Tried", body={"a": 1}, actor="x", actor_name="X")


def test_rows_that_refer_to_each_other_are_written_in_one_statement() -> None:
    rows = [
        fact(1_000_001),
        FactDelivery(fact_id=1_000_001, listener="one"),
        FactDelivery(fact_id=1_000_001, listener="two"),
        Change(topic="kernel.tried"),
    ]
    with CaptureQueriesContext(connection) as asked:
        insert_rows(rows)
    assert len(asked) == 1
    stored = Fact.objects.get(pk=1_000_001)
    assert stored.body == {"a": 1}
    assert stored.announced_at is not None
    assert set(stored.deliveries.values_list("listener", flat=True)) == {"one", "two"}
    assert Change.objects.filter(topic="kernel.tried", transaction__gt=0).exists()


def test_what_the_database_refuses_leaves_nothing() -> None:
    rows = [fact(1_000_002), FactDelivery(fact_id=999_999_999, listener="one")]
    with transaction.atomic():
        insert_rows(rows)
        with pytest.raises(IntegrityError):
            transaction.get_connection().check_constraints()
        transaction.set_rollback(True)
    assert not Fact.objects.filter(pk=1_000_002).exists()


def test_nothing_to_write_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert_rows([])
    assert len(asked) == 0


def test_what_is_empty_in_all_rows_is_left_to_the_database() -> None:
    changes = [Change(topic="kernel.tried"), Change(topic="kernel.tried", customer_id=7)]
    with CaptureQueriesContext(connection) as asked:
        insert_rows(changes[:1])
        insert_rows(changes)
    assert '"customer_id"' not in asked[0]["sql"]
    assert len(asked) == 2
    stored = Change.objects.filter(topic="kernel.tried").order_by("id")
    assert list(stored.values_list("customer_id", flat=True)) == [None, None, 7]


def test_keys_of_rows_that_name_each_other_are_known_before() -> None:
    first, other = reserve_keys(Fact, Change)
    second, _other = reserve_keys(Fact, Change)
    assert second > first
    insert_rows([fact(first), Change(pk=other, topic="kernel.tried")])
    assert Change.objects.filter(pk=other).exists()
    assert Fact.objects.create(name="kernel.Tried", body={}, actor="x", actor_name="X").pk > first
