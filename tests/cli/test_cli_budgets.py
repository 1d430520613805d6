"""The table of what each room's tests take, and the budgets that keep the gate short."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from tests.budgets import Spent, budgets, processor_seconds, room_of, table

TOGETHER = 1500
"""Processor seconds of all rooms: some twelve minutes of two processors."""


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("src/opale/run/desk/tests/test_desk_merges.py::test_it[a/b]", "run.desk"),
        ("src/opale/kernel/tests/test_kernel_locks.py", "kernel"),
        ("tests/journeys/test_journey_mail.py::test_it", "journeys"),
    ],
)
def test_a_room_is_a_folder_of_tests(path: str, room: str) -> None:
    assert room_of(path) == room


def test_who_is_over_budget_says_so_and_the_longest_is_first() -> None:
    rooms = {"short": Spent(9, 0.5), "kept": Spent(20, 9.0), "grown": Spent(30, 16.0)}
    lines = list(table(rooms, {"": 15, "kept": 10}))
    assert [line.split() for line in lines[1:]] == [
        ["grown", "30", "16.0", "15", "OVER"],
        ["kept", "20", "9.0", "10"],
        ["(all", "shorter", "ones)", "9", "0.5"],
        ["all", "59", "25.5"],
    ]


def test_each_budget_is_of_a_room_and_all_of_them_fit_the_gate() -> None:
    folders = [*(ROOT / "src").rglob("tests"), *(ROOT / "tests").iterdir()]
    rooms = {
        room_of((folder / "test_it.py").relative_to(ROOT).as_posix())
        for folder in folders
        if any(folder.glob("test_*.py"))
    }
    allowed = budgets()
    assert allowed.keys() - {""} <= rooms
    assert sum(allowed.get(room, allowed[""]) for room in rooms) <= TOGETHER


def test_programs_that_have_ended_count_too() -> None:
    before = processor_seconds()
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert processor_seconds() > before


def test_each_process_of_a_run_hands_in_its_seconds(tmp_path: Path) -> None:
    """As pytest prints it, from tests in two processes."""
    for room in ("one", "two"):
        folder = tmp_path / "tests" / room
        folder.mkdir(parents=True)
        busy = "import os\n\ndef test_busy():\n    began = sum(os.times()[:2])\n"
        busy += "    while sum(os.times()[:2]) < began + 1.2: pass\n"
        (folder / f"test_{room}.py").write_text(busy, encoding="utf-8")
    plugin = "from tests.budgets import Meter\n\ndef pytest_configure(config):\n"
    register = "    config.pluginmanager.register(Meter())\n"
    (tmp_path / "conftest.py").write_text(plugin + register, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    words = ("-q", "-n2", "-p", "no:cacheprovider", "-p", "no:django", "--import-mode=importlib")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "OPALE_THOROUGH": "0"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = {
        line.split()[0]: float(line.split()[2])
        for line in done.stdout.splitlines()
        if line.startswith(("one ", "two ", "all "))
    }
    assert seconds.keys() == {"one", "two", "all"}, done.stdout + done.stderr
    assert seconds["all"] == pytest.approx(seconds["one"] + seconds["two"], abs=0.2)
    assert done.stdout.rstrip().splitlines()[-1].startswith("2 passed")
