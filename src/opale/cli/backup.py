"""Command `opale backup`: database, files and secret key of a running Opale, in one folder.

    database.dump   of pg_dump, in its custom format       files/       the stored files
    manifest.json   what it is, and how many rows          secret-key   OPALE_SECRET_KEY (0600)
    SHA256SUMS      of all of it, for `sha256sum --check`  demo.json    logins of the demo, if any
    former-secret-keys   OPALE_SECRET_KEY_FALLBACKS, if any, a key a line (0600)

The database is one snapshot. A stored file is on disk before the row that names it is committed,
and is neither changed nor removed afterwards: files that are copied after the snapshot hold all
that its rows name. Nobody has to stop working.
"""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import opale
from opale import environment
from opale.cli import installation, manage, postgres
from opale.cli.console import Refused, print_error, step
from opale.kernel import roles
from opale.kernel.file_keys import STORED_KEY, STORED_LOCK

FORMAT = 1
DUMP, FILES, DEMO = "database.dump", "files", "demo.json"
KEY, FORMER_KEYS = "secret-key", "former-secret-keys"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
PIECE = 1024 * 1024
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
# With FORCE the owner sees what policies show it: it needs one that shows every row.
HIDDEN = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relrowsecurity
      AND (relforcerowsecurity OR relowner <> current_user::regrole::oid)
      AND (
        NOT EXISTS (
            SELECT FROM pg_policy
            WHERE polrelid = pg_class.oid AND polpermissive AND polcmd IN ('*', 'r')
              AND (polroles = '{0}' OR current_user::regrole::oid = ANY (polroles))
              AND pg_get_expr(polqual, polrelid) = 'true'
        )
        OR EXISTS (
            SELECT FROM pg_policy
            WHERE polrelid = pg_class.oid AND NOT polpermissive AND polcmd IN ('*', 'r')
              AND (polroles = '{0}' OR current_user::regrole::oid = ANY (polroles))
        )
      )
    ORDER BY relname
"""
# Those that Opale can make itself. Others (pg_stat_statements) are an administrator's.
EXTENSIONS = """
    SELECT extname FROM pg_extension JOIN pg_available_extension_versions
        ON name = extname AND version = extversion AND trusted
    WHERE extnamespace = 'public'::regnamespace ORDER BY extname
"""
KEYS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name ~ '(^|_)key$'
      AND data_type IN ('character varying', 'text')
"""


@dataclass(frozen=True)
class Source:
    """What is backed up: the database as its owner's login, the stored files, the secret key."""

    url: str
    files: Path
    key: str
    former_keys: tuple[str, ...] = ()
    """Keys that still read what was not written anew since the present one came."""
    demo: str = ""
    """Size of the demo company, or nothing."""
    logins: Path | None = None
    """File with the logins of the demo company."""


def run(data: str | None, folder: Path, *, without_key: bool) -> int:
    """Write a backup to `folder`, which appears only when it is complete."""
    with open_source(data) as source:
        _refuse_folder(folder, source)
        partial = folder.with_name(f"{folder.name}.partial")
        try:
            partial.mkdir(mode=0o700)
        except FileExistsError as error:
            raise Refused(
                f"{partial} is there: another backup is writing it, or was killed. Remove it when "
                "none is running."
            ) from error
        except OSError as error:
            raise _no_room(partial, error) from error
        try:
            _write(partial, source, without_key=without_key)
            partial.rename(folder)
            sync(folder.parent)
        except OSError as error:
            raise _no_room(partial, error) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    print(f"The backup is {folder}." + ("" if without_key else " It holds the secret key."))
    return 0


@contextmanager
def open_source(data: str | None) -> Iterator[Source]:
    """Yield what the environment names, or the installation in the data folder."""
    if is_in_environment(data):
        url = environment.text("OPALE_OWNER_URL", "") or environment.text("DATABASE_URL")
        files = installation.folder_of(None) / FILES
        yield Source(url, files, environment.text("OPALE_SECRET_KEY"), former_keys_given())
        return
    place = installation.open_folder(installation.folder_of(data))
    with manage.database(place):
        yield Source(
            place.environment(owner=True)["DATABASE_URL"],
            place.folder / FILES,
            environment.text("OPALE_SECRET_KEY", "") or place.secrets["django"],
            former_keys_given() or tuple(place.secrets.get(installation.FORMER_KEYS, "").split()),
            str(place.state.get("demo") or ""),
            place.folder / DEMO,
        )


def former_keys_given() -> tuple[str, ...]:
    """Return the former secret keys that the environment names."""
    return tuple(environment.text("OPALE_SECRET_KEY_FALLBACKS", "").split())


def is_in_environment(data: str | None) -> bool:
    """Return whether the environment names database and key, as it does in production."""
    return not data and all(
        os.environ.get(name) or os.environ.get(f"{name}_FILE")
        for name in ("DATABASE_URL", "OPALE_SECRET_KEY")
    )


def _refuse_folder(folder: Path, source: Source) -> None:
    if folder.exists():
        raise Refused(f"{folder} is there already: name a folder that is new.")
    if source.files.resolve() in folder.resolve().parents:
        raise Refused(f"{folder} is in the folder of files, which is backed up: choose another.")


def _no_room(partial: Path, error: OSError) -> Refused:
    return Refused(
        f"The backup cannot be written to {partial} ({error.strerror}): check the owner of the "
        "folder and the free space."
    )


def _write(folder: Path, source: Source, *, without_key: bool) -> None:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "opale": opale.__version__,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "demo": source.demo,
        "key": fingerprint(source.key),
        "former_keys": [fingerprint(key) for key in source.former_keys],
    }
    sums: dict[str, str] = {}
    with _no_file_removed(source.url):
        with step("database") as current, _snapshot(source.url) as (session, snapshot):
            manifest |= _described(session)
            extensions = [name for (name,) in session.execute(EXTENSIONS)]
            _dump(source.url, snapshot, extensions, folder / DUMP)
            named = set(_named_files(session))
            sums[DUMP] = digest_of(folder / DUMP)
            rows, size = sum(manifest["rows"].values()), (folder / DUMP).stat().st_size
            current.outcome = f"{rows:,} rows, {size / 1e6:,.1f} MB"
        with step("files") as current:
            copied = copy_files(source.files, folder / FILES)
            sums |= {f"{FILES}/{name}": digest for name, digest in copied.items()}
            current.outcome = f"{len(copied):,} files"
            manifest["files"] = len(copied)
    if not without_key:
        installation.write_private(folder / KEY, f"{source.key}\n")
        sums[KEY] = digest_of(folder / KEY)
    if source.former_keys and not without_key:
        former = "".join(f"{key}\n" for key in source.former_keys)
        installation.write_private(folder / FORMER_KEYS, former)
        sums[FORMER_KEYS] = digest_of(folder / FORMER_KEYS)
    if source.logins and source.logins.exists():
        installation.write_private(folder / DEMO, source.logins.read_text(encoding="utf-8"))
        sums[DEMO] = digest_of(folder / DEMO)
    installation.write_private(folder / MANIFEST, json.dumps(manifest, indent=1))
    sums[MANIFEST] = digest_of(folder / MANIFEST)
    lines = [f"{digest}  {name}\n" for name, digest in sorted(sums.items())]
    installation.write_private(folder / SUMS, "".join(lines))
    for one in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync(one)
    _warn("A file that a row names is not in the folder of files", sorted(named - copied.keys()))
    _warn("A file is not what its name says: it is damaged, or was cut short", _damaged(copied))


def _warn(sentence: str, names: list[str]) -> None:
    """Say what was wrong before the backup: it holds what is there."""
    if names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        print_error(f"{sentence}: {', '.join(names[:5])}{more}.")


def _damaged(copied: dict[str, str]) -> list[str]:
    known = {name: STORED_KEY.match(name) for name in copied}
    return sorted(name for name, found in known.items() if found and found[1] != copied[name])


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Yield a session that sees every row as it is at one moment, and that moment's name."""
    with as_owner(url) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        if hidden := [name for (name,) in session.execute(HIDDEN)]:
            raise Refused(
                f"Policies of the table {hidden[0]} hide rows from {roles.OWNER}, and a backup "
                "would lack them: give it a policy that shows that role every row."
            )
        (snapshot,) = session.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield session, snapshot


@contextmanager
def _no_file_removed(url: str) -> Iterator[None]:
    """Keep every file that rows of the database name (`kernel.stored_files`)."""
    with as_owner(url) as session:
        session.execute("SELECT pg_advisory_lock_shared(%s)", [STORED_LOCK])
        session.commit()
        yield


@contextmanager
def as_owner(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a session that acts as the owner of the tables."""
    try:
        with psycopg.connect(url, connect_timeout=10) as session:
            session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(roles.OWNER)))
            session.commit()
            yield session
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue) as error:
        raise Refused(
            f"The login of the database may not act as {roles.OWNER} "
            f"({str(error).strip().splitlines()[0]}): let OPALE_OWNER_URL name one that may, as "
            "for opale migrate."
        ) from error
    except psycopg.OperationalError as error:
        reason = (str(error).strip().splitlines() or ["no answer"])[0]
        raise Refused(
            f"The database does not answer ({reason}): check DATABASE_URL and OPALE_OWNER_URL."
        ) from error


def _described(session: psycopg.Connection[Any]) -> dict[str, Any]:
    """Return what the manifest says of the database: rows of each table, applied migrations."""
    tables = [name for (name,) in session.execute(TABLES)]
    if "django_migrations" not in tables:
        raise Refused("The database has no Opale tables: run opale migrate first.")
    rows: dict[str, int] = {}
    for table in tables:
        counted = session.execute(
            sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
        )
        (rows[table],) = counted.fetchone() or (0,)
    migrations = session.execute("SELECT app, name FROM public.django_migrations ORDER BY id")
    return {
        "postgres": session.info.server_version // 10_000,
        "migrations": [list(row) for row in migrations],
        "rows": rows,
    }


def _named_files(session: psycopg.Connection[Any]) -> Iterator[str]:
    """Yield the keys of stored files that rows of the snapshot name."""
    for table, column in session.execute(KEYS).fetchall():
        named = session.execute(
            sql.SQL("SELECT DISTINCT {column} FROM public.{table} WHERE {column} ~ %s").format(
                column=sql.Identifier(column), table=sql.Identifier(table)
            ),
            [f"^{STORED_KEY.pattern}"],
        )
        yield from (key for (key,) in named)


def _dump(url: str, snapshot: str, extensions: list[str], into: Path) -> None:
    """Let pg_dump write what the snapshot shows the owner of the tables.

    Row-level security stays on: neither the login nor the owner may switch it off, and every row
    was found visible to the owner.
    """
    words = [f"--snapshot={snapshot}", f"--role={roles.OWNER}", "--enable-row-security"]
    words += ["--format=custom", "--schema=public", f"--file={into}"]
    words += [f"--extension={name}" for name in extensions]
    given = connection(url)
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            [str(program("pg_dump")), *words, *given.words],
            env=given.environment,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            check=False,
        )
        if done.returncode:
            raise Refused(f"The database could not be dumped: {last_line(told)}.")
    into.chmod(0o600)
    with into.open("rb") as written:
        os.fsync(written.fileno())


@dataclass(frozen=True)
class Connection:
    """How a program of PostgreSQL connects; the password is not among its words, which anybody on
    the machine can read.
    """

    words: list[str]
    environment: dict[str, str]


def connection(url: str) -> Connection:
    """Return how pg_dump and psql connect to the database of a URL."""
    given: dict[str, Any] = {**conninfo_to_dict(url)}
    password = given.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password else {}
    return Connection([f"--dbname={make_conninfo(**given)}"], {**os.environ, **secret})


def program(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs."""
    found = postgres.bindir() / name
    if not found.is_file():
        raise Refused(
            f"There is no {name} in {found.parent}: install PostgreSQL's client programs, or set "
            "OPALE_PG_BINDIR to a folder that has them."
        )
    return found


def last_line(told: IO[bytes]) -> str:
    """Return the last line of what a program said, for an error message."""
    told.seek(0)
    lines = told.read().decode(errors="replace").strip().splitlines()
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1].strip().rstrip(".")


def copy_files(source: Path, into: Path) -> dict[str, str]:
    """Copy every file below `source`, durably; return the SHA-256 of each by its path in there."""
    into.mkdir(mode=0o700, exist_ok=True)
    return {name: copy_file(source / name, into / name) for name in relative_names(source)}


def relative_names(folder: Path) -> Iterable[str]:
    """Return the paths of all files below a folder, in order."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def copy_file(source: Path, into: Path) -> str:
    """Copy a file, which appears under its name when it is complete; return its SHA-256."""
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    partial = into.with_name(f"{into.name}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as written:
        while piece := read.read(PIECE):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    partial.replace(into)
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Flush the names in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fingerprint(key: str) -> dict[str, str]:
    """Return what tells whether a secret key is the one of the backup, and nothing else of it."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "digest": _scrypt(key, salt)}


def is_key(key: str, known: dict[str, str]) -> bool:
    """Return whether it is the key of that fingerprint."""
    return secrets.compare_digest(_scrypt(key, known["salt"]), known["digest"])


def _scrypt(key: str, salt: str) -> str:
    return hashlib.scrypt(key.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()
