"""The environment is made from the lock file, whole, and only when the lock changed."""

import subprocess
from pathlib import Path

import pytest

from opale.cli import bootstrap
from opale.cli.console import Refused

ROOT = Path(__file__).parents[2]
PROJECT = """
[project]
name = "opale"
version = "0.1.0"
[project.scripts]
opale = "opale.cli.main:main"
[project.entry-points."opale.event_sources"]
planted = "opale.connectors.planted:Planted"
"""


@pytest.fixture
def checkout(tmp_path: Path, newcomer: dict[str, str]) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "src").mkdir()
    for lock in (bootstrap.RUNTIME, bootstrap.DEVELOPMENT):
        (tmp_path / lock).write_text("")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the locks that were installed, instead of downloads."""
    done: list[str] = []
    monkeypatch.setattr(bootstrap, "_install", lambda folder, lock: done.append(lock.name))
    monkeypatch.setattr(bootstrap, "_usable", lambda folder: folder.exists())
    monkeypatch.setattr(
        bootstrap,
        "_create",
        lambda folder: (folder / "lib/python3.11/site-packages").mkdir(parents=True),
    )
    return done


def test_an_environment_is_made_once(checkout: Path, installed: list[str]) -> None:
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert installed == ["requirements.lock"]


def test_another_environment_stands_beside_the_first(
    checkout: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    monkeypatch.setenv("OPALE_VENV", ".venv-3.11")
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert installed == ["requirements.lock"] * 2
    stamp = f".{bootstrap.RUNTIME}.stamp"
    assert [(checkout / name / stamp).exists() for name in (".venv", ".venv-3.11")] == [True] * 2


def test_a_changed_lock_is_installed(checkout: Path, installed: list[str]) -> None:
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    (checkout / bootstrap.RUNTIME).write_text("# another\n")
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert installed == ["requirements.lock"] * 2


def test_the_development_lock_brings_the_runtime_too(checkout: Path, installed: list[str]) -> None:
    bootstrap.ensure(checkout, bootstrap.DEVELOPMENT)
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert installed == ["requirements-dev.lock"]


def test_opale_is_installed_by_reference_with_its_entry_points(
    checkout: Path, installed: list[str]
) -> None:
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    packages = checkout / ".venv/lib/python3.11/site-packages"
    assert (packages / "opale.pth").read_text() == f"{checkout}/src\n"
    entry_points = (packages / "opale-0.1.0.dist-info/entry_points.txt").read_text()
    assert "[opale.event_sources]\nplanted = opale.connectors.planted:Planted" in entry_points


def test_an_install_that_was_cut_short_is_done_again(
    checkout: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(folder: Path, lock: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "_install", cut)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.ensure(checkout, bootstrap.RUNTIME)
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert installed == ["requirements.lock"]


@pytest.mark.slow
def test_a_half_made_environment_is_made_anew_and_no_network_is_one_sentence(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").write_text("half a file")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    lock = checkout / bootstrap.RUNTIME
    lock.write_text(f"planted-package==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Refused, match=r"could not be downloaded: .* Check the network"):
        bootstrap.ensure(checkout, bootstrap.RUNTIME)
    assert not (checkout / ".venv" / f".{bootstrap.RUNTIME}.stamp").exists()
    lock.write_text("")
    bootstrap.ensure(checkout, bootstrap.RUNTIME)
    python = checkout / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", "import pip"], check=False).returncode == 0


def test_too_old_a_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        [ROOT / "opale", "--version"],
        env={"OPALE_PYTHON": str(old), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("opale: OPALE_PYTHON is")
    assert "not a Python 3.11 or newer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_python_at_all_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "opale").write_bytes((ROOT / "opale").read_bytes())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "opale"), "up"],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("opale: Opale needs Python 3.11 or newer")
    assert done.stderr.count("\n") == 1
