"""Creation of `.venv` from the hashed lock file when the lock changed, before the CLI runs.

OPALE_VENV names another folder for it: one beside the first, for another Python.
Runs on the standard library alone, by whatever Python `./opale` found. The stamp of an
environment is written last, so an install that was cut short is done again.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opale.cli.console import Refused, print_error, step

RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
NEEDS_DEVELOPMENT = {"test", "test-server", "check", "translations", "wheel"}


def main(root: Path, arguments: list[str]) -> None:
    """Make the environment that the command needs and replace this process by the command."""
    lock = DEVELOPMENT if arguments[:1] and arguments[0] in NEEDS_DEVELOPMENT else RUNTIME
    try:
        with exclusive_install(root):
            ensure(root, lock)
    except Refused as refusal:
        print_error(str(refusal))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ["OPALE_ROOT"] = str(root)
    python = folder_of(root) / "bin" / "python"
    os.execv(python, [str(python), "-m", "opale.cli", *arguments])


def folder_of(root: Path) -> Path:
    return root / (os.environ.get("OPALE_VENV") or ".venv")


def ensure(root: Path, lock: str) -> None:
    """Bring the environment to the state of the lock file, unless it is there already."""
    folder = folder_of(root)
    if not _usable(folder):
        with step("python") as current:
            _create(folder)
            current.outcome = f"environment in {folder.name}"
    wanted = hashlib.sha256((root / lock).read_bytes()).hexdigest()
    if _stamp(folder, lock) != wanted:
        with step("packages") as current:
            _install(folder, root / lock)
            # The development lock holds every line of the runtime lock.
            done = [RUNTIME, DEVELOPMENT] if lock == DEVELOPMENT else [RUNTIME]
            for name in done:
                content = (root / name).read_bytes()
                _write(folder / f".{name}.stamp", hashlib.sha256(content).hexdigest())
            current.outcome = f"installed from {lock}"
    _link(root, folder)


@contextmanager
def exclusive_install(root: Path) -> Iterator[None]:
    """Allow one install at a time in a checkout; a second command waits for the first."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _usable(folder: Path) -> bool:
    """Return whether the environment's Python runs, and is the one that OPALE_PYTHON names."""
    python = folder / "bin" / "python"
    if not (folder / ".complete").exists() or not python.exists():
        return False
    if not os.environ.get("OPALE_PYTHON"):
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    shown = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip() == version


def _create(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
        venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    except subprocess.CalledProcessError as error:
        raise Refused(
            f"Python at {sys.executable} cannot make an environment (on Debian and Ubuntu: "
            "apt install python3-venv), or set OPALE_PYTHON to another Python."
        ) from error
    except OSError as error:
        raise Refused(
            f"The folder {folder} cannot be written ({error.strerror}): check its owner and the "
            "free space, then run the command again."
        ) from error
    _write(folder / ".complete", "")


def _install(folder: Path, lock: Path) -> None:
    words = ["-m", "pip", "install", "--require-hashes", "--no-compile", "--quiet", "--no-input"]
    words += ["--disable-pip-version-check", "--no-warn-script-location", "-r", str(lock)]
    done = subprocess.run(
        [folder / "bin" / "python", *words], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    said = (done.stderr or done.stdout).strip()
    if re.search(r"No space left", said):
        raise Refused("The disk is full: free some space, then run the command again.")
    if re.search(
        r"NewConnectionError|name resolution|Failed to establish|Connection|timed out|No matching",
        said,
    ):
        raise Refused(
            "The Python packages could not be downloaded: the package registry does not answer. "
            "Check the network (or pip's settings), then run the command again; what was done "
            "so far is kept."
        )
    last_lines = "\n".join(said.splitlines()[-8:])
    raise Refused(f"The Python packages could not be installed. pip said:\n{last_lines}")


def _link(root: Path, folder: Path) -> None:
    """Install Opale itself by reference: a path to its sources, and its entry points."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = next((folder / "lib").glob("python3.*")) / "site-packages"
    _write(packages / "opale.pth", f"{root / 'src'}\n")
    metadata = packages / f"opale-{project['version']}.dist-info"
    for other in packages.glob("opale-*.dist-info"):
        if other != metadata:
            shutil.rmtree(other)
    metadata.mkdir(exist_ok=True)
    groups = {"console_scripts": project.get("scripts", {}), **project.get("entry-points", {})}
    lines = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in entries.items()), ""]
    _write(metadata / "entry_points.txt", "\n".join(lines))
    _write(
        metadata / "METADATA",
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
    )
    _write(metadata / "INSTALLER", "opale\n")


def _stamp(folder: Path, lock: str) -> str:
    try:
        return (folder / f".{lock}.stamp").read_text(encoding="utf-8")
    except OSError:
        return ""


def _write(path: Path, content: str) -> None:
    """Write a file atomically, and only when it changes."""
    try:
        if path.exists() and path.read_text(encoding="utf-8") == content:
            return
        partial = path.with_name(f"{path.name}.partial")
        partial.write_text(content, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise Refused(
            f"{path} cannot be written ({error.strerror}): check its owner and the free space."
        ) from error
