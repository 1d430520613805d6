"""Children are started again, end together, and do not outlive a killed parent."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from opale.cli import supervisor
from opale.cli.console import Refused
from opale.cli.postgres import Launch
from opale.cli.supervisor import Program, Supervisor, start_time, wait_until


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, tmp_path / "processes.json")
    yield made
    made.stop()


def python(name: str, code: str) -> Program:
    launch = Launch([sys.executable, "-c", textwrap.dedent(code)])
    return Program(name, launch, os.environ)


SLEEP = "import time; time.sleep(60)"
WITH_CHILD = """
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_child_that_dies_is_started_again(keeper: Supervisor) -> None:
    program = python("steady", SLEEP)
    first = keeper.start(program).pid
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: bool(keeper.look()), 30)
    assert supervisor.describe_end(program) == "The process steady was ended by SIGKILL"
    assert wait_until(lambda: keeper.look() == [] and program.alive, 30)
    assert program.process is not None
    assert program.process.pid != first


def test_each_death_makes_the_pause_longer(keeper: Supervisor) -> None:
    program = python("failing", "raise SystemExit(3)")
    keeper.start(program)
    assert wait_until(lambda: program.deaths == 3 or keeper.look() is None, 60)
    assert program.due is not None
    assert supervisor.describe_end(program) == "The process failing ended with exit code 3"


def test_what_a_killed_child_had_started_ends_with_it(keeper: Supervisor, tmp_path: Path) -> None:
    program = python("parent", WITH_CHILD)
    process = keeper.start(program)
    assert wait_until(lambda: bool(supervisor.tail(tmp_path / "parent.log", 1)), 30)
    grandchild = int(supervisor.tail(tmp_path / "parent.log", 1)[0])
    process.kill()
    assert wait_until(lambda: bool(keeper.look()), 30)
    assert wait_until(lambda: not start_time(grandchild), 30)


def test_a_child_that_does_not_listen_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.3)
    keeper = Supervisor(tmp_path, tmp_path / "processes.json")
    deaf = python(
        "deaf",
        """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(60)
        """,
    )
    keeper.start(deaf)
    assert wait_until(lambda: bool(supervisor.tail(tmp_path / "deaf.log", 1)), 30)
    keeper.stop()
    assert not deaf.alive
    assert not (tmp_path / "processes.json").exists()


@pytest.mark.skipif(not supervisor.LINUX, reason="only Linux tells a child that its parent died")
def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = f"""
        import os, sys, time
        from pathlib import Path
        from opale.cli.postgres import Launch
        from opale.cli.supervisor import Program, Supervisor
        keeper = Supervisor(Path({str(tmp_path)!r}), Path({str(tmp_path / "processes.json")!r}))
        words = [sys.executable, "-c", "import time; time.sleep(60)"]
        print(keeper.start(Program("child", Launch(words), os.environ)).pid, flush=True)
        time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert wait_until(lambda: not start_time(child), 30)


def test_strays_are_found_by_what_was_written_down(tmp_path: Path) -> None:
    keeper = Supervisor(tmp_path, tmp_path / "processes.json")
    process = keeper.start(python("stray", SLEEP))
    assert supervisor.kill_orphans(tmp_path / "processes.json") == 1
    process.wait(30)
    assert supervisor.kill_orphans(tmp_path / "processes.json") == 0


def test_a_process_that_only_has_the_number_of_a_stray_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as innocent:
        record = tmp_path / "processes.json"
        record.write_text(f'{{"web": [{innocent.pid}, "another time"]}}')
        assert supervisor.kill_orphans(record) == 0
        assert innocent.poll() is None
        innocent.kill()


def test_a_command_that_fails_says_why_and_where_to_read_more(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import sys; sys.exit('opale: the setting X is missing')"]
    log = tmp_path / "it.log"
    with pytest.raises(Refused, match=r"^Doing it failed: the setting X is missing .*it\.log"):
        supervisor.run_to_end(words, os.environ, log, "Doing it")


def test_something_is_done_while_a_command_runs_and_its_failure_ends_the_command(
    tmp_path: Path,
) -> None:
    begun, log = tmp_path / "begun", tmp_path / "it.log"
    code = f"import os, pathlib, time; pathlib.Path({str(begun)!r}).write_text(str(os.getpid()))"
    words = [sys.executable, "-c", f"{code}; time.sleep(60)"]

    def fail() -> None:
        assert supervisor.wait_until(lambda: bool(begun.exists() and begun.read_text()), 30)
        raise KeyError

    with pytest.raises(KeyError):
        supervisor.run_to_end(words, os.environ, log, "Doing it", meanwhile=fail)
    assert not supervisor.start_time(int(begun.read_text()))
