"""Reference data is read once, and again as soon as it has changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from opale.kernel.attribution import attributed
from opale.kernel.isolation import as_application, as_customers
from opale.kernel.reference_cache import cached, delete_expired, pinned, revision
from opale.kernel.tests.lamps import somebody


def calendars() -> Any:
    """Any watched table will do."""
    return apps.get_model("organisation", "WorkingCalendar")._default_manager


def make(name: str) -> None:
    with attributed(somebody(1)):
        calendars().create(name=name, record={"time_zone": "Europe/Paris"})


def elsewhere(work: Callable[[], object]) -> None:
    """Do it in another session of the database."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


class Reader:
    """A remembered reading of the names, and how often the database was asked for them."""

    def __init__(self) -> None:
        self.times = 0

        @cached(10)
        def names(prefix: str) -> tuple[str, ...]:
            self.times += 1
            found = calendars().filter(name__startswith=prefix).order_by("name")
            return tuple(found.values_list("name", flat=True))

        self.names = names


def test_what_has_not_changed_is_read_once(db: None) -> None:
    reader = Reader()
    make("Office")
    assert [reader.names("Off") for _ in range(3)] == [("Office",)] * 3
    assert reader.times == 1
    assert reader.names("X") == ()
    assert reader.times == 2


def test_a_change_is_seen_by_the_transaction_that_makes_it(db: None) -> None:
    reader = Reader()
    assert reader.names("Off") == ()
    make("Office")
    assert reader.names("Off") == ("Office",)
    with attributed(somebody(1)):
        calendars().filter(name="Office").update(name="Office hours")
        assert reader.names("Off") == ("Office hours",)
        calendars().filter(name="Office hours").delete()
        assert reader.names("Off") == ()


def test_what_is_rolled_back_is_never_found_again(db: None) -> None:
    reader = Reader()
    before = revision()
    for _ in range(2):
        with transaction.atomic():
            make("Office")
            assert reader.names("Off") == ("Office",)
            transaction.set_rollback(True)
        assert revision() == before
        assert reader.names("Off") == ()
    assert reader.times == 3


@pytest.mark.django_db(transaction=True)
def test_another_session_sees_a_change_with_its_commit() -> None:
    reader = Reader()
    with transaction.atomic():
        make("Office")
        assert reader.names("Off") == ("Office",)
        seen: list[tuple[str, ...]] = []
        elsewhere(lambda: seen.append(reader.names("Off")))
        assert seen == [()]
    elsewhere(lambda: seen.append(reader.names("Off")))
    assert seen == [(), ("Office",)]
    elsewhere(lambda: make("Office 2"))
    assert reader.names("Off") == ("Office", "Office 2")


@pytest.mark.django_db(transaction=True)
def test_those_who_change_reference_data_do_not_wait_for_each_other() -> None:
    with transaction.atomic():
        make("Office")
        elsewhere(lambda: make("Night"))
        assert calendars().filter(name="Night").exists()


def test_inside_steady_changes_are_looked_for_once(db: None) -> None:
    reader = Reader()
    with pinned():
        assert reader.names("Off") == ()
        make("Office")
        with pinned():
            assert reader.names("Off") == ()
    assert reader.names("Off") == ("Office",)


def test_a_customers_request_reads_for_itself(db: None) -> None:
    times = []

    @cached(10)
    def read() -> None:
        times.append(1)

    read()
    read()
    assert len(times) == 1
    with as_customers([5]):
        read()
        assert len(times) == 2
        with as_application():
            read()
        assert len(times) == 2
        read()
    assert len(times) == 3


def test_old_marks_are_forgotten_and_nothing_is_missed(db: None) -> None:
    reader = Reader()
    make("Office")
    assert reader.names("Off") == ("Office",)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_referencechange SET made_at = made_at - interval '2 hours'")
    assert delete_expired() > 0
    assert delete_expired() == 0
    make("Office 2")
    assert reader.names("Off") == ("Office", "Office 2")
