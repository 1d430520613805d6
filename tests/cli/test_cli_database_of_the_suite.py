"""The database that conftest.py gives to tests."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from tests.once import TWICE, is_once
from tests.profiles import VARIABLE

from opale.cli import test as suite


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        return row[0] if row else None


@pytest.mark.django_db
def test_a_test_works_as_the_application() -> None:
    assert _one("SELECT current_user") == "opale_app"
    assert _one("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = user") is False


@pytest.mark.django_db
def test_the_application_may_not_empty_a_table() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        _one("TRUNCATE kernel_heartbeat")


@pytest.mark.django_db
def test_a_request_of_a_customer_may_become_the_portal_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE opale_portal")
    assert _one("SELECT current_user") == "opale_portal"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_transaction_test_committed_is_gone_in_the_next(turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_heartbeat")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "INSERT INTO kernel_heartbeat (process, kind, started_at, beaten_at) "
            "VALUES ('left behind', 'web', now(), now())"
        )


@pytest.mark.xdist_group("a-group")
def test_tests_of_a_group_are_known_as_one(request: pytest.FixtureRequest) -> None:
    """What starts an Opale for several tests would else start one in each process."""
    if request.config.getoption("loadgroup", None):
        assert request.node.nodeid.endswith("@a-group")


def test_what_is_tried_together_goes_before_the_rest(request: pytest.FixtureRequest) -> None:
    """The run would else end with one process at work, and the others waiting for it."""
    alone = [not item.get_closest_marker("xdist_group") for item in request.session.items]
    assert alone == sorted(alone)


@pytest.mark.parametrize(
    ("memory", "room", "used"), [("", 0, True), ("", 2**62, False), ("missing", 0, False)]
)
def test_the_databases_are_in_memory_where_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: str, room: int, used: bool
) -> None:
    monkeypatch.setattr(suite, "MEMORY", tmp_path / memory)
    monkeypatch.setattr(suite, "ROOM", room)
    assert suite.in_memory() == (tmp_path if used else None)


def test_what_runs_twice_is_there_and_all_else_is_marked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was renamed would else run once, and nobody would hear of it."""
    root = request.config.rootpath
    assert [path for path in TWICE if not (root / path).exists()] == []
    for item in request.session.items:
        marked = item.get_closest_marker("once") is not None
        path = item.path.relative_to(root).as_posix()
        # Of the routes, rows that are no page say so themselves.
        assert marked == is_once(path) or path.endswith("/test_routes.py"), item.nodeid
    monkeypatch.setenv(VARIABLE, "1")
    assert not is_once("src/opale/run/desk/tests/test_desk_merges.py")
