"""Database roles of Opale, and what each may do in a database.

`opale_owner` owns the tables and runs migrations, `opale_app` is every process of Opale, and
`opale_portal` is what a customer's request becomes for one transaction (`SET LOCAL ROLE`), held by
row-level security. None is a superuser or escapes row-level security. Roles belong to the whole
server: `create_roles` takes a lock. What a role may do with one table is said in migrations.
"""

from collections.abc import Sequence

from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

OWNER, APP, PORTAL = "opale_owner", "opale_app", "opale_portal"
ROLES = (OWNER, APP, PORTAL)
_LOCK = 0x0_0A1E_5001


class RolesMissing(Exception):
    """The login may not create roles; `statements` is what an administrator must run."""

    def __init__(self, statements: Sequence[str]) -> None:
        super().__init__("the database roles are missing")
        self.statements = list(statements)


def create_roles(
    connection: Connection, *, owner_password: str | None = None, app_password: str | None = None
) -> None:
    """Create or update the roles. With a password, a role may log in.

    Errors: RolesMissing, when something is to be done that this login may not do.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        needed = missing_statements(connection)
        if needed and not _may_create_roles(connection):
            raise RolesMissing(needed)
        try:
            for statement in needed:
                connection.execute(statement.encode())
        except InsufficientPrivilege as error:
            raise RolesMissing(needed) from error
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            if password is not None:
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(password)
                    )
                )


def missing_statements(connection: Connection) -> list[str]:
    """Return the SQL that is still to be run here so that this login can act as the roles."""
    there = {
        name
        for (name,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)]
        )
    }
    statements = [
        f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS"
        # Rights of the portal role are taken by SET ROLE alone: were they inherited, the
        # portal's row policies would hold for the staff's sessions too.
        + (" NOINHERIT" if role == APP else "")
        for role in ROLES
        if role not in there
    ]
    with_options = connection.info.server_version >= 160_000
    if not _may_become(connection, APP, PORTAL, there):
        statements.append(
            f"GRANT {PORTAL} TO {APP}" + (" WITH INHERIT FALSE, SET TRUE" if with_options else "")
        )
    login = connection.info.user
    for role in (OWNER, APP):
        if login not in ROLES and not _may_become(connection, login, role, there):
            statements.append(
                f'GRANT {role} TO "{login}"' + (" WITH SET TRUE" if with_options else "")
            )
    return statements


def may_become(connection: Connection, role: str) -> bool:
    """Return whether the login of this session may SET ROLE to the existing `role`."""
    (login,) = connection.execute("SELECT session_user").fetchone() or ("",)
    return _may_become(connection, login, role, {*ROLES})


def prepare_database(connection: Connection) -> None:
    """Grant the database of this connection to the roles: the owner creates, the application uses.

    The owner role gets the database itself where this login may give it, else the right to make
    tables in it. Tables, sequences and functions that the owner will make are usable by the
    application; it may not empty a table, and the portal role gets each of its rights by a
    migration.
    """
    database = sql.Identifier(connection.info.dbname)
    owner, app, portal = (sql.Identifier(role) for role in ROLES)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if _is_superuser(connection):
            connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
        connection.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(database, owner))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, app)
        )
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(owner))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(app, portal))
        for privileges, things in (
            ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
            ("USAGE, SELECT", "SEQUENCES"),
            ("EXECUTE", "FUNCTIONS"),
        ):
            connection.execute(
                sql.SQL(
                    f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} IN SCHEMA public "
                    f"GRANT {privileges} ON {things} TO {{}}"
                ).format(owner, app)
            )


def _is_superuser(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = session_user"
    ).fetchone()
    return bool(row and row[0])


def _may_create_roles(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user"
    ).fetchone()
    return bool(row and row[0])


def _may_become(connection: Connection, member: str, role: str, there: set[str]) -> bool:
    """Return whether `member` may SET ROLE to `role`, by a grant or as a superuser."""
    if role not in there or (member in ROLES and member not in there):
        return False
    right = "SET" if connection.info.server_version >= 160_000 else "MEMBER"
    row = connection.execute("SELECT pg_has_role(%s, %s, %s)", [member, role, right]).fetchone()
    return bool(row and row[0])
