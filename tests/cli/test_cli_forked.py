"""Children that go on with what their parent has loaded."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from opale.cli import supervisor

pytestmark = pytest.mark.skipif(not supervisor.LINUX, reason="forks on Linux alone")


def told(tmp_path: Path, code: str) -> str:
    """What a program of one thread prints, which keeps children in `tmp_path`."""
    before = f"""
        import json, os, signal, sys, time
        from contextlib import suppress
        from pathlib import Path
        from opale.cli.fork_server import ForkedCall
        from opale.cli.supervisor import Program, Supervisor, describe_end, wait_until
        folder = Path({str(tmp_path)!r})
        keeper = Supervisor(folder, folder / "processes.json")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(before) + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return done.stdout


def test_a_child_has_its_own_environment_and_log_and_what_was_loaded(tmp_path: Path) -> None:
    said = told(
        tmp_path,
        """
        loaded = ["by the parent"]
        (folder / "lock").touch()
        held = os.open(folder / "lock", os.O_RDWR)
        os.set_inheritable(held, True)
        def held_open():
            for name in os.listdir("/proc/self/fd"):
                with suppress(FileNotFoundError):
                    yield os.readlink(f"/proc/self/fd/{name}")
        def run():
            print(json.dumps({
                "loaded": loaded,
                "name": os.environ["NAME"],
                "path": "PATH" in os.environ,
                "lock": any("lock" in one for one in held_open()),
                "leads": os.getsid(0) == os.getpid(),
                "comm": Path("/proc/self/comm").read_text().strip(),
            }))
            return 3
        program = Program("kept", ForkedCall(run), {"NAME": "own"})
        keeper.start(program)
        program.process.wait(20)
        print(describe_end(program))
        """,
    )
    assert said.strip() == "The process kept ended with exit code 3"
    assert json.loads((tmp_path / "kept.log").read_text()) == {
        "loaded": ["by the parent"],
        "name": "own",
        "path": False,
        "lock": False,
        "leads": True,
        "comm": "opale-kept",
    }


def test_a_child_that_is_killed_is_started_again_and_one_that_fails_says_why(
    tmp_path: Path,
) -> None:
    said = told(
        tmp_path,
        """
        def sleep():
            time.sleep(60)
        def fail():
            raise ValueError("nothing to do")
        steady = Program("steady", ForkedCall(sleep), {})
        first = keeper.start(steady).pid
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: bool(keeper.look()), 20)
        print(describe_end(steady))
        assert wait_until(lambda: keeper.look() == [] and steady.alive, 20)
        print(steady.process.pid != first)
        failing = Program("failing", ForkedCall(fail), {})
        keeper.start(failing).wait(20)
        print(describe_end(failing))
        keeper.stop()
        print(steady.alive)
        """,
    )
    assert said.splitlines() == [
        "The process steady was ended by SIGKILL",
        "True",
        "The process failing ended with exit code 1",
        "False",
    ]
    assert "ValueError: nothing to do" in (tmp_path / "failing.log").read_text()


def test_a_process_with_several_threads_does_not_fork(tmp_path: Path) -> None:
    said = told(
        tmp_path,
        """
        import threading
        ended = threading.Event()
        threading.Thread(target=ended.wait).start()
        try:
            keeper.start(Program("kept", ForkedCall(lambda: 0), {}))
        except RuntimeError as error:
            print(error)
        ended.set()
        """,
    )
    assert said.strip() == "a process with several threads cannot go on in a child"


def test_a_short_command_runs_in_a_child_and_its_last_line_says_why_it_failed(
    tmp_path: Path,
) -> None:
    said = told(
        tmp_path,
        """
        from opale.cli.console import Refused
        from opale.cli.supervisor import run_to_end
        def run(code):
            print("my name is", os.environ["NAME"])
            return code
        for code in (0, 1):
            try:
                call = ForkedCall(lambda: run(code))
                run_to_end(call, {"NAME": "own"}, folder / "it.log", "Doing it")
                print("done")
            except Refused as refusal:
                print(str(refusal).split(" (")[0])
        """,
    )
    assert said.splitlines() == ["done", "Doing it failed: my name is own"]


def test_what_children_need_is_loaded_before_them(tmp_path: Path) -> None:
    told(
        tmp_path,
        """
        from opale.cli import fork_server
        environment = {
            "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
            "OPALE_SECRET_KEY": "secret",
            "OPALE_HOST": "localhost",
        }
        children = ("opale.cli.web", "opale.cli.worker", "opale.cli.gateway")
        fork_server.preload_opale(environment, *children)
        def run():
            from importlib.metadata import entry_points
            before = set(sys.modules)
            import opale.asgi
            for listener in entry_points(group="opale.listeners"):
                listener.load()
            from opale.customers.shapes import CustomerOut
            print(json.dumps({
                "loaded later": sorted(
                    name for name in sys.modules if name not in before and name.startswith("opale")
                ),
                "worked out": CustomerOut.__pydantic_complete__,
            }))
            return 0
        keeper.start(Program("kept", ForkedCall(run), environment)).wait(20)
        """,
    )
    assert json.loads((tmp_path / "kept.log").read_text().splitlines()[-1]) == {
        "loaded later": ["opale.asgi", "opale.ui.middleware"],
        "worked out": False,
    }
