"""Checks for what must not be committed: registry addresses, local paths, locks that differ."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from opale.cli.console import Refused

REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|deb\.debian\.org|"
    r"proxy\.golang\.org|crates\.io",
    re.IGNORECASE,
)
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(home|Users)/\w+|(?<![\w.:/-])/(root|work)/\w")
LOCKS = (
    *("requirements.lock", "requirements-dev.lock"),
    *("requirements-node.lock", "requirements-peers.lock"),
)
ADDRESS = re.compile(r"https?://|\bfile:|\bgit\+")
PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^\s;\\]+)")


def faults(root: Path) -> list[str]:
    """Return all breaches, as `file:line: what is wrong`."""
    found = [fault for path in _committed(root) for fault in _lines(root, path)]
    return [*found, *_locks(root)]


def _committed(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise Refused(f"git cannot list the files of {root}: {listed.stderr.strip()}")
    return [root / name for name in sorted(listed.stdout.split("\0")) if name]


def _lines(root: Path, path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return
    lock = path.name in LOCKS
    name = path.relative_to(root)
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{name}:{number}"
        if REGISTRY.search(line) or (path.name == "package-lock.json" and '"resolved"' in line):
            yield f"{where}: the address of a package registry"
        if MACHINE_PATH.search(line):
            yield f"{where}: a path that exists on one machine only"
        if lock and ADDRESS.search(line):
            yield f"{where}: a lock file names versions and hashes, no address"


def _locks(root: Path) -> Iterator[str]:
    runtime, development = (
        set(PIN.findall((root / name).read_text(encoding="utf-8"))) for name in LOCKS[:2]
    )
    for pin in sorted(runtime - development):
        yield f"requirements-dev.lock: {pin} of requirements.lock is missing or differs"
