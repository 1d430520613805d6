"""Each web process keeps to a core, and whoever follows it to the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serving import eventually, free_port

from opale.cli.cores import CAN_KEEP, keep_to_one, shared_out

PROGRAM = """
import sys
from granian.constants import Interfaces
from opale.cli.web import Server

async def app(scope, receive, send):
    pass

if __name__ == "__main__":
    Server("served:app", port=int(sys.argv[1]), interface=Interfaces.ASGINL, workers=2,
           respawn_failed_workers=True, respawn_interval=0.1, log_enabled=False).serve()
"""


@given(st.sets(st.integers(0, 255), min_size=1), st.integers(1, 40), st.integers(0, 99_999))
def test_each_has_a_core_of_its_own_or_all_have_all(
    cores: set[int], among: int, start: int
) -> None:
    found = shared_out(cores, among, start)
    assert len(found) == among
    if len(cores) < among:
        assert found == [cores] * among
        return
    taken = [core for one in found for core in one]
    assert len(taken) == among
    assert len(set(taken) & cores) == among
    assert shared_out(cores, among, start + len(cores)) == found


def test_they_keep_far_from_each_other_and_from_those_of_another_server() -> None:
    assert shared_out(range(16), 2) == [{0}, {8}]
    assert shared_out(range(16), 2, start=11) == [{11}, {3}]
    assert shared_out({4, 5}, 2, start=1) == [{5}, {4}]


@pytest.mark.skipif(not CAN_KEEP, reason="this system lets no process keep to a core")
def test_where_a_sandbox_refuses_it_is_served_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: int, _cores: set[int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    before = os.sched_getaffinity(0)
    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    keep_to_one(0, 2, start=0)
    assert os.sched_getaffinity(0) == before


@pytest.fixture
def web(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "served.py").write_text(PROGRAM)
    asked = [sys.executable, "served.py", str(free_port())]
    with subprocess.Popen(asked, cwd=tmp_path, start_new_session=True) as process:
        yield process.pid
        # Asked to end while it starts another child, it may not hear it.
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(
    not CAN_KEEP or len(os.sched_getaffinity(0)) < 2, reason="there are no two cores to keep to"
)
def test_a_web_process_that_is_killed_leaves_its_core_to_the_next(web: int) -> None:
    one, other = shared_out(os.sched_getaffinity(0), 2)
    first = eventually(lambda: _kept(web, one))
    second = eventually(lambda: _kept(web, other))
    assert 0 < first != second > 0
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: _kept(web, one) not in (0, first))
    assert _kept(web, other) == second
    assert os.sched_getaffinity(web) == os.sched_getaffinity(0)


def _kept(web: int, cores: set[int]) -> int:
    """The child of the web process that keeps to this core, 0 for none."""
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    found = [int(child) for child in children if _cores(int(child)) == cores]
    return found[0] if found else 0


def _cores(process: int) -> set[int]:
    try:
        return os.sched_getaffinity(process)
    except ProcessLookupError:
        return set()
