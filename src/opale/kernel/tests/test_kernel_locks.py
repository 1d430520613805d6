"""Locks by name: held to the end of the transaction, taken in one order by everybody."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from opale.kernel.locks import take_locks
from opale.kernel.tests.concurrency import at_once


def may_hold(resource: str) -> bool:
    """Whether another session could take the lock at this moment."""

    def attempt() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [resource])
            return bool(cursor.fetchone()[0])

    (free,) = at_once(attempt)
    assert isinstance(free, bool)
    return free


@pytest.mark.django_db(transaction=True)
def test_a_lock_lasts_as_long_as_its_transaction() -> None:
    with transaction.atomic():
        take_locks("rack:1", "rack:2")
        assert not may_hold("rack:1")
        assert not may_hold("rack:2")
        assert may_hold("rack:3")
    assert may_hold("rack:1")


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_lock_back() -> None:
    with transaction.atomic():
        take_locks("rack:1")
        transaction.set_rollback(True)
    assert may_hold("rack:1")


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_there_is_nothing_to_hold_a_lock() -> None:
    with pytest.raises(RuntimeError):
        take_locks("rack:1")


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_do_not_deadlock_and_exclude_each_other() -> None:
    names = [f"rack:{n}" for n in range(8)]
    inside, counted = threading.Semaphore(1), [0]

    def take(*, backwards: bool) -> int:
        for _ in range(20):
            with transaction.atomic():
                take_locks(*(reversed(names) if backwards else names))
                assert inside.acquire(blocking=False), "two hold the same lock"
                counted[0] += 1
                inside.release()
        return 20

    results = at_once(*(partial(take, backwards=n % 2 == 1) for n in range(4)))
    assert results == [20] * 4
    assert counted == [80]
