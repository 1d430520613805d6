"""Command `opale restore`: a backup of `opale backup`, put into an empty database.

Where the environment names the database, as in production, that one is filled; else a new data
folder is made, which `./opale up` then runs. The rows come in one transaction, which is committed
when each table has as many as the backup says: a restore that fails can be made again.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from psycopg import sql

import opale
from opale import environment
from opale.cli import backup, installation, manage, migrate, postgres
from opale.cli.backup import DEMO, DUMP, FILES, FORMAT, FORMER_KEYS, KEY, MANIFEST, SUMS
from opale.cli.console import Refused, step
from opale.cli.installation import Installation
from opale.kernel import roles

# Made and granted before: an owner of the tables need not own the schema.
LEFT_OUT = (" SCHEMA - public ", " ACL - SCHEMA ", " COMMENT - SCHEMA ", " COMMENT - EXTENSION ")
FIRST_WITH_TRANSACTION_TIMEOUT = 17
# Else a table would be made with all that the application may do with most: what a migration took
# from it on that one would not be in the dump. The dump gives these back at its end.
BEGIN = f"""
BEGIN;
SET LOCAL ROLE {roles.OWNER};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {roles.APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {roles.APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON FUNCTIONS FROM {roles.APP};
"""
TRANSACTION_TIMEOUT = b"SET transaction_timeout = 0;\n"
# Newer minor releases keep this for themselves with each column; an older pg_dump writes it out,
# and an older server refuses it.
OPTION_OF_SERVER = re.compile(rb"ALTER TABLE .* ALTER COLUMN .* SET \(pg_attver=\d+\);\n")
HELD = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


@dataclass(frozen=True)
class Target:
    """What is filled: the database by its owner's login, and the folder of files."""

    url: str
    files: Path


def run(data: str | None, folder: Path) -> int:
    """Restore the backup in `folder`."""
    manifest = _manifest(folder)
    _refuse_newer(manifest)
    with step("check") as current:
        current.outcome = f"{_verify(folder)} as it was written"
    with _open_target(data, folder, manifest) as target:
        with step("files") as current:
            current.outcome = f"{_restore_files(folder / FILES, target.files):,} files"
        with step("database") as current:
            _restore_database(folder / DUMP, manifest, target.url)
            current.outcome = f"{sum(manifest['rows'].values()):,} rows"
    print(f"\nOpale of {manifest['taken_at']} is restored. Mail, webhooks and pages that")
    print("were queued then are sent as soon as a worker runs, even if they were sent since.")
    return 0


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = int(manifest["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"There is no backup in {folder}: {MANIFEST} cannot be read.") from error
    if known > FORMAT:
        raise Refused(
            f"The backup in {folder} was written by Opale {manifest.get('opale')}, which is newer "
            f"than this one ({opale.__version__}): restore it with that version."
        )
    return manifest


def _refuse_newer(manifest: Mapping[str, Any]) -> None:
    """Refuse a database that this version of Opale does not know yet."""
    here: dict[str, set[str]] = {}
    for path in migrate.PACKAGE.rglob("migrations/[0-9]*.py"):
        here.setdefault(path.parents[1].name, set()).add(path.stem)
    for app, name in manifest["migrations"]:
        if name not in here.get(app, {name}):
            raise Refused(
                f"The backup is of a newer Opale ({manifest['opale']}), whose migration {app} "
                f"{name} is unknown here: restore it with that version."
            )


def _verify(folder: Path) -> str:
    """Compare every file of the backup with its digest; return how much that was."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Refused(f"The backup in {folder} is incomplete: {SUMS} cannot be read.") from error
    size = 0
    for line in lines:
        digest, _space, name = line.partition("  ")
        path = folder / name
        try:
            same = backup.digest_of(path) == digest
            size += path.stat().st_size
        except OSError as error:
            raise Refused(f"The backup lacks {path} ({error.strerror}).") from error
        if not same:
            raise Refused(f"The backup is damaged: {path} is not what was written.")
    return f"{size / 1e6:,.1f} MB"


@contextmanager
def _open_target(data: str | None, folder: Path, manifest: Mapping[str, Any]) -> Iterator[Target]:
    """Yield what the environment names, or a new installation in the data folder."""
    if backup.is_in_environment(data):
        url = environment.text("OPALE_OWNER_URL", "") or environment.text("DATABASE_URL")
        _refuse_other_keys(folder, manifest)
        migrate.prepare(url)
        yield Target(url, installation.folder_of(None) / FILES)
        return
    with _new_installation(installation.folder_of(data), _keys(folder, manifest)) as place:
        if place.external:
            migrate.prepare(place.environment(owner=True)["DATABASE_URL"])
        else:
            postgres.initialise(place.cluster, place.secrets["postgres_superuser"])
        with manage.database(place):
            if not place.external:
                migrate.prepare_embedded(place)
            yield Target(place.environment(owner=True)["DATABASE_URL"], place.folder / FILES)
        if (folder / DEMO).exists():
            logins = (folder / DEMO).read_text(encoding="utf-8")
            installation.write_private(place.folder / DEMO, logins)
        # Neither is a demo company put beside what was restored, nor is it taken as migrated.
        place.remember(demo=manifest["demo"] or "restored", schema="", restoring=False)


def _given_keys() -> tuple[str, ...]:
    return environment.text("OPALE_SECRET_KEY", ""), *backup.former_keys_given()


def _refuse_other_keys(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse an environment without the key of the backup, be it a former one there, or without
    one that was a former one already.
    """
    given = _given_keys()
    if _find_key(given, manifest["key"]) is None:
        where = f"it is in {folder / KEY}" if (folder / KEY).exists() else "it is kept apart"
        raise Refused(
            "OPALE_SECRET_KEY is not the key of the backup, without which passwords of "
            f"mailboxes and secrets of webhooks cannot be read: {where}."
        )
    if any(_find_key(given, one) is None for one in manifest.get("former_keys", ())):
        kept = folder / FORMER_KEYS
        raise Refused(
            "OPALE_SECRET_KEY_FALLBACKS lacks a former key of the backup, which may still read "
            f"some of its secrets: {f'they are in {kept}' if kept.exists() else 'add it'}."
        )


def _keys(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return the secret key of the backup, then its former ones: those that lie in it, or those of
    the environment where they were kept apart.
    """
    known = _given_keys()
    if (folder / KEY).exists():
        former = folder / FORMER_KEYS
        known = (
            (folder / KEY).read_text(encoding="utf-8").removesuffix("\n"),
            *(former.read_text(encoding="utf-8").split() if former.exists() else ()),
        )
    wanted = (manifest["key"], *manifest.get("former_keys", ()))
    found = [key for one in wanted if (key := _find_key(known, one)) is not None]
    if len(found) < len(wanted):
        raise Refused(
            "The backup was made without its secret keys: let OPALE_SECRET_KEY or "
            "OPALE_SECRET_KEY_FILE give its key, and OPALE_SECRET_KEY_FALLBACKS former ones."
        )
    return found


def _find_key(keys: Sequence[str], fingerprint: dict[str, str]) -> str | None:
    return next((key for key in keys if backup.is_key(key, fingerprint)), None)


@contextmanager
def _new_installation(folder: Path, keys: Sequence[str]) -> Iterator[Installation]:
    """Yield a new installation with that key and those former ones, of which nothing stays when the
    block fails. One that was killed is known by its state, and used by no command.
    """
    if (folder / "secrets.json").exists():
        raise Refused(
            f"There is an installation in {folder} already: choose another folder with --data."
        )
    made = installation.open_folder(folder, create=True)
    secrets = {**made.secrets, "django": keys[0]}
    if keys[1:]:
        secrets[installation.FORMER_KEYS] = "\n".join(keys[1:])
    place = Installation(folder, secrets, made.state)
    try:
        installation.write_private(folder / "secrets.json", json.dumps(secrets, indent=2))
        place.remember(restoring=True)
        yield place
    except BaseException:
        for name in (place.cluster.name, *set(installation.PRIVATE_FOLDERS) - {"log"}):
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in ("secrets.json", "state.json", DEMO):
            (folder / name).unlink(missing_ok=True)
        raise


def _restore_files(source: Path, into: Path) -> int:
    """Copy the files that are not there yet; a file under the same name must be the same one."""
    names = list(backup.relative_names(source))
    try:
        for name in names:
            if (into / name).exists():
                if backup.digest_of(into / name) == backup.digest_of(source / name):
                    continue
                raise Refused(
                    f"{into / name} is there, and is not the file of the backup: move {into} away."
                )
            backup.copy_file(source / name, into / name)
        for folder in {parent for name in names for parent in (into / name).parents[:3]}:
            backup.sync(folder)
    except OSError as error:
        raise Refused(
            f"The files cannot be written to {into} ({error.strerror}): check the owner of the "
            "folder and the free space."
        ) from error
    return len(names)


def _restore_database(dump: Path, manifest: Mapping[str, Any], url: str) -> None:
    """Load the dump as the owner of the tables, whole or not at all."""
    with backup.as_owner(url) as session:
        found = session.execute(HELD).fetchone()
        version = session.info.server_version // 10_000
        if found:
            raise Refused(
                f"The database holds tables already ({found[0]}): let DATABASE_URL and "
                "OPALE_OWNER_URL name an empty one."
            )
        if version < manifest["postgres"]:
            raise Refused(
                f"The backup is of PostgreSQL {manifest['postgres']}, and this server is "
                f"PostgreSQL {version}: restore it into version {manifest['postgres']} or newer."
            )
        counts = "\n".join(
            _count(table, count).as_string(session) for table, count in manifest["rows"].items()
        )
    with tempfile.TemporaryDirectory() as scratch:
        chosen = Path(scratch) / "list"
        chosen.write_text(_chosen(dump), encoding="utf-8")
        words = ["--file=-", "--no-owner", "--enable-row-security", f"--use-list={chosen}"]
        pg_restore = [str(backup.program("pg_restore")), *words, str(dump)]
        _load(pg_restore, url, counts, known=version >= FIRST_WITH_TRANSACTION_TIMEOUT)
    with backup.as_owner(url) as session:
        # A dump has no statistics: without them PostgreSQL plans for a handful of rows.
        session.execute("ANALYZE")


def _count(table: str, count: int) -> sql.Composed:
    """Return a statement that fails where a table has not so many rows."""
    return sql.SQL(
        "DO $do$ BEGIN IF (SELECT count(*) FROM public.{name}) <> {count} THEN"
        " RAISE EXCEPTION '% has not as many rows as the backup says', {table}; END IF; END $do$;"
    ).format(name=sql.Identifier(table), count=sql.Literal(count), table=sql.Literal(table))


def _chosen(dump: Path) -> str:
    """Return the contents of the dump that are restored, in the words of pg_restore."""
    listed = subprocess.run(
        [str(backup.program("pg_restore")), "--list", str(dump)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise Refused(f"pg_restore cannot read {dump}: {listed.stderr.strip().rstrip('.')}.")
    lines = listed.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if not any(one in line for one in LEFT_OUT))


def _load(restore: list[str], url: str, counts: str, *, known: bool) -> None:
    """Let psql run what pg_restore writes, in one transaction that ends with the counts.

    `known`: whether the server knows the setting of PostgreSQL 17 that newer programs make.
    """
    given = backup.connection(url)
    psql = [str(backup.program("psql")), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as heard:
        reader = subprocess.Popen(
            restore, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told
        )
        writer = subprocess.Popen(
            [*psql, *given.words, "--output", os.devnull],
            env=given.environment,
            stdin=subprocess.PIPE,
            stdout=heard,
            stderr=heard,
        )
        read, write = cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin)
        try:
            _write_script(read, write, counts, known=known, wait=reader.wait)
        except BrokenPipeError:
            reader.kill()
        finally:
            read.close()
            codes = reader.wait(), writer.wait()
        if any(codes):
            # What ended first says why; pg_restore that is killed says nothing.
            source = heard if codes[1] else told
            raise Refused(f"The database could not be restored: {backup.last_line(source)}.")


def _write_script(
    read: IO[bytes], write: IO[bytes], counts: str, *, known: bool, wait: Callable[[], int]
) -> None:
    """Copy the script, which is committed only when it came to its end."""
    with write:
        write.write(BEGIN.encode())
        for line in read:
            if (known or line != TRANSACTION_TIMEOUT) and not OPTION_OF_SERVER.match(line):
                write.write(line)
            if line.startswith(b"COPY "):
                break
        shutil.copyfileobj(read, write, backup.PIECE)
        if wait() == 0:
            write.write(f"\n{counts}\nCOMMIT;\n".encode())
