"""Data folder of an installation: its secrets, its state and its lock.

pg/            the database cluster                 secrets.json   passwords and keys (0600)
log/           what the processes say               state.json     ports and what is up to date
files/, mail/  attachments, and mails of a trial    (these three folders are 0700)
static/        files that the web process serves    demo.json      logins of the demo (0600)
opale.pid      the running `./opale up`             processes.json the processes it started
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opale.cli import postgres
from opale.cli.console import Refused
from opale.kernel.roles import APP, OWNER

DATABASE = "opale"
SECRETS = ("postgres_superuser", "postgres_owner", "postgres_app", "django")
FORMER_KEYS = "django_former"
"""Former secret keys of what was restored here, where there are any."""
# What may lie in a folder that Opale has not used yet.
HARMLESS = {"opale.lock", "log", "lost+found", "mail", "test-server.url"}
PRIVATE_FOLDERS = ("log", "files", "mail")


@dataclass
class Installation:
    folder: Path
    secrets: Mapping[str, str]
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def cluster(self) -> Path:
        return self.folder / "pg"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def external(self) -> bool:
        """Whether the database is a separate server, named by DATABASE_URL."""
        return bool(os.environ.get("DATABASE_URL"))

    def remember(self, **facts: object) -> None:
        """Save facts about the installation for the next command."""
        self.state.update(facts)
        write_private(self.folder / "state.json", json.dumps(self.state, indent=2))

    def superuser_url(self, database: str = "postgres") -> str:
        """Return the URL of the embedded server's superuser: only to prepare the database."""
        return self._url(postgres.SUPERUSER, "postgres_superuser", database)

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """Return the environment of a process: as the application, or as the tables' owner."""
        app_url = os.environ.get("DATABASE_URL") or self._url(APP, "postgres_app")
        owner_url = os.environ.get("OPALE_OWNER_URL") or (
            app_url if self.external else self._url(OWNER, "postgres_owner")
        )
        mail = f"file://{(self.folder / 'mail').resolve()}"
        environment = {
            **os.environ,
            "DATABASE_URL": owner_url if owner else app_url,
            "OPALE_DATABASE_ROLE": OWNER if owner else APP,
            "OPALE_DATA": str(self.folder.resolve()),
            "OPALE_SECRET_KEY": os.environ.get("OPALE_SECRET_KEY") or self.secrets["django"],
            "OPALE_SECRET_KEY_FALLBACKS": os.environ.get("OPALE_SECRET_KEY_FALLBACKS")
            or self.secrets.get(FORMER_KEYS, ""),
            "OPALE_BASE_URL": self.base_url,
            "EMAIL_URL": os.environ.get("EMAIL_URL") or mail,
            "OPALE_LMTP_LISTEN": self.lmtp,
            # Webhook receivers used for a trial are on this machine.
            "OPALE_WEBHOOKS_ALLOW_PRIVATE": os.environ.get("OPALE_WEBHOOKS_ALLOW_PRIVATE") or "1",
        }
        if owner:
            environment["OPALE_OWNER_URL"] = owner_url
        else:
            environment.pop("OPALE_OWNER_URL", None)
        return environment

    @property
    def lmtp(self) -> str:
        """Address where mail servers deliver, `host:port`; "" before the first `./opale up`."""
        if given := os.environ.get("OPALE_LMTP_LISTEN"):
            return given
        known = self.state.get("lmtp", {})
        # A copy of the folder has a path of its own.
        mine = known.get("folder") == str(self.folder.resolve())
        return f"127.0.0.1:{known['port']}" if mine else ""

    def choose_lmtp(self) -> None:
        """Choose a free port on loopback, the same as before where it is still free."""
        _host, _colon, before = self.lmtp.rpartition(":")
        if os.environ.get("OPALE_LMTP_LISTEN") or (before and postgres.port_is_free(int(before))):
            return
        self.remember(lmtp={"folder": str(self.folder.resolve()), "port": postgres.free_port()})

    @property
    def base_url(self) -> str:
        return os.environ.get("OPALE_BASE_URL") or str(
            self.state.get("base_url", "http://localhost:8000")
        )

    def _url(self, user: str, secret: str, database: str = DATABASE) -> str:
        return postgres.url(
            user, self.secrets[secret], int(self.state.get("postgres_port", 0)), database
        )


def folder_of(data: str | None) -> Path:
    """Return the data folder: of `--data`, else of OPALE_DATA, else `var` in the current folder."""
    return Path(data or os.environ.get("OPALE_DATA") or "var").absolute()


def open_folder(folder: Path, *, create: bool = False) -> Installation:
    """Read an installation, or create one in an empty folder."""
    try:
        if create:
            _prepare(folder)
        kept = json.loads((folder / "secrets.json").read_text(encoding="utf-8"))
        state = folder / "state.json"
        known = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
        if known.get("restoring"):
            raise Refused(
                f"A restore into {folder} was interrupted: remove that folder and restore again."
            )
        former = {FORMER_KEYS: str(kept[FORMER_KEYS])} if FORMER_KEYS in kept else {}
        return Installation(folder, {name: str(kept[name]) for name in SECRETS} | former, known)
    except FileNotFoundError as error:
        if create:
            raise Refused(
                f"The folder {folder} cannot be made ({error.strerror}): choose another with "
                "--data."
            ) from error
        raise Refused(
            f"There is no installation in {folder}: start one with ./opale up --data {folder}."
        ) from error
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise Refused(
            f"The files secrets.json and state.json in {folder} cannot be understood: restore them "
            "from a backup, or choose another folder with --data."
        ) from error
    except OSError as error:
        raise Refused(
            f"The folder {folder} cannot be used ({error.strerror}): check its owner and the free "
            "space, or choose another with --data."
        ) from error


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep every other command from running this installation at the same time."""
    try:
        handle = os.open(folder / "opale.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused(
            f"The folder {folder} cannot be written ({error.strerror}): check its owner and the "
            "free space, or choose another with --data."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                f"Opale is already running on {folder} (process {running_pid(folder) or '?'}): "
                "stop it first, or choose another folder with --data."
            ) from error
        yield
    finally:
        os.close(handle)


def is_locked(folder: Path) -> bool:
    """Return whether an `./opale up` is using the folder now."""
    try:
        with lock_folder(folder):
            return False
    except Refused:
        return True


def running_pid(folder: Path) -> int | None:
    try:
        return int((folder / "opale.pid").read_text())
    except (OSError, ValueError):
        return None


def write_private(path: Path, content: str) -> None:
    """Replace a file atomically, readable by its owner alone."""
    partial = path.with_name(f"{path.name}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    partial.replace(path)


def _prepare(folder: Path) -> None:
    """Create the folder and its secrets, unless Opale or something else uses it already."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {path.name for path in folder.iterdir()} - HARMLESS
    if "secrets.json" not in found:
        if "pg" in found:
            raise Refused(
                f"{folder} holds a database but no secrets.json: restore that file from a backup, "
                "or choose another folder with --data."
            )
        if strangers := sorted(name for name in found if not name.endswith(".partial")):
            raise Refused(
                f"{folder} is not empty and not Opale's (it holds {strangers[0]}): choose another "
                "folder with --data."
            )
        made = {name: secrets.token_urlsafe(32) for name in SECRETS}
        write_private(folder / "secrets.json", json.dumps(made, indent=2))
    for name in PRIVATE_FOLDERS:
        make_private(folder / name)


def make_private(folder: Path) -> None:
    """Create a folder that no other account of the machine enters, or close one that is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(PermissionError):  # it belongs to another account, which has its reasons
        folder.chmod(0o700)
