"""A report has more time than a page, and what was set for one request does not stay."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from opale.kernel import query_limits
from opale.kernel.concurrency_limits import ConcurrencyLimit
from opale.kernel.errors import Unavailable
from opale.kernel.query_limits import QueryLimits, allow_report, limit_connection, limited

pytestmark = pytest.mark.django_db


def shown() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (value,) = cursor.fetchone()
    return str(value)


def in_thread(story: Callable[[], None]) -> None:
    """Run it in a thread, which has a connection of its own."""

    def run() -> None:
        try:
            story()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result(30)


def test_a_connection_is_limited_when_it_is_taken() -> None:
    def story() -> None:
        assert shown() == "0"
        with limited(QueryLimits(7)):
            assert shown() == "7s"
        connection.close()
        with limited(QueryLimits(8)):
            assert shown() == "8s"

    in_thread(story)


@override_settings(REPORT_STATEMENT_SECONDS=90)
def test_a_report_has_its_own_time() -> None:
    def story() -> None:
        with limited(QueryLimits(7)):
            allow_report()
            assert shown() == "90s"
        with limited(QueryLimits(7)):
            assert shown() == "7s"
        with limited(QueryLimits(0)):
            allow_report()
            assert shown() == "0", "what has no limit gets none"
        allow_report()
        assert shown() == "0", "neither has a job"

    in_thread(story)


@override_settings(REPORT_STATEMENT_SECONDS=90)
def test_a_rollback_takes_the_time_of_a_report_back() -> None:
    def story() -> None:
        with limited(QueryLimits(7)):
            with transaction.atomic():
                allow_report()
                assert shown() == "90s"
                transaction.set_rollback(True)
            assert shown() == "7s"
        with limited(QueryLimits(90)):
            assert shown() == "90s"

    in_thread(story)


def test_what_is_no_request_has_no_limit_of_the_one_before() -> None:
    def story() -> None:
        with limited(QueryLimits(7)):
            assert shown() == "7s"
        # The pool gives the same connection to whoever asks next.
        limit_connection(connection)
        assert shown() == "0"

    in_thread(story)


def test_reports_leave_threads_to_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_limits, "REPORTS", ConcurrencyLimit(1, timedelta(seconds=7)))

    def story() -> None:
        with limited(QueryLimits(7)):
            allow_report()
            allow_report()
            with limited(QueryLimits(7)), pytest.raises(Unavailable):
                allow_report()
        with limited(QueryLimits(7)):
            allow_report()

    in_thread(story)


def test_what_was_given_back_is_not_cancelled() -> None:
    def story() -> None:
        limits = QueryLimits(7)
        with limited(limits):
            assert shown() == "7s"
        limits.cancel()
        assert shown() == "7s"

    in_thread(story)
