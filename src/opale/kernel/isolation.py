"""Second wall between customers: row-level security for requests made by customers.

Staff requests run as `opale_app`, which sees every row (the first wall, `visible_to`, filters).
A request by a customer's contact runs in one transaction as `opale_portal`, to which a table shows
only rows of the customers named in the transaction-local setting `opale.customers`, or of the login
named in `opale.login`.
Source: docs/rules/customer-isolation.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

from opale.kernel.context_vars import override_var
from opale.kernel.roles import APP, PORTAL

_as_portal: ContextVar[bool] = ContextVar("as_portal", default=False)

OWN_LOGIN = "(nullif(current_setting('opale.login', true), '')::bigint)"
MINE = "(string_to_array(current_setting('opale.customers', true), ',')::bigint[])"


def isolate(
    table: str, column: str = "customer_id", *, also: str = "true", readable: bool = True
) -> RunSQL:
    """Return the migration operation that shows the portal role the named customers' rows of
    `table` alone.

    A row without customer belongs to no customer and is hidden; `also` is a further SQL condition
    (internal notes). With `readable` false (history tables) the portal role has no grant at all and
    the policy is the second lock. The owner is bound too (FORCE), by a policy of its own, so that
    only a superuser escapes the policies.
    """
    mine = f"{column} = ANY {MINE} AND {also}"
    grant = f"GRANT SELECT ON {table} TO opale_portal;" if readable else ""
    return RunSQL(
        sql=f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY staff ON {table} TO opale_app, opale_owner USING (true) WITH CHECK (true);
        CREATE POLICY customer ON {table} TO opale_portal USING ({mine}) WITH CHECK ({mine});
        {grant}
        """,
        reverse_sql=f"""
        REVOKE ALL ON {table} FROM opale_portal;
        DROP POLICY customer ON {table};
        DROP POLICY staff ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def isolate_login(table: str, column: str, *, may: str) -> RunSQL:
    """Return the migration operation that shows the portal role the rows of the asking login alone.

    `may` is what the portal role may do with them (`SELECT, INSERT`).
    """
    mine = f"{column} = {OWN_LOGIN}"
    return RunSQL(
        sql=f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY staff ON {table} TO opale_app, opale_owner USING (true) WITH CHECK (true);
        CREATE POLICY login ON {table} TO opale_portal USING ({mine}) WITH CHECK ({mine});
        GRANT {may} ON {table} TO opale_portal;
        """,
        reverse_sql=f"""
        REVOKE ALL ON {table} FROM opale_portal;
        DROP POLICY login ON {table};
        DROP POLICY staff ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def share(*tables: str) -> RunSQL:
    """Return the migration operation that lets portal pages read tables without customer data."""
    names = ", ".join(tables)
    return RunSQL(
        sql=f"GRANT SELECT ON {names} TO opale_portal",
        reverse_sql=f"REVOKE SELECT ON {names} FROM opale_portal",  # noqa: S608  # written in migrations
    )


@contextmanager
def as_customers(
    customer_ids: Iterable[int], *, login: int | None = None, reads: bool = False
) -> Iterator[None]:
    """Run the block in one transaction as the portal role, for these customers and login alone.

    Afterwards the transaction, where it goes on or has something left to check, is what it was
    before: by the settings given back, or by the rollback of the savepoint when the block failed.
    A transaction of its own that only `reads` takes its settings along when it ends.
    """
    named = ",".join(str(int(pk)) for pk in sorted(customer_ids))
    ends_with_it = reads and not connection.in_atomic_block
    with transaction.atomic():
        before = None if ends_with_it else _settings()
        _become("opale_portal", named, "" if login is None else str(login))
        with override_var(_as_portal, True):
            yield
        if before and not transaction.get_rollback():
            _become(*before)


@contextmanager
def as_application() -> Iterator[None]:
    """Run the block with the application's role inside a request by a customer.

    For an action of Opale that a contact may take: it writes what the portal role cannot. Inside,
    the first wall stands alone, so the action checks its actor, reads nothing but what it needs,
    and gives back nothing that the portal role could not read; the answer is read outside again.
    For other requests the block runs unchanged. A failure gives the role back too.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            (before,) = cursor.fetchone()
        if before != PORTAL:
            yield
            return
        _take_role(APP)
        with override_var(_as_portal, False):
            yield
        if not transaction.get_rollback():
            _take_role(PORTAL)


def is_customer_request() -> bool:
    """Return whether the database shows this block the rows of some customers alone."""
    return _as_portal.get()


def _take_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])


def _settings() -> tuple[str, str, str]:
    """Return the role, the customers and the login of the transaction, as `_become` sets them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'),"
            " coalesce(current_setting('opale.customers', true), ''),"
            " coalesce(current_setting('opale.login', true), '')"
        )
        role, customers, login = cursor.fetchone()
    return role, customers, login


def _become(role: str, customers: str, login: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('opale.customers', %s, true), set_config('opale.login', %s, true),"
            " set_config('role', %s, true)",
            [customers, login, role],
        )
