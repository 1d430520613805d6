"""Command `opale migrate`: roles, rights, tables. Runs before the processes of a new version start.

OPALE_OWNER_URL names the login that may become `opale_owner`; where it is not set, DATABASE_URL's.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from opale import environment
from opale.cli.console import Refused
from opale.cli.installation import DATABASE, Installation
from opale.kernel import roles

PACKAGE = Path(__file__).parents[1]
OLDEST_POSTGRES = 15


def run() -> int:
    """Prepare the database of the environment and run its migrations as the owner of the tables."""
    url = environment.text("OPALE_OWNER_URL", "") or environment.text("DATABASE_URL", "")
    if not url:
        raise Refused("DATABASE_URL is not set: it must name the database to migrate.")
    prepare(url)
    return subprocess.run(migration_command(), env=owner_environment(url), check=False).returncode


def prepare(url: str) -> None:
    """Create the roles and grant them the database, or print what an administrator must run."""
    named = "OPALE_OWNER_URL" if environment.text("OPALE_OWNER_URL", "") else "DATABASE_URL"
    environment.database(named, url, role=roles.OWNER)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            if (found := connection.info.server_version // 10_000) < OLDEST_POSTGRES:
                raise Refused(
                    f"The database is PostgreSQL {found}, and Opale needs {OLDEST_POSTGRES} or "
                    f"newer: let {named} name a newer server."
                )
            roles.create_roles(connection)
            roles.prepare_database(connection)
    except roles.RolesMissing as missing:
        for statement in missing.statements:
            print(f"{statement};")
        raise Refused(
            "This login may not create the database roles: let an administrator run the "
            "statements above, then run opale migrate again."
        ) from missing
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused(
            f"This login may not prepare the database ({_first_line(error)}): let it own the "
            "database, then run opale migrate again."
        ) from error
    except psycopg.OperationalError as error:
        raise Refused(
            f"The database does not answer ({_first_line(error)}): check {named}."
        ) from error


def prepare_embedded(place: Installation) -> None:
    """Create roles with their own logins and the database, on the server that Opale runs itself."""
    with psycopg.connect(place.superuser_url(), autocommit=True) as connection:
        roles.create_roles(
            connection,
            owner_password=place.secrets["postgres_owner"],
            app_password=place.secrets["postgres_app"],
        )
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(place.superuser_url(DATABASE)) as connection:
        roles.prepare_database(connection)


def migration_command() -> list[str]:
    words = ["manage", "migrate", "--no-input", "--verbosity", "1", "--skip-checks"]
    return [sys.executable, "-m", "opale.cli", *words]


def owner_environment(url: str) -> dict[str, str]:
    # The name of a file would win over the address that was chosen here.
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL_FILE"}
    return {**inherited, "DATABASE_URL": url, "OPALE_DATABASE_ROLE": roles.OWNER}


def fingerprint(lock: Path) -> str:
    """Return the fingerprint of what makes the tables: Opale's migrations and library versions."""
    content = hashlib.sha256(lock.read_bytes())
    for path in (*sorted(PACKAGE.rglob("migrations/*.py")), Path(roles.__file__)):
        content.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return content.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
