"""Sessions of the database: moments are read by compiled code, and questions planned for short."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapters
from psycopg.pq import Format

from opale.kernel import prepared_statements
from opale.kernel.models import Fact
from opale.kernel.prepared_statements import RowGrowth
from opale.kernel.rows import rows_of

ASKED = """
    SELECT TIMESTAMPTZ '2026-10-25 02:30:00.123456+02', TIMESTAMPTZ '0001-01-01 00:00:00+00',
        TIMESTAMPTZ '9999-12-31 23:59:59.999999+00', NULL::timestamptz,
        ARRAY[TIMESTAMPTZ '2026-11-28 18:00:00Z', NULL], '{"a": "é"}'::jsonb
"""

pytestmark = pytest.mark.django_db


def test_moments_are_those_that_django_reads() -> None:
    params = connection.get_connection_params()
    params["context"] = get_adapters_template(settings.USE_TZ, UTC)
    with psycopg.connect(**params) as as_django:
        (expected,) = as_django.execute(ASKED).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        assert cursor.fetchall() == [expected]
    assert rows_of(ASKED) == [expected]
    assert expected[0] == datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC)
    assert rows_of(ASKED)[0][0].tzinfo is UTC


def test_their_reader_is_the_compiled_one() -> None:
    oid = adapters.types["timestamptz"].oid
    compiled = adapters.get_loader(oid, Format.TEXT)
    assert connection.connection.adapters.get_loader(oid, Format.TEXT) is compiled


def test_rows_come_in_parts_too() -> None:
    fact = Fact.objects.create(name="test.thing", body={}, actor="system:test", actor_name="Test")
    fact.refresh_from_db()
    moments = Fact.objects.filter(name="test.thing").values_list("announced_at", flat=True)
    assert list(moments.iterator(chunk_size=1)) == [fact.announced_at]
    assert fact.announced_at.tzinfo is UTC


def test_no_helper_is_started_and_nothing_compiled_for_a_short_question() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0")
        cursor.execute("SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL jit_above_cost = 0")
        cursor.execute("EXPLAIN (ANALYZE) SELECT count(*) FROM kernel_fact")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Aggregate" in plan
    assert "Gather" not in plan
    assert "JIT" not in plan


def test_what_is_prepared_is_planned_once() -> None:
    asked = "SELECT count(*) FROM kernel_fact WHERE id = ANY (%s)"
    for number in range(8):
        rows_of(asked, [number])
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = %s"
    assert rows_of(plans, asked.replace("%s", "$1")) == [(8, 0)]


def test_what_was_planned_for_a_short_table_is_planned_anew_when_it_has_grown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared_statements, "ROW_GROWTH", growth := RowGrowth())
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE storm (id bigint PRIMARY KEY, said text)")
    asked = "SELECT said FROM storm WHERE id = %s"
    named = "SELECT name FROM pg_prepared_statements WHERE statement = %s"

    def plan() -> str:
        """How it would be answered at this moment by the connection that has asked before."""
        rows_of(asked, 1)
        ((name,),) = rows_of(named, asked.replace("%s", "$1"))
        with connection.cursor() as cursor:
            cursor.execute(f'EXPLAIN EXECUTE "{name}" (1)')
            return "\n".join(line for (line,) in cursor.fetchall())

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm SELECT n, 'few' FROM generate_series(1, 9) AS n")
        cursor.execute("ANALYZE storm")
    assert "Seq Scan" in plan()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm SELECT n, 'many' FROM generate_series(10, 20000) AS n")
    assert "Seq Scan" in plan()
    growth.add(20000)
    assert "Index Scan" in plan()
