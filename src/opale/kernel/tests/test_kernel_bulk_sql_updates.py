"""Many rows, each with values of its own, changed or written in one statement."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opale.kernel.bulk_sql import insert_many, update_rows
from opale.kernel.models import Change

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_in_one_statement() -> None:
    rows = [Change.objects.create(topic=f"desk.ticket:{n}") for n in range(3)]
    other = Change.objects.create(topic="desk.queue")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for row in rows:
        row.topic, row.customer_id, row.made_at = f"{row.topic}!", None, at
    with CaptureQueriesContext(
        connection,
    ) as asked:
        update_rows(rows, ["topic", "customer_id", "made_at"])
    assert len(asked) == 1
    kept = Change.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    assert [row.topic for row in kept] == [f"desk.ticket:{n}!" for n in range(3)]
    assert {row.made_at for row in kept} == {at}
    other.refresh_from_db()
    assert other.topic == "desk.queue"


def test_no_row_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        update_rows([], ["topic"])
    assert len(asked) == 0


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_rows_of_one_model_are_written_by_one_statement_of_one_text(number: int) -> None:
    at = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
    said = [
        {"topic": f"é'\"\\{n} %s", "customer_id": n or None, "made_at": at} for n in range(number)
    ]
    with CaptureQueriesContext(connection) as asked:
        insert_many(Change, said)
    assert len(asked) == min(number, 1)
    kept = Change.objects.order_by("pk").values("topic", "customer_id", "made_at")
    assert list(kept) == said
