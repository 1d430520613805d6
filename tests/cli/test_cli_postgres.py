"""The embedded server: what it refuses to start on, and the roles in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opale.cli import installation, manage, migrate, postgres, supervisor
from opale.cli.console import Refused
from opale.kernel import roles

pytestmark = pytest.mark.xdist_group("cli-postgres")


def test_a_database_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("12\n")
    with pytest.raises(
        Refused, match=r"was made by PostgreSQL 12, and PostgreSQL \d+ .*pg_dumpall"
    ):
        postgres.launch(tmp_path, 1)


def test_a_broken_version_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("???")
    with pytest.raises(Refused, match="restore it from a backup"):
        postgres.cluster_version(tmp_path)


def test_a_folder_without_programs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPALE_PG_BINDIR", str(tmp_path))
    with pytest.raises(Refused, match="there is no initdb in that folder"):
        postgres.bindir()


def test_a_cluster_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "postgres": "#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n",
        "initdb": "#!/bin/sh\necho 'initdb: error: No space left on device' >&2\nexit 1\n",
    }.items():
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("OPALE_PG_BINDIR", str(tmp_path / "bin"))
    (tmp_path / "data").mkdir()
    with pytest.raises(Refused, match="No space left on device"):
        postgres.initialise(tmp_path / "data" / "pg", "secret")
    assert not [*(tmp_path / "data").iterdir()]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[installation.Installation]:
    """An installation whose server runs, with its roles and its empty database."""
    folder = tmp_path_factory.mktemp("place")
    patch = pytest.MonkeyPatch()
    patch.delenv("DATABASE_URL")
    made = installation.open_folder(folder, create=True)
    postgres.initialise(made.cluster, made.secrets["postgres_superuser"])
    keeper = supervisor.Supervisor(made.log, folder / "processes.json")
    manage.start_database(made, keeper)
    try:
        migrate.prepare_embedded(made)
        yield made
    finally:
        keeper.stop()
        patch.undo()


def connect(place: installation.Installation, *, owner: bool = False) -> psycopg.Connection[Any]:
    url = place.environment(owner=owner)["DATABASE_URL"]
    return psycopg.connect(url, autocommit=True)


def test_the_server_asks_for_a_password(place: installation.Installation) -> None:
    port = place.state["postgres_port"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://opale:wrong@127.0.0.1:{port}/postgres")


def test_the_server_writes_to_disk_before_it_answers(place: installation.Installation) -> None:
    with connect(place) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_no_role_of_opale_escapes_row_level_security(place: installation.Installation) -> None:
    with psycopg.connect(place.superuser_url()) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb "
            "FROM pg_roles WHERE rolname = ANY(%s) ORDER BY 1",
            [list(roles.ROLES)],
        ).fetchall()
    assert rows == [("opale_app", False), ("opale_owner", False), ("opale_portal", False)]


def test_the_application_uses_what_the_owner_makes(place: installation.Installation) -> None:
    with connect(place, owner=True) as owner, connect(place) as app:
        owner.execute("CREATE TABLE planted (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
        app.execute("INSERT INTO planted (word) VALUES ('a')")
        app.execute("UPDATE planted SET word = 'b'")
        assert app.execute("DELETE FROM planted RETURNING word").fetchone() == ("b",)
        for statement in ("TRUNCATE planted", "DROP TABLE planted", "CREATE TABLE mine ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_the_portal_role_is_taken_and_not_inherited(place: installation.Installation) -> None:
    with connect(place) as app:
        app.execute("SET ROLE opale_portal")
        assert app.execute("SELECT current_user").fetchone() == ("opale_portal",)
        app.execute("RESET ROLE")
        inherits = app.execute("SELECT pg_has_role('opale_app', 'opale_portal', 'USAGE')")
        assert inherits.fetchone() == (False,)


def test_roles_are_made_again_without_harm(place: installation.Installation) -> None:
    migrate.prepare_embedded(place)
    with psycopg.connect(place.superuser_url()) as connection:
        assert roles.missing_statements(connection) == []


def test_a_login_that_may_not_make_roles_is_told_what_to_run(
    place: installation.Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(place.superuser_url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    url = postgres.url("plain", "plain", place.state["postgres_port"], "opale")
    with pytest.raises(Refused, match="let an administrator run the statements above"):
        migrate.prepare(url)
    printed = capsys.readouterr().out.split("\n")
    assert printed[0].startswith('GRANT opale_owner TO "plain"')
    assert printed[1].startswith('GRANT opale_app TO "plain"')


def test_a_login_with_createrole_prepares_its_own_database(
    place: installation.Installation,
) -> None:
    """What a provider of managed databases hands out: no superuser, its own database."""
    with psycopg.connect(place.superuser_url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE tenant LOGIN CREATEROLE PASSWORD 'tenant'")
        for role in (roles.OWNER, roles.APP):
            connection.execute(f"GRANT {role} TO tenant WITH ADMIN OPTION".encode())
        connection.execute("CREATE DATABASE tenant OWNER tenant")
    url = postgres.url("tenant", "tenant", place.state["postgres_port"], "tenant")
    migrate.prepare(url)
    with psycopg.connect(url, options="-c role=opale_owner") as owner:
        owner.execute("CREATE EXTENSION btree_gist")
        owner.execute("CREATE TABLE planted (word text)")
    with psycopg.connect(url, options="-c role=opale_app") as app:
        app.execute("INSERT INTO planted VALUES ('a')")


def test_a_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"does not answer .* check DATABASE_URL"):
        migrate.prepare("postgresql://nobody@127.0.0.1:1/none")


def test_without_namespaces_root_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root is refused by PostgreSQL")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    tmp_path.chmod(0o700)
    (tmp_path / "inner").mkdir()
    with pytest.raises(Refused, match=r"run \./opale as an ordinary user"):
        postgres.initialise(tmp_path / "inner" / "pg", "secret")
