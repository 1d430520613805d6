"""Sessions of the database: statements are planned as short ones."""

import pytest
from django.db import connection

from opale.kernel import prepared_statements
from opale.kernel.prepared_statements import RowGrowth, fetch_rows

pytestmark = pytest.mark.django_db


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
        fetch_rows(asked, [number])
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = %s"
    assert fetch_rows(plans, asked.replace("%s", "$1")) == [(8, 0)]


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
        fetch_rows(asked, 1)
        ((name,),) = fetch_rows(named, asked.replace("%s", "$1"))
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
