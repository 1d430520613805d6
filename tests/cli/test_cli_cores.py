"""Each of several web processes keeps to its own cores, and whoever follows it has the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.serving import eventually, free_port

from opale.cli.cores import CAN_KEEP, shares

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


@given(st.sets(st.integers(0, 255), min_size=1), st.integers(1, 40))
def test_cores_are_shared_out_whole_and_alike(cores: set[int], among: int) -> None:
    found = shares(cores, among)
    assert len(found) == among
    if len(cores) < among:
        assert found == [cores] * among
        return
    assert sorted(core for share in found for core in share) == sorted(cores)
    sizes = [len(share) for share in found]
    assert max(sizes) - min(sizes) <= 1
    assert all(max(one) < min(other) for one, other in pairwise(found))


@pytest.fixture
def web(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "served.py").write_text(PROGRAM)
    asked = [sys.executable, "served.py", str(free_port())]
    with subprocess.Popen(asked, cwd=tmp_path) as process:
        yield process.pid
        process.terminate()


@pytest.mark.skipif(not CAN_KEEP, reason="this system has no affinity of processes to cores")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core cannot be shared out")
def test_a_web_process_that_is_killed_leaves_its_cores_to_the_next(web: int) -> None:
    mine, other = shares(os.sched_getaffinity(0), 2)
    first = eventually(lambda: _kept(web, mine))
    assert eventually(lambda: _kept(web, other))
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: _kept(web, mine) not in (0, first))
    assert os.sched_getaffinity(web) == mine | other


def _kept(web: int, cores: set[int]) -> int:
    """The child of the web process that keeps to these cores, 0 for none."""
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    found = [int(child) for child in children if _cores(int(child)) == cores]
    return found[0] if found else 0


def _cores(process: int) -> set[int]:
    try:
        return os.sched_getaffinity(process)
    except ProcessLookupError:
        return set()
