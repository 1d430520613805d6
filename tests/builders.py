"""Rows that tests make without an action are made by "the tests".

The database refuses a row of a tracked table made by nobody, and says who made it. What prepares
a test is no action: in the databases of the tests, and there alone, an insertion that nobody
answers for gets an author for its own length. Updates and deletions stay refused; a test about
nobody's insertion says `SET LOCAL opale.builders = 'off'`.
"""

from typing import Any

import psycopg
from psycopg import sql

AUTHOR = '{"actor": "system:tests", "name": "tests", "reason": ""}'
FUNCTIONS = f"""
CREATE FUNCTION builders_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('pghistory.context_metadata', true), '') = ''
        AND coalesce(current_setting('opale.builders', true), '') <> 'off'
    THEN
        PERFORM set_config('pghistory.context_metadata', '{AUTHOR}', true);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION builders_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('pghistory.context_metadata', true) = '{AUTHOR}' THEN
        PERFORM set_config('pghistory.context_metadata', '', true);
    END IF;
    RETURN NULL;
END $$;
"""
# The second name comes after the history's own: triggers of a statement run by their names.
TRIGGERS = """
CREATE TRIGGER builders_begin BEFORE INSERT ON {0} EXECUTE FUNCTION builders_begin();
CREATE TRIGGER zz_builders_end AFTER INSERT ON {0} EXECUTE FUNCTION builders_end();
"""
TABLES = """
SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname LIKE 'pgtrigger_insert_%'
"""


def attribute_builders(connection: psycopg.Connection[Any]) -> None:
    """Give the tables whose rows must have a maker the author of the tests."""
    connection.execute(FUNCTIONS)
    for (table,) in connection.execute(TABLES).fetchall():
        connection.execute(sql.SQL(TRIGGERS).format(sql.Identifier(table)))
