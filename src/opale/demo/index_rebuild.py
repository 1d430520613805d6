"""Removal of indexes and constraints for a bulk load, and their complete restoration.

The definitions are read from the catalogue, which covers later migrations. Primary keys and simple
checks stay in place.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection

from opale.demo.copy_rows import TABLES
from opale.demo.progress import Progress
from opale.kernel.roles import OWNER

MARKED = "kernel_statemove"
MARK = "demo load: "
# The largest table on one connection, all others on the second.
SHARES = (("desk_message",), tuple(table for table in TABLES if table != "desk_message"))
# Apps whose tables `undo` empties; none of the frameworks'.
ROOMS = ("kernel", "organisation", "customers", "infrastructure", "messaging", "shifts", "events",
         "desk")  # fmt: skip
KEPT = frozenset({"kernel_cache", "kernel_heartbeat"})

CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.conname, c.contype::text, pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.conrelid = ANY (%s::regclass[]) AND c.contype IN ('f', 'x', 'u')
    ORDER BY c.contype = 'f' DESC, c.conname
"""
INDEXES = """
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid
            AND c.contype IN ('p', 'u', 'x'))
    ORDER BY 2
"""
FORCED = """
    SELECT oid::regclass::text FROM pg_class
    WHERE oid = ANY (%s::regclass[]) AND relforcerowsecurity ORDER BY 1
"""
OF_ROOMS = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = current_schema() AND split_part(tablename, '_', 1) = ANY (%s)
"""
# The rule of the trigger `ticket_has_owner`, for all tickets at once.
UNOWNED = """
    SELECT count(*) FROM desk_ticket t
    LEFT JOIN desk_ownership first ON first.ticket_id = t.id AND first.previous_end IS NULL
    LEFT JOIN desk_ownership now
        ON now.ticket_id = t.id AND now.ends = '9999-12-31 00:00:00+00'
    WHERE first.starts IS DISTINCT FROM t.received_at OR now.person_id IS DISTINCT FROM t.owner_id
"""
Definitions = dict[str, list[list[str]]]


class BrokenRule(Exception):
    """The loaded rows break a rule of the database: nothing may be built on them."""


def was_cut_short() -> bool:
    """Return whether a bulk load of this database began and did not end."""
    return _marked_definitions(_one) is not None


def _one(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def as_owner(url: str) -> psycopg.Connection[Any]:
    """Return an autocommit connection as the owner of the tables."""
    return psycopg.connect(url, autocommit=True, options=f"-c role={OWNER}")


def strip(owner_url: str) -> None:
    """Drop what slows a bulk load down, and record it in the database, in one transaction."""
    tables = list(TABLES)
    with as_owner(owner_url) as owner, owner.transaction():
        definitions: Definitions = {
            "constraints": [list(row) for row in owner.execute(CONSTRAINTS, [tables])],
            "indexes": [list(row) for row in owner.execute(INDEXES, [tables])],
            "forced": [list(row) for row in owner.execute(FORCED, [tables])],
        }
        for table, name, _kind, _definition in definitions["constraints"]:
            _run(owner, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _table, name, _definition in definitions["indexes"]:
            _run(owner, f"DROP INDEX {name}")
        for (table,) in definitions["forced"]:
            _run(owner, f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for table in tables:
            _run(owner, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _mark(owner, MARK + json.dumps(definitions))


def rebuild(owner_url: str, progress: Progress) -> None:
    """Restore everything; the database checks each constraint against every row."""
    with as_owner(owner_url) as owner:
        definitions = _marked_definitions(
            lambda query: _fetch(owner, query)
        ) or {"constraints": [], "indexes": [], "forced": []}  # fmt: skip
    there = _existing(owner_url)
    progress.say("indexes")
    _in_two(owner_url, lambda tables: _index_statements(definitions, tables, there))
    progress.say("foreign keys")
    _in_two(owner_url, lambda tables: _key_statements(definitions, tables, there))
    _in_two(owner_url, lambda tables: _validations(definitions, tables))
    progress.say("statistics")
    _in_two(owner_url, lambda tables: [f"VACUUM (ANALYZE) {table}" for table in tables])
    with as_owner(owner_url) as owner, owner.transaction():
        for (table,) in definitions["forced"]:
            _run(owner, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for table in TABLES:
            _run(owner, f"ALTER TABLE {table} ENABLE TRIGGER USER")


def analyze(owner_url: str) -> None:
    """Run ANALYZE on the loaded tables, including those too small for autovacuum.

    Without statistics, PostgreSQL takes a first storm of alerts for a handful of rows: the board
    took three seconds instead of a thirtieth.
    """
    with as_owner(owner_url) as owner:
        _run(owner, "ANALYZE")


def verify(owner_url: str) -> None:
    """Check a rule that no constraint declares: every ticket has a first and a present owner.

    Errors: BrokenRule.
    """
    with as_owner(owner_url) as owner, owner.transaction():
        _run(owner, "SET LOCAL work_mem = '128MB'")
        (unowned,) = _fetch(owner, UNOWNED)
    if unowned:
        raise BrokenRule(f"{unowned} tickets have no unbroken chain of owners")


def unmark(owner_url: str) -> None:
    with as_owner(owner_url) as owner:
        _mark(owner, None)


def undo(owner_url: str, progress: Progress) -> None:
    """Empty what an interrupted load has written, and restore the constraints."""
    with as_owner(owner_url) as owner, owner.transaction():
        found = owner.execute(OF_ROOMS, [list(ROOMS)])
        tables = sorted({name for (name,) in found} - KEPT)
        _run(owner, f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        _run(owner, "ALTER SEQUENCE desk_ticket_number RESTART")
    rebuild(owner_url, progress)
    unmark(owner_url)


def _index_statements(
    definitions: Definitions, tables: Sequence[str], there: frozenset[str]
) -> Iterable[str]:
    for table, name, definition in definitions["indexes"]:
        if table in tables and name not in there:
            yield definition
    for table, name, kind, definition in definitions["constraints"]:
        if table in tables and kind != "f" and name not in there:
            yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'


def _key_statements(
    definitions: Definitions, tables: Sequence[str], there: frozenset[str]
) -> Iterable[str]:
    for table, name, kind, definition in definitions["constraints"]:
        if table in tables and kind == "f" and name not in there:
            yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID'


def _validations(definitions: Definitions, tables: Sequence[str]) -> Iterable[str]:
    for table, name, kind, _definition in definitions["constraints"]:
        if table in tables and kind == "f":
            yield f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"'


def _in_two(owner_url: str, statements: Callable[[Sequence[str]], Iterable[str]]) -> None:
    def run(tables: Sequence[str]) -> None:
        with as_owner(owner_url) as owner:
            _run(owner, "SET maintenance_work_mem = '512MB'")
            _run(owner, "SET synchronous_commit = off")
            for statement in statements(tables):
                _run(owner, statement)

    with ThreadPoolExecutor(len(SHARES)) as pool:
        list(pool.map(run, SHARES))


def _existing(owner_url: str) -> frozenset[str]:
    with as_owner(owner_url) as owner:
        tables = list(TABLES)
        found = {row[1] for row in owner.execute(CONSTRAINTS, [tables])}
        return frozenset(found | {row[1] for row in owner.execute(INDEXES, [tables])})


def _marked_definitions(fetch: Callable[[str], Any]) -> Definitions | None:
    (comment,) = fetch(f"SELECT obj_description('{MARKED}'::regclass, 'pg_class')")
    if not comment or not comment.startswith(MARK):
        return None
    definitions: Definitions = json.loads(comment.removeprefix(MARK))
    return definitions


def _mark(owner: psycopg.Connection[Any], text: str | None) -> None:
    literal = "NULL" if text is None else psycopg.sql.Literal(text).as_string(owner)
    _run(owner, f"COMMENT ON TABLE {MARKED} IS {literal}")


def _fetch(owner: psycopg.Connection[Any], query: str) -> Any:
    return owner.execute(query.encode()).fetchone()


def _run(owner: psycopg.Connection[Any], statement: str) -> None:
    # Names and definitions come from the catalogue of this database.
    owner.execute(statement.encode())
