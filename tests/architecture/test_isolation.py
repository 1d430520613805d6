"""The two walls between customers, tried on every table that belongs to one.

Source: docs/rules/customer-isolation.md.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from psycopg import sql
from tests.architecture.owned_tables import (
    MINE,
    THEIRS,
    OwnedTable,
    administrator,
    become_portal,
    own_models,
    owned_tables,
    two_customers,
)

from opale.kernel.actor import ANONYMOUS, Actor, Scope
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.queries.matrix import declared_rights

pytestmark = pytest.mark.django_db

OWNED = owned_tables()
READ_BY_VISIBLE_TO = [
    model for model in own_models() if isinstance(model._default_manager.all(), OwnedQuerySet)
]

SHARED = frozenset(
    {
        # What is the same for every customer, and names none.
        "customers_offering",
        "customers_plantarget",
        "customers_supportplan",
        "customers_supportplanversion",
        # The hours of calendars, without their names.
        "organisation_workingcalendar",
        "desk_requesttype",
        "desk_ticketfield",
        # The numbers of alerts whose words are not read yet.
        "events_unreadwords",
    }
)
"""Tables that a customer's request may read whole."""
Admin = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def admin(django_db_setup: None) -> Iterator[Admin]:
    """One session for a thousand trials: each of them is undone."""
    with administrator() as session:
        yield session


def contact_of(customer_id: int) -> Actor:
    """A contact who holds every right there is on one customer."""
    named = Scope(customers=frozenset({customer_id}))
    return Actor("contact", "user:0", "Contact", dict.fromkeys(declared_rights(), named))


def seen(session: psycopg.Connection[Any], owned: OwnedTable) -> set[int]:
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.Identifier(owned.column), sql.Identifier(owned.table)
    )
    return {row[0] for row in session.execute(query).fetchall()}


@pytest.mark.parametrize("owned", OWNED, ids=str)
def test_a_table_of_customers_has_the_second_wall(owned: OwnedTable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity, array(SELECT polname::text FROM pg_policy"
            " WHERE polrelid = pg_class.oid AND 'opale_portal'::regrole = ANY (polroles))"
            " FROM pg_class WHERE oid = %s::regclass",
            [owned.table],
        )
        enabled, forced, policies = cursor.fetchone()
    assert (enabled, forced) == (True, True), "no row-level security: isolate() it in a migration"
    assert policies == ["customer"]


@pytest.mark.parametrize("owned", OWNED, ids=str)
def test_the_portal_sees_rows_of_its_customer_alone(admin: Admin, owned: OwnedTable) -> None:
    with two_customers(admin, owned) as session:
        assert seen(session, owned) >= {MINE, THEIRS}
        become_portal(session, MINE)
        try:
            found = seen(session, owned)
        except psycopg.errors.InsufficientPrivilege:
            return
        assert not owned.history, "history is for the staff: no grant on it"
        assert found <= {MINE}


def test_the_trial_notices_a_wall_that_is_missing(admin: Admin) -> None:
    contacts = next(owned for owned in OWNED if owned.table == "customers_contact")
    with two_customers(admin, contacts) as session:
        session.execute("ALTER TABLE customers_contact DISABLE ROW LEVEL SECURITY")
        become_portal(session, MINE)
        assert THEIRS in seen(session, contacts)


@pytest.mark.parametrize("owned", OWNED, ids=str)
def test_the_portal_without_customer_sees_nothing(admin: Admin, owned: OwnedTable) -> None:
    with two_customers(admin, owned) as session:
        become_portal(session)
        try:
            assert seen(session, owned) == set()
        except psycopg.errors.InsufficientPrivilege:
            return


@pytest.mark.parametrize("verb", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
@pytest.mark.parametrize("owned", OWNED, ids=str)
def test_the_portal_changes_nothing_of_another_customer(
    admin: Admin, owned: OwnedTable, verb: str
) -> None:
    statement = sql.SQL(verb + " WHERE {column} = {theirs}").format(
        table=sql.Identifier(owned.table),
        column=sql.Identifier(owned.column),
        theirs=sql.Literal(THEIRS),
    )
    with two_customers(admin, owned) as session:
        become_portal(session, MINE)
        try:
            assert session.execute(statement).rowcount == 0
        except psycopg.errors.InsufficientPrivilege:
            return


@pytest.mark.parametrize("owned", [o for o in OWNED if not o.history], ids=str)
def test_a_contact_with_every_right_reaches_one_customer_alone(
    admin: Admin, owned: OwnedTable
) -> None:
    rows: Any = owned.model._default_manager.all()
    assert isinstance(rows, OwnedQuerySet), "read by visible_to: give it an OwnedQuerySet"
    reached = rows.visible_to(contact_of(MINE)).values_list(owned.column)
    query, parameters = reached.query.sql_with_params()
    with two_customers(admin, owned) as session:
        found = {row[0] for row in session.execute(query.encode(), parameters).fetchall()}
    assert found == {MINE}


@pytest.mark.parametrize("model", READ_BY_VISIBLE_TO, ids=lambda m: m._meta.label)
def test_an_anonymous_visitor_reaches_no_row_whatever_there_is(model: type[models.Model]) -> None:
    rows: Any = model._default_manager.all()
    with pytest.raises(EmptyResultSet):
        str(rows.visible_to(ANONYMOUS).query)


def test_the_portal_reads_nothing_whole_but_what_names_no_customer() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm') AND NOT relrowsecurity"
            " AND has_any_column_privilege('opale_portal', oid, 'SELECT')"
        )
        assert {name for (name,) in cursor.fetchall()} == SHARED


def test_the_portal_empties_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND has_table_privilege('opale_portal', oid, 'TRUNCATE')"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", ["opale_portal", "opale_app", "opale_owner"])
def test_no_role_of_opale_escapes_row_level_security(admin: Admin, role: str) -> None:
    row = admin.execute(
        "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    assert row == (False, False)
