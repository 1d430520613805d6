"""The database of a test run, on the server that OPALE_TEST_SERVER names (`./opale test` sets it).

Migrations run once into a template, kept under a name made from their content; each process of
the run works on a clone of it, as the application's role. `db` rolls each test back; a test with
`transaction=True` leaves a changed database behind, which is made as new: tests/database_reset.py.
"""

import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker
from tests import budgets, profiles
from tests.builders import attribute_builders
from tests.database_reset import Reset
from tests.once import SECOND, is_once

from opale.kernel import roles

ROOT = Path(__file__).parent
LOGIN = "opale_test"
SERVED = ROOT / "var" / "test-server.url"
SHARED = {("plain",), ("manned",)}
"""Groups of journeys whose Opale stands until all journeys of the process are over: the last."""


def _server() -> str:
    """The administrator's URL of the server: from the environment, or of `./opale test-server`."""
    if server := os.environ.get("OPALE_TEST_SERVER", ""):
        return server
    try:
        return SERVED.read_text(encoding="utf-8").strip()
    except OSError:
        raise pytest.UsageError(
            "no database for the tests: run `./opale test`, or keep `./opale test-server` running"
        ) from None


def _password(server: str) -> str:
    """The same for every run on one server, so that runs beside each other do not disturb."""
    return hashlib.sha256(f"{LOGIN} {urlsplit(server).password}".encode()).hexdigest()


def _url(server: str, database: str) -> str:
    parts = urlsplit(server)
    address = f"{parts.hostname or 'localhost'}:{parts.port or 5432}"
    return f"postgresql://{LOGIN}:{_password(server)}@{address}/{quote(database)}"


SERVER = _server()
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
DATABASE = f"opale_test_{RUN}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# A worker has read the settings already, with the folder of whoever started it.
DATA = os.environ["OPALE_DATA"] if WORKER else tempfile.mkdtemp(prefix="opale-test-")
# Some eighty processes of Opale are started by tests. Where nobody may keep what was compiled, each
# would compile all of it anew, and take twice as long to start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.update(
    DJANGO_SETTINGS_MODULE="opale.settings",
    DATABASE_URL=_url(SERVER, DATABASE),
    OPALE_TEST_SERVER=SERVER,
    OPALE_BASE_URL="http://localhost:8000",
    OPALE_DATA=DATA,
    OPALE_PLAIN_STATIC="1",
    OPALE_SECRET_KEY="only for tests",
    EMAIL_URL="memory://",
    # Tests call the API as one login far more often than a program would.
    OPALE_API_CALLS_PER_LOGIN="0",
    OPALE_API_CALLS_PER_TOKEN="0",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help="try every persona on every route, more examples of laws, every page in a browser",
    )


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    if config.getoption("thorough"):
        # What tests read when they are collected, in this process and in those that it starts.
        os.environ[profiles.VARIABLE] = "1"
    profiles.load_hypothesis_profile()
    config.pluginmanager.register(budgets.Meter(), "opale-budgets")
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # A test has one connection, ends it, and may go on in a child: nobody is to keep it for others.
    # Servers that tests start have their pool, as everywhere.
    database: Any = settings.DATABASES["default"]
    database["OPTIONS"].pop("pool", None)
    database["CONN_HEALTH_CHECKS"] = False
    # The real hash is slow on purpose; what is tested is not its strength.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    if not WORKER:
        shutil.rmtree(DATA, ignore_errors=True)


LONG = 200


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A text of megabytes is no name: each process would make, send and compare all of it."""
    if isinstance(val, str | bytes) and len(val) > LONG:
        return f"{argname} of {len(val)}"
    return None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The second suite does not read what it would leave out whole: four files of five."""
    if config.option.markexpr != SECOND or collection_path.suffix != ".py":
        return None
    return _runs_once(collection_path) or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """The second suite of `.ci/run` leaves out what it marks."""
    if _runs_once(item.path):
        item.add_marker("once")


@cache
def _runs_once(path: Path) -> bool:
    """Of ten thousand tests in four hundred files each would be asked for its path."""
    return is_once(path.relative_to(ROOT).as_posix())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest go first, so that no process waits for another at the end.

    Not `tryfirst`: pytest-django puts its own order over what was put so. Only the way through all
    pages is before what needs no demo company, which one process makes while another does that.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if not group:
        return 4 if item.get_closest_marker("slow") else 5
    if not item.get_closest_marker("journey"):
        return 1
    if group.args[0].startswith("house-"):
        return 0
    return 3 if group.args in SHARED else 2


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Tests and all that they import stay for the run: nothing of it is garbage.

    Only while they are read: who gives them out to other processes reads none, and lives on.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What is there stays for the run; looked through again and again it takes a fifth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """The template is made before the first test: its time limit is not for all migrations."""
    wanted = any(map(_wants_database, session.items))
    if wanted and not session.config.option.collectonly:
        with psycopg.connect(SERVER, autocommit=True) as admin:
            _template(admin)


def _wants_database(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return "django_db_setup" in fixtures or bool(item.get_closest_marker("django_db"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What is done is forgotten: of nine thousand groups of one, each end would count them all."""
    if config.getvalue("dist") != "loadgroup":
        return None
    # Only where tests run in several processes.
    from xdist.scheduler import LoadGroupScheduling

    class Groups(LoadGroupScheduling):  # type: ignore[misc]  # xdist says nothing of its types
        def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
            test = self.registered_collections[node][item_index]
            waiting = self.assigned_work[node]
            group = waiting[self._split_scope(test)]
            group[test] = True
            if all(group.values()):
                del waiting[self._split_scope(test)]
            self._reschedule(node)

    return Groups(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """A worker must not find the name of the settings: it would read them before this file.

    While workers read the tests, the template is made: they would wait for it, all but one idle.
    """
    del os.environ["DJANGO_SETTINGS_MODULE"]
    threading.Thread(target=_make_early, daemon=True).start()


def _make_early() -> None:
    """Whatever is in the way, the first worker that wants the template says it."""
    with suppress(Exception), psycopg.connect(SERVER, autocommit=True) as admin:
        _template(admin)


@pytest.fixture
def personas(db: None) -> Any:
    """A login for each function of the matrix, two customers with contacts: tests/personas.py."""
    from tests.personas import make_personas  # models can be imported only now

    return make_personas()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's: a clone of the migrated template instead of migrations."""
    with psycopg.connect(SERVER, autocommit=True) as admin:
        template = _template(admin)
        _clone(admin, template)
    reset = Reset(SERVER, DATABASE)
    reset.begin()

    def renew(case: TransactionTestCase) -> None:
        """Instead of emptying the tables, which the application's role may not do."""
        connections.close_all()
        if not reset.renew():
            with psycopg.connect(SERVER, autocommit=True) as admin:
                _clone(admin, template)
            reset.begin()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", renew)
    yield
    patch.undo()
    with django_db_blocker.unblock():
        connections.close_all()
    with psycopg.connect(SERVER, autocommit=True) as admin:
        _drop(admin, DATABASE)


def _template(admin: psycopg.Connection[Any]) -> str:
    """The name of the migrated database, which the first process to ask for it makes."""
    name = f"opale_template_{_fingerprint()}"
    if _is_there(admin, name):
        # Without waiting for whoever makes another one on the same server, which takes a minute.
        return name
    admin.execute("SELECT pg_advisory_lock(hashtext('opale templates'))")
    try:
        if not _is_there(admin, name):
            _make_template(admin, name)
    finally:
        admin.execute("SELECT pg_advisory_unlock(hashtext('opale templates'))")
    return name


def _is_there(admin: psycopg.Connection[Any], database: str) -> bool:
    asked = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    return asked.fetchone() is not None


def _make_template(admin: psycopg.Connection[Any], name: str) -> None:
    partial = f"{name}_partial"
    roles.create_roles(admin)
    _create_login(admin)
    _drop(admin, partial)
    admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(partial)))
    with psycopg.connect(SERVER, dbname=partial) as connection:
        roles.prepare_database(connection)
    migrated = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "opale.settings",
            "DATABASE_URL": _url(SERVER, partial),
            "OPALE_DATABASE_ROLE": roles.OWNER,
            # Of this tree, wherever else an Opale is installed.
            "PYTHONPATH": str(ROOT / "src"),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if migrated.returncode:
        pytest.exit(f"the migrations failed:\n{migrated.stdout}{migrated.stderr}", returncode=3)
    with psycopg.connect(SERVER, dbname=partial) as connection:
        attribute_builders(connection)
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(partial), sql.Identifier(name)
        )
    )


def _create_login(admin: psycopg.Connection[Any]) -> None:
    """A login that may only become the roles, as the one of a real server would."""
    login = sql.Identifier(LOGIN)
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
        admin.execute(sql.SQL("CREATE ROLE {} NOINHERIT").format(login))
    admin.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(_password(SERVER)))
    )
    for role in (roles.OWNER, roles.APP):
        admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), login))


def _clone(admin: psycopg.Connection[Any], template: str, database: str = DATABASE) -> None:
    """Its files are copied: through the log, a block at a time, it takes half as long again."""
    _drop(admin, database)
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
            sql.Identifier(database), sql.Identifier(template), sql.Identifier(roles.OWNER)
        )
    )


@contextmanager
def cloned(name: str) -> Iterator[str]:
    """Another clone of the template, for a process of its own: its URL."""
    database = f"{DATABASE}_{name}"
    with psycopg.connect(SERVER, autocommit=True) as admin:
        _clone(admin, _template(admin), database)
        try:
            yield _url(SERVER, database)
        finally:
            _drop(admin, database)


def _drop(admin: psycopg.Connection[Any], database: str) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    )


def _fingerprint() -> str:
    """What the template is made from: all migrations, the roles, the versions of the libraries."""
    content = hashlib.sha256()
    package = ROOT / "src" / "opale"
    sources = sorted(package.rglob("migrations/*.py"))
    others = (package / "kernel" / "roles.py", ROOT / "tests" / "builders.py")
    for path in (*sources, *others, ROOT / "requirements.lock"):
        content.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return content.hexdigest()[:12]


@pytest.fixture(autouse=True, scope="session")
def patient_search() -> Iterator[None]:
    """A search of pages and of the palette ends with the time it has: here it has enough of it."""
    from opale.run.desk.queries import palette_search
    from opale.web import search

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(palette_search, "TIME_LIMIT", timedelta(minutes=1))
        patch.setattr(search, "TIME", timedelta(minutes=1))
        yield
