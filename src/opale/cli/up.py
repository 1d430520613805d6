"""Command `./opale up`: from a data folder, empty or not, to a running Opale."""

import http.client
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from opale.cli import (
    assets,
    credentials,
    fork_server,
    installation,
    manage,
    migrate,
    postgres,
    static,
    supervisor,
    translations,
)
from opale.cli.console import Refused, step
from opale.cli.fork_server import ForkedCall
from opale.cli.installation import DATABASE, Installation
from opale.cli.postgres import Launch
from opale.cli.supervisor import Program, Supervisor
from opale.environment import database, number
from opale.kernel.roles import APP

READY_WITHIN = 90  # seconds
DEATHS_BEFORE_READY = 4
KINDS = ("worker", "planner", "gateway")


def run(data: str | None, *, port: int, demo: str | None, root: Path) -> int:
    """Start everything and keep it running until SIGINT or SIGTERM."""
    supervisor.raise_stop_on_signals()
    folder = installation.folder_of(data)
    try:
        if not (folder / "processes.json").exists():
            # It cannot hold our port: fail before a new folder is created.
            postgres.require_free_port(port)
            if url := os.environ.get("DATABASE_URL"):
                database("DATABASE_URL", url, role=APP)
        place = installation.open_folder(folder, create=True)
        with installation.lock_folder(folder):
            _live(place, port, demo, root)
    except supervisor.Stop:
        print("Opale has stopped.")
    return 0


def _live(place: Installation, port: int, demo: str | None, root: Path) -> None:
    installation.write_private(place.folder / "opale.pid", str(os.getpid()))
    record = place.folder / "processes.json"
    if strays := supervisor.kill_orphans(record):
        print(f"  {strays} processes left by an interrupted run were stopped.")
    postgres.require_free_port(port)
    place.remember(base_url=os.environ.get("OPALE_BASE_URL") or f"http://localhost:{port}")
    keeper = Supervisor(place.log, record)
    try:
        _prepare(place, keeper, demo, root)
        with step("processes") as current:
            _start(place, keeper, port)
            current.outcome = "web, worker, planner, gateway"
        _greet(place)
        keeper.watch()
    finally:
        keeper.stop()
        (place.folder / "opale.pid").unlink(missing_ok=True)


def _prepare(place: Installation, keeper: Supervisor, demo: str | None, root: Path) -> None:
    """Prepare all that the processes need before they start; steps already done are skipped."""
    with step("assets") as current:
        current.outcome = assets.ensure(root)
        translations.compile_all(root / "src" / "opale")
    with step("database") as current:
        current.outcome = _database(place, keeper)
    # Before Opale is loaded into this process, whose settings its children keep.
    place.choose_lmtp()
    supervisor.stop_if_asked()
    with step("migrations") as current:
        current.outcome = _migrations(place, root)
    supervisor.stop_if_asked()
    command = partial(_command, place.environment())
    with step("static files") as current:
        current.outcome = static.ensure(
            place.folder / "static",
            place.environment(),
            place.log / "static.log",
            command=command,
        )
    if demo:
        with step("demo company") as current:
            current.outcome = _demo(place, demo)


def _database(place: Installation, keeper: Supervisor) -> str:
    if place.external:
        return "a server of its own, by DATABASE_URL"
    made = postgres.cluster_version(place.cluster) is None
    if made:
        place.remember(schema="", demo="")
        postgres.initialise(place.cluster, place.secrets["postgres_superuser"])
    manage.start_database(place, keeper)
    version = postgres.cluster_version(place.cluster)
    return f"PostgreSQL {version} {'made and ' if made else ''}started"


def _migrations(place: Installation, root: Path) -> str:
    wanted = migrate.fingerprint(root / "requirements.lock")
    if place.state.get("schema") == wanted and not place.external:
        return "up to date"
    if place.external:
        migrate.prepare(place.environment(owner=True)["DATABASE_URL"])
    else:
        migrate.prepare_embedded(place)
    supervisor.run_to_end(
        migrate.migration_command(),
        place.environment(owner=True),
        place.log / "migrations.log",
        "Bringing the tables up to date",
        meanwhile=lambda: _load(place.environment()),
    )
    place.remember(schema=wanted)
    return "done"


def _demo(place: Installation, size: str) -> str:
    if known := place.state.get("demo"):
        return f"already there ({known})"
    words = ["load_demo", "--size", size]
    # Indexes are made when the rows are there, which only the owner of the tables may do; in the
    # transaction that writes the rows, only who may become the application as well.
    owner_url = place.environment(owner=True)["DATABASE_URL"]
    environment = {
        **place.environment(),
        "OPALE_OWNER_URL": owner_url if place.external else place.superuser_url(DATABASE),
    }
    if size == "large":
        supervisor.run_visibly(manage.program(words), environment, "Loading the demo company")
    else:
        command = _command(place.environment(), words)
        supervisor.run_to_end(
            command, environment, place.log / "demo.log", "Loading the demo company"
        )
    place.remember(demo=size)
    return f"loaded ({size})"


def _start(place: Installation, keeper: Supervisor, port: int) -> None:
    # Minutes may have passed: a program that took the port meanwhile would answer instead.
    postgres.require_free_port(port)
    environment = place.environment()
    for kind, launch in _launches(environment, port):
        keeper.start(Program(kind, launch, environment))
    if not supervisor.wait_until(lambda: _ready(keeper, port), READY_WITHIN):
        raise Refused(
            f"Opale did not become ready within {READY_WITHIN} s ({_readiness(port)[1]}): "
            f"see the files in {place.log}."
        )


def _launches(environment: dict[str, str], port: int) -> list[tuple[str, Launch | ForkedCall]]:
    """Return how to start the processes: where possible, as children of this one."""
    if not supervisor.LINUX:
        opale = [sys.executable, "-m", "opale.cli"]
        others = [(kind, Launch([*opale, kind])) for kind in KINDS]
        return [("web", Launch([*opale, "serve", "--port", str(port)])), *others]
    web, worker, gateway = _load(environment)
    calls = {kind: ForkedCall(partial(worker.run, kind)) for kind in ("worker", "planner")}
    serve = ForkedCall(partial(web.run, "127.0.0.1", port, number("OPALE_WEB_WORKERS", 1)))
    return [("web", serve), *calls.items(), ("gateway", ForkedCall(gateway.run))]


def _command(environment: dict[str, str], words: list[str]) -> list[str] | ForkedCall:
    """Return how to run a management command as the application: where possible, in a child of this
    process, which has loaded Opale already or does so now for all its children.
    """
    if not supervisor.LINUX:
        return manage.program(words)
    _load(environment)
    return ForkedCall(partial(manage.run_here, words))


def _load(environment: dict[str, str]) -> list[Any]:
    """Return what this process's children share, once loaded; nothing where they cannot fork."""
    if not supervisor.LINUX:
        return []
    names = ("web", "worker", "gateway")
    return fork_server.preload_opale(environment, *(f"opale.cli.{name}" for name in names))


def _ready(keeper: Supervisor, port: int) -> bool:
    keeper.look()
    for program in keeper.programs:
        if program.deaths >= DEATHS_BEFORE_READY:
            last = "\n".join(f"    {line}" for line in keeper.last_words(program, 8))
            raise Refused(
                f"{supervisor.describe_end(program)} again and again; its log "
                f"{keeper.log_of(program)} ends with:\n{last}"
            )
    return _readiness(port)[0] == http.HTTPStatus.OK


def _readiness(port: int) -> tuple[int, str]:
    """Return the answer of `/readyz`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _greet(place: Installation) -> None:
    print(f"\nOpale is ready at {place.base_url}\n")
    if people := credentials.table(place):
        print(f"{people}\n")
    else:
        print("There is no demo company. Create the first administrator with")
        print(f"  ./opale manage --data {place.folder} first_administrator --help\n")
    print("Ctrl-C stops it.", flush=True)
