"""Make the database of a test as new again by deleting what the test committed.

A fresh clone of the template takes half a second, for its two thousand files. A test that commits
writes a few rows into a few of three hundred tables: PostgreSQL counts what was written to which,
so that these alone are emptied, their rows of the migrations put back, and their sequences reset.
Wherever that might not be all (a changed schema, settings, very many rows, an older PostgreSQL, an
administrator who is no superuser), nothing is done and the caller makes a fresh clone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

MOST_ROWS = 20_000
"""Deleting more takes as long as a clone, and leaves their room to the tests that follow."""
OLDEST_SERVER = 150_000
"""What earlier ones have counted is known some time later, and not for sure."""
WAIT_MS = 10_000

Connection = psycopg.Connection[Any]

END_OTHERS = """
SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
# Of a sequence only what was read and written of its page is counted. Tables of statistics and
# those of the whole server change without a test.
COUNTED = """
SELECT oid::regclass::text, relkind::text, relnamespace = 'pg_catalog'::regnamespace,
       CASE relkind WHEN 'S' THEN pg_stat_get_blocks_fetched(oid) ELSE
           pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
           + pg_stat_get_tuples_deleted(oid) END
FROM pg_class
WHERE relkind IN ('r', 'S') AND NOT relisshared AND relpersistence <> 't'
  AND relnamespace NOT IN ('information_schema'::regnamespace, 'pg_toast'::regnamespace)
  AND relname NOT LIKE 'pg_statistic%'
"""
SURROUNDINGS = """
SELECT datacl::text, datdba, datconnlimit, pg_stat_get_db_stat_reset_time(oid)::text,
       (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = d.oid),
       (SELECT count(*) FROM pg_prepared_xacts WHERE database = d.datname),
       (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'A'),
       current_setting('track_counts'), (SELECT rolsuper FROM pg_roles WHERE rolname = user)
FROM pg_database AS d WHERE datname = current_database()
"""
NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text::bigint"
SINCE = (
    "SELECT {{name}}, count(*), count(*) FILTER (WHERE age(xmin) <= age('{}'::xid))"
    " FROM {{relation}}"
)


class Relation(NamedTuple):
    """A table or a sequence, whether it is PostgreSQL's own, and how much was done to it."""

    name: str
    kind: str
    system: bool
    changes: int


@dataclass(frozen=True)
class Original:
    """What stands in a fresh clone: the rows of its migrations and where its sequences are."""

    rows: Mapping[str, bytes]
    sequences: Mapping[str, tuple[int, bool]]
    catalogues: Mapping[str, int]
    """How many rows those of the system have."""

    @classmethod
    def of(cls, connection: Connection) -> "Original":
        """Read it, which takes a tenth of a second; it is the same in every clone of a template."""
        found = _relations(connection)
        tables = [one.name for one in found if one.kind == "r" and not one.system]
        sequences = [one.name for one in found if one.kind == "S"]
        system = [one.name for one in found if one.system]
        filled = _union(connection, "SELECT {name} WHERE EXISTS (SELECT FROM {relation})", tables)
        at = _union(connection, "SELECT {name}, last_value, is_called FROM {relation}", sequences)
        return cls(
            {table: _copied(connection, table) for (table,) in filled},
            {sequence: (value, called) for sequence, value, called in at},
            dict(_union(connection, "SELECT {name}, count(*) FROM {relation}", system)),
        )


class Reset:
    """A database, what it is to be again, and what PostgreSQL had counted of it when it was so."""

    def __init__(self, server: str, database: str) -> None:
        self.server, self.database = server, database
        self.original: Original | None = None
        self.counted: Mapping[str, int] = {}
        self.transaction = 0
        self.surroundings: tuple[Any, ...] = ()

    def begin(self) -> None:
        """Read what there is: the database is a fresh clone."""
        with self._connected() as connection:
            if connection.info.server_version < OLDEST_SERVER:
                return
            if self.original is None:
                self.original = Original.of(connection)
            self._note(connection)

    def renew(self) -> bool:
        """Make the database as new and return True, or return False: a clone must be made."""
        try:
            with self._connected() as connection:
                return self._renewed(connection)
        except psycopg.Error:
            return False

    def _connected(self) -> Connection:
        return psycopg.connect(self.server, dbname=self.database, autocommit=True)

    def _renewed(self, connection: Connection) -> bool:
        original = self.original
        if original is None:
            return False
        # A session tells what it has done at its end.
        if not all(ended for (ended,) in connection.execute(END_OTHERS, [WAIT_MS])):
            return False
        surroundings = _surroundings(connection)
        if surroundings != self.surroundings or surroundings[-2:] != ("on", True):
            return False
        found = _relations(connection)
        written = [one for one in found if one.changes != self.counted.get(one.name)]
        system = [one.name for one in written if one.system]
        if self._is_schema_changed(connection, original, system):
            return False
        tables = [one for one in written if one.kind == "r" and not one.system]
        if sum(one.changes - self.counted[one.name] for one in tables) > MOST_ROWS:
            return False
        if written:
            sequences = [one.name for one in written if one.kind == "S"]
            _put_back(connection, original, [one.name for one in tables], sequences)
            self._note(connection)
        return True

    def _is_schema_changed(
        self, connection: Connection, original: Original, system: list[str]
    ) -> bool:
        """Return whether a catalogue that was written to has other rows than it had.

        What a transaction made and undid, or never committed, is not there.
        """
        found = _union(connection, SINCE.format(self.transaction), system)
        return any(
            new or count != original.catalogues.get(catalogue) for catalogue, count, new in found
        )

    def _note(self, connection: Connection) -> None:
        # What this session has done is counted at the end of a statement only when it is told to.
        connection.execute("SELECT pg_stat_force_next_flush()")
        self.counted = {one.name: one.changes for one in _relations(connection)}
        self.surroundings = _surroundings(connection)
        ((self.transaction,),) = connection.execute(NEXT_TRANSACTION).fetchall()


def _put_back(
    connection: Connection, original: Original, tables: list[str], sequences: list[str]
) -> None:
    with connection.transaction():
        # Without triggers: what keeps history, checks references and refuses deletions.
        connection.execute("SET LOCAL session_replication_role = replica")
        if tables:
            connection.execute(";".join(f"DELETE FROM ONLY {table}" for table in tables).encode())
        for table in tables:
            if rows := original.rows.get(table):
                asked = f"COPY {table} FROM STDIN (FORMAT binary)".encode()
                with connection.cursor().copy(asked) as copy:
                    copy.write(rows)
    for sequence in sequences:
        value, called = original.sequences[sequence]
        connection.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, value, called])


def _relations(connection: Connection) -> list[Relation]:
    return [Relation(*row) for row in connection.execute(COUNTED)]


def _surroundings(connection: Connection) -> tuple[Any, ...]:
    (found,) = connection.execute(SURROUNDINGS).fetchall()
    return tuple(found)


def _union(connection: Connection, question: str, relations: list[str]) -> list[tuple[Any, ...]]:
    """Return the answers to a question about each of many relations, asked at once."""
    asked = [
        question.format(name=sql.Literal(relation).as_string(), relation=relation)
        for relation in relations
    ]
    return connection.execute(" UNION ALL ".join(asked).encode()).fetchall() if asked else []


def _copied(connection: Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
        return b"".join(map(bytes, copy))
