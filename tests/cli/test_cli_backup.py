"""A backup is written while Opale works, and what is restored from it is the same in every row.

The login is what the how-to makes: it owns the database and may become the roles, and is no
superuser, so that row-level security holds it like any other.
"""

import hashlib
import io
import json
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import SERVER
from psycopg import sql
from tests.personas import Personas

from opale.cli import backup, installation, main, postgres, restore
from opale.cli.console import Refused
from opale.kernel import files, roles
from opale.run.desk.actions import attachments
from opale.run.desk.models import Attachment, Ticket
from opale.run.desk.tests.builders import House, make_service, make_ticket
from opale.webhooks.actions.webhooks import create_webhook
from opale.webhooks.domain import signing
from opale.webhooks.models import Webhook

pytestmark = pytest.mark.xdist_group("cli-backup")
KEY = "only for tests"
PLAN = b"\x89PNG\r\n\x1a\n" + b"\x00" * 4000
LATER = b"\x89PNG\r\n\x1a\n" + b"\x01" * 4000
SAME = {
    "tables": """
        SELECT relname, relkind, relrowsecurity, relforcerowsecurity, relacl::text, reloptions
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v')
    """,
    "policies": "SELECT * FROM pg_policies",
    "triggers": """
        SELECT pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger')
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    # Those of the suite's own builders are an administrator's.
    "functions": """
        SELECT pg_get_functiondef(oid), proacl::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
          AND proowner = 'opale_owner'::regrole AND proname NOT LIKE 'builders_%' AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
          )
    """,
    "defaults": """
        SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text FROM pg_default_acl
    """,
    "extensions": "SELECT extname FROM pg_extension",
}


SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
WRITTEN = re.compile(r"::character varying|::text|\[\]|[()]")
"""What PostgreSQL writes elsewhere in a condition when it has read what it wrote."""


def contents(database: str) -> dict[str, object]:
    """All that a database holds, as its administrator sees it."""
    with psycopg.connect(SERVER, dbname=database) as admin:
        found: dict[str, object] = {
            name: sorted(WRITTEN.sub("", str(row)) for row in admin.execute(asked.encode()))
            for name, asked in SAME.items()
        }
        for (table,) in admin.execute(backup.TABLES).fetchall():
            found[table] = admin.execute(
                sql.SQL(
                    "SELECT count(*), md5(string_agg(one::text, ' ' ORDER BY one::text))"
                    " FROM {} AS one"
                ).format(sql.Identifier(table))
            ).fetchone()
    return found


def sequences(database: str) -> dict[str, int]:
    """The last number that each sequence gave."""
    with psycopg.connect(SERVER, dbname=database) as admin:
        return {name: last or 0 for name, last in admin.execute(SEQUENCES.encode())}


@pytest.fixture
def login() -> Iterator[str]:
    """A login of the server that may become the roles: its name, which is its password as well."""
    name = f"opale_drill_{secrets.token_hex(4)}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        role = sql.Identifier(name)
        roles.create_roles(admin)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(name)))
        admin.execute(sql.SQL("GRANT opale_owner, opale_app TO {}").format(role))
        yield name
        admin.execute(sql.SQL("DROP ROLE {}").format(role))


@contextmanager
def database(login: str) -> Iterator[str]:
    """An empty database of the login's own: its name."""
    name = f"{login}_{secrets.token_hex(3)}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(login)
            )
        )
        try:
            yield name
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of(login: str, name: str) -> str:
    _head, _at, place = SERVER.rpartition("@")
    return f"postgresql://{login}:{login}@{place.partition('/')[0]}/{name}"


def use(patch: pytest.MonkeyPatch, login: str, name: str, data: Path) -> None:
    """The environment of production, with that database and data folder."""
    patch.setenv("DATABASE_URL", url_of(login, name))
    patch.setenv("OPALE_SECRET_KEY", KEY)
    patch.setenv("OPALE_DATA", str(data))
    patch.delenv("OPALE_OWNER_URL", raising=False)


def house_of(personas: Personas) -> House:
    return House(
        desk=personas.teams["desk_agent"],
        manager=personas.people["service_manager"],
        agent=personas.people["desk_agent"],
        other=personas.people["run_engineer"],
        customer=personas.customer,
        contact=personas.contact,
        service=make_service(personas.customer, "VPN-BACKUP"),
        calendar=personas.calendar,
    )


def save(folder: Path, data: str | None = None) -> dict[str, Any]:
    """Write a backup, and return its manifest."""
    assert backup.run(data, folder, without_key=False) == 0
    manifest: dict[str, Any] = json.loads((folder / backup.MANIFEST).read_text())
    return manifest


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_backup_is_restored_whole_whatever_happens_meanwhile(
    personas: Personas,
    login: str,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "first" / "files"
    house, agent = house_of(personas), personas.actor("desk_agent")
    plan = attachments.attach_file(make_ticket(house), "plan.png", [PLAN], by=agent)
    webhook, secret = create_webhook(
        by=personas.actor("customer_contact"),
        name="Tool",
        url="https://192.0.43.8/opale",
        events=["ticket.received"],
    )
    source = settings.DATABASES["default"]["NAME"]
    before, given = contents(source), sequences(source)
    dump = backup._dump

    def work_goes_on(*given: Any) -> None:
        """The snapshot is taken: what is committed now is not in it."""
        late = attachments.attach_file(make_ticket(house), "late.png", [LATER], by=agent)
        assert (settings.MEDIA_ROOT / late.key).exists()
        dump(*given)

    use(monkeypatch, login, source, tmp_path / "first")
    monkeypatch.setattr(backup, "_dump", work_goes_on)
    manifest = save(tmp_path / "one")
    assert Ticket.objects.count() == 2
    assert manifest["rows"]["desk_ticket"] == 1
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700
    assert (tmp_path / "one" / "files" / plan.key).read_bytes() == PLAN

    with database(login) as name:
        use(monkeypatch, login, name, tmp_path / "second")
        restore.run(None, tmp_path / "one")
        after, next_given = contents(name), sequences(name)
        with psycopg.connect(url_of(login, name), options="-c role=opale_app") as app:
            key = app.execute("SELECT key FROM desk_attachment").fetchone()
            sealed = app.execute("SELECT secret FROM webhooks_webhook").fetchone()
    assert [part for part in before if before[part] != after.get(part)] == []
    assert after.keys() == before.keys()
    # A sequence is in no transaction: it may be further than the rows.
    assert [one for one in given if given[one] > next_given[one]] == []
    assert key == (plan.key,)
    assert sealed
    settings.MEDIA_ROOT = tmp_path / "second" / "files"
    with files.open_stored(plan.key) as kept:
        assert kept.read() == PLAN
    assert signing.decrypt_secret(sealed[0]) == secret
    assert (Attachment.objects.count(), Webhook.objects.get()) == (2, webhook)


NOTES = """
    SET ROLE opale_owner;
    CREATE TABLE django_migrations (id bigint, app text, name text);
    INSERT INTO django_migrations VALUES (1, 'kernel', '0001_initial');
    CREATE TABLE notes (id bigint, customer_id bigint, storage_key text);
    INSERT INTO notes VALUES (1, 1, ''), (2, 2, '');
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY staff ON notes TO opale_owner USING (true);
"""


@pytest.fixture
def small(login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database with a table behind a policy, in the environment of production: its URL."""
    with database(login) as name:
        url = url_of(login, name)
        with psycopg.connect(SERVER, dbname=name) as admin:
            admin.execute("GRANT ALL ON SCHEMA public TO opale_owner")
            admin.execute(NOTES)
        use(monkeypatch, login, name, tmp_path / "data")
        yield url


@pytest.fixture
def saved(small: str, tmp_path: Path) -> Path:
    """A backup of it, with one stored file."""
    content = b"kept"
    digest = hashlib.sha256(content).hexdigest()
    key = f"{digest[:2]}/{digest[2:4]}/{digest}"
    (path := tmp_path / "data" / "files" / key).parent.mkdir(parents=True)
    path.write_bytes(content)
    change(small, "INSERT INTO notes VALUES (3, 3, %s)", key)
    save(tmp_path / "backup")
    return tmp_path / "backup"


def change(url: str, statement: str, *given: str) -> None:
    with psycopg.connect(url, options="-c role=opale_owner") as owner:
        owner.execute(statement.encode(), given)


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as session:
        return [name for (name,) in session.execute(backup.TABLES)]


@pytest.fixture
def empty(
    saved: Path, login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An empty database in the environment, for what was saved: its URL."""
    with database(login) as name:
        use(monkeypatch, login, name, tmp_path / "new")
        yield url_of(login, name)


def sign_again(folder: Path) -> None:
    """Make the digests those of the changed files."""
    sums = folder / backup.SUMS
    names = [line.split("  ")[1] for line in sums.read_text().splitlines()]
    sums.write_text("".join(f"{backup.digest_of(folder / name)}  {name}\n" for name in names))


def rewrite(folder: Path, **facts: object) -> None:
    """Change what the manifest says."""
    manifest = folder / backup.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | facts))
    sign_again(folder)


def test_a_backup_says_what_it_holds(saved: Path, capfd: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((saved / backup.MANIFEST).read_text())
    assert manifest["rows"] == {"django_migrations": 1, "notes": 3}
    assert KEY not in (saved / backup.MANIFEST).read_text()
    assert (saved / backup.KEY).read_text() == f"{KEY}\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved.iterdir()} == {0o600, 0o700}
    assert not saved.with_name("backup.partial").exists()
    assert "A file" not in capfd.readouterr().err


def test_what_was_damaged_or_lost_before_is_told(
    saved: Path, small: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (damaged,) = (path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file())
    damaged.write_bytes(b"kep")
    lost = f"00/00/{'0' * 64}"
    change(small, "INSERT INTO notes VALUES (4, 4, %s)", lost)
    save(tmp_path / "again")
    told = capfd.readouterr().err
    assert f"A file that a row names is not in the folder of files: {lost}." in told
    assert f"it is damaged, or was cut short: {damaged.name[:2]}/" in told


def test_rows_that_the_owner_does_not_see_are_no_backup(small: str, tmp_path: Path) -> None:
    """pg_dump would leave them out and say nothing."""
    change(small, "ALTER POLICY staff ON notes USING (customer_id = 1)")
    with pytest.raises(Refused, match="Policies of the table notes hide rows from opale_owner"):
        save(tmp_path / "backup")
    change(small, "ALTER POLICY staff ON notes USING (true)")
    change(small, "CREATE POLICY fewer ON notes AS RESTRICTIVE USING (customer_id = 1)")
    with pytest.raises(Refused, match="Policies of the table notes hide rows"):
        save(tmp_path / "backup")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("backup")]


@pytest.mark.parametrize("name", ["backup", "data/files/backup"])
def test_a_backup_goes_into_a_new_folder_outside_the_files(
    name: str, small: str, tmp_path: Path
) -> None:
    (tmp_path / "backup").mkdir()
    with pytest.raises(Refused, match=r"is there already|is in the folder of files"):
        save(tmp_path / name)


def test_a_login_that_may_not_become_the_owner_is_refused(
    small: str, login: str, tmp_path: Path
) -> None:
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(sql.SQL("REVOKE opale_owner FROM {}").format(sql.Identifier(login)))
    with pytest.raises(Refused, match=r"may not act as opale_owner .* let OPALE_OWNER_URL name"):
        save(tmp_path / "backup")


def test_a_dump_that_fails_leaves_nothing(
    small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'pg_dump: error: No space left on device' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(backup, "program", lambda name: program)
    with pytest.raises(Refused, match="could not be dumped: pg_dump: error: No space left"):
        save(tmp_path / "backup")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("backup")]


def test_the_password_of_the_database_is_no_word_of_a_command(small: str, login: str) -> None:
    given = backup.connection(f"{small}?sslmode=prefer&password={login}")
    assert given.environment["PGPASSWORD"] == login
    assert f"password={login}" not in " ".join(given.words)
    assert "sslmode=prefer" in given.words[0]


def test_what_is_restored_can_be_worked_with(
    saved: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["opale", "restore", str(saved)])
    with pytest.raises(SystemExit) as end:
        main.main()
    assert end.value.code == 0
    with psycopg.connect(empty, options="-c role=opale_owner") as owner:
        assert owner.execute("SELECT count(*) FROM notes").fetchone() == (3,)
        forced = owner.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'notes'")
        assert forced.fetchone() == (True,)
    (restored,) = (path for path in (tmp_path / "new" / "files").rglob("*") if path.is_file())
    assert restored.read_bytes() == b"kept"
    with pytest.raises(Refused, match="The database holds tables already"):
        restore.run(None, saved)


def test_a_damaged_backup_is_refused_before_anything_is_written(
    saved: Path, empty: str, tmp_path: Path
) -> None:
    content = bytearray((saved / backup.DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / backup.DUMP).write_bytes(content)
    with pytest.raises(Refused, match=r"damaged: .*database\.dump is not what was written"):
        restore.run(None, saved)
    (saved / backup.DUMP).unlink()
    with pytest.raises(Refused, match=r"The backup lacks .*database\.dump"):
        restore.run(None, saved)
    assert tables(empty) == []
    assert not (tmp_path / "new").exists()


def test_a_restore_that_fails_at_its_end_leaves_an_empty_database_and_can_be_made_again(
    saved: Path, empty: str
) -> None:
    rewrite(saved, rows={"django_migrations": 1, "notes": 4})
    with pytest.raises(Refused, match="notes has not as many rows as the backup says"):
        restore.run(None, saved)
    assert tables(empty) == []
    rewrite(saved, rows={"django_migrations": 1, "notes": 3})
    restore.run(None, saved)
    assert tables(empty) == ["django_migrations", "notes"]


def test_a_dump_that_breaks_off_is_not_committed(saved: Path, empty: str) -> None:
    dump = saved / backup.DUMP
    dump.write_bytes(dump.read_bytes()[:-40])
    sign_again(saved)
    with pytest.raises(Refused, match=r"could not be restored|pg_restore cannot read"):
        restore.run(None, saved)
    assert tables(empty) == []


def test_the_key_of_the_backup_is_asked_for(
    saved: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPALE_SECRET_KEY", "another")
    with pytest.raises(Refused, match=r"is not the key of the backup, .* it is in .*secret-key"):
        restore.run(None, saved)
    assert tables(empty) == []


def test_former_keys_are_kept_and_asked_for(
    small: str, login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPALE_SECRET_KEY", "present")
    monkeypatch.setenv("OPALE_SECRET_KEY_FALLBACKS", "former first")
    manifest = save(folder := tmp_path / "backup")
    kept = folder / backup.FORMER_KEYS
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == ("former\nfirst\n", 0o600)
    assert "former-secret-keys" in (folder / backup.SUMS).read_text()
    assert not {"present", "former", "first"} & set(json.dumps(manifest).split('"'))
    assert restore._keys(folder, manifest) == ["present", "former", "first"]
    with database(login) as name:
        use(monkeypatch, login, name, tmp_path / "new")
        monkeypatch.setenv("OPALE_SECRET_KEY", "present")
        monkeypatch.setenv("OPALE_SECRET_KEY_FALLBACKS", "former")
        with pytest.raises(Refused, match=r"lacks a former key .* in .*former-secret-keys"):
            restore.run(None, folder)
        assert tables(url_of(login, name)) == []
        # Replaced once more since the backup.
        monkeypatch.setenv("OPALE_SECRET_KEY", "newest")
        monkeypatch.setenv("OPALE_SECRET_KEY_FALLBACKS", "present former first")
        restore.run(None, folder)
        assert tables(url_of(login, name)) == ["django_migrations", "notes"]


def test_a_restore_that_was_killed_is_used_by_no_command(tmp_path: Path) -> None:
    folder = tmp_path / "installation"
    with restore._new_installation(folder, ["present", "former", "first"]) as place:
        assert place.environment()["OPALE_SECRET_KEY_FALLBACKS"].split() == ["former", "first"]
        for create in (False, True):  # as it would lie there
            with pytest.raises(Refused, match="was interrupted: remove that folder"):
                installation.open_folder(folder, create=create)
        place.remember(restoring=False)
        assert installation.open_folder(folder).secrets == place.secrets


def test_a_file_that_was_copied_in_part_is_copied_again(
    saved: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def update(self, _piece: bytes) -> None:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("opale.cli.backup.hashlib.sha256", Full)
        with pytest.raises(Refused, match="cannot be written"):
            restore._restore_files(saved / "files", tmp_path / "new" / "files")
    restore.run(None, saved)
    found = [path.name for path in (tmp_path / "new" / "files").rglob("*") if path.is_file()]
    assert found == [hashlib.sha256(b"kept").hexdigest()]


def test_a_backup_of_a_newer_opale_or_postgresql_is_refused(saved: Path, empty: str) -> None:
    rewrite(saved, postgres=99)
    with pytest.raises(Refused, match=r"is of PostgreSQL 99, and this server is PostgreSQL \d+:"):
        restore.run(None, saved)
    rewrite(saved, migrations=[["desk", "9999_of_tomorrow"]])
    with pytest.raises(Refused, match="migration desk 9999_of_tomorrow is unknown here"):
        restore.run(None, saved)
    rewrite(saved, format=backup.FORMAT + 1)
    with pytest.raises(Refused, match="restore it with that version"):
        restore.run(None, saved)
    assert tables(empty) == []


def test_files_that_are_there_are_kept_and_others_are_not_written_over(
    saved: Path, empty: str, tmp_path: Path
) -> None:
    shutil.copytree(saved / "files", tmp_path / "new" / "files")
    restore.run(None, saved)
    (there,) = (path for path in (tmp_path / "new" / "files").rglob("*") if path.is_file())
    there.write_bytes(b"another")
    with pytest.raises(Refused, match="is not the file of the backup"):
        restore.run(None, saved)
    assert there.read_bytes() == b"another"


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no backup in"):
        restore.run(None, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_data_folder_with_its_own_server_is_restored_and_backed_up(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "OPALE_SECRET_KEY", "OPALE_DATA"):
        monkeypatch.delenv(name)
    data = tmp_path / "installation"
    restore.run(str(data), saved)
    place = installation.open_folder(data)
    assert place.secrets["django"] == KEY
    # `up` puts no demo company beside it, and brings the tables up to date.
    assert (place.state["demo"], place.state["schema"]) == ("restored", "")
    before = json.loads((saved / backup.MANIFEST).read_text())
    again = save(tmp_path / "again", str(data))
    for told in ("rows", "migrations", "files"):
        assert again[told] == before[told], told
    assert again["demo"] == "restored"


def test_an_installation_is_not_restored_over_and_one_that_fails_leaves_nothing(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "OPALE_SECRET_KEY", "OPALE_DATA"):
        monkeypatch.delenv(name)
    there = tmp_path / "there"
    installation.open_folder(there, create=True)
    with pytest.raises(Refused, match="There is an installation in"):
        restore.run(str(there), saved)

    def fails(*_given: object) -> None:
        raise Refused("no space")

    monkeypatch.setattr(postgres, "initialise", fails)
    with pytest.raises(Refused, match="no space"):
        restore.run(str(tmp_path / "fresh"), saved)
    assert {path.name for path in (tmp_path / "fresh").iterdir()} <= installation.HARMLESS


def test_a_key_that_is_kept_apart_is_asked_for(
    small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    assert backup.run(None, folder, without_key=True) == 0
    assert not (folder / backup.KEY).exists()
    manifest = json.loads((folder / backup.MANIFEST).read_text())
    for wrong in ("another", ""):
        monkeypatch.setenv("OPALE_SECRET_KEY", wrong)
        with pytest.raises(Refused, match="let OPALE_SECRET_KEY or OPALE_SECRET_KEY_FILE give"):
            restore._keys(folder, manifest)
    monkeypatch.setenv("OPALE_SECRET_KEY", KEY)
    assert restore._keys(folder, manifest) == [KEY]


def test_what_a_server_keeps_for_itself_is_not_given_to_another() -> None:
    own = b"ALTER TABLE ONLY public.notes ALTER COLUMN id SET (pg_attver=212586856);\n"
    before = b"CREATE TABLE public.notes (id integer);\n"
    rows = b"COPY public.notes (id) FROM stdin;\n" + own + b"\\.\n"
    script, written = io.BytesIO(before + restore.TRANSACTION_TIMEOUT + own + rows), Kept()
    restore._write_script(script, written, "SELECT 1;", known=False, wait=lambda: 0)
    said = written.kept.removeprefix(restore.BEGIN.encode())
    assert said == before + rows + b"\nSELECT 1;\nCOMMIT;\n"


class Kept(io.BytesIO):
    """What was written, after it was closed."""

    kept = b""

    def close(self) -> None:
        self.kept = self.getvalue()
        super().close()
