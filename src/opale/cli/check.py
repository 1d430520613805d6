"""Command `./opale check`: every rule that a machine can check, side by side, one line each.

With names, only those checks: `./opale check types imports`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from opale.cli import architecture, hygiene, translations
from opale.cli.console import Refused


@dataclass(frozen=True)
class Outcome:
    ok: bool
    said: str


Check = Callable[[Path], Outcome]


def run(root: Path, only: Sequence[str] = ()) -> int:
    """Run the checks and print what fails; return 1 when something does."""
    if unknown := set(only) - CHECKS.keys():
        raise Refused(
            f"There is no check called {min(unknown)}: the checks are {', '.join(CHECKS)}."
        )
    chosen = {name: check for name, check in CHECKS.items() if not only or name in only}
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        running = {name: pool.submit(_timed, check, root) for name, check in chosen.items()}
        for name, future in running.items():
            outcome, seconds = future.result()
            word = "ok" if outcome.ok else "FAILED"
            print(f"  {name:<16} {word:<44} {seconds:6.1f} s", flush=True)
            if not outcome.ok:
                failed.append(name)
                print("\n".join(f"    {line}" for line in outcome.said.splitlines()), flush=True)
    print(f"{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _timed(check: Check, root: Path) -> tuple[Outcome, float]:
    began = time.monotonic()
    try:
        outcome = check(root)
    except Refused as refusal:
        outcome = Outcome(False, str(refusal))
    return outcome, time.monotonic() - began


def _program(*words: str, environment: dict[str, str] | None = None) -> Check:
    """Return a check by a program, which passes when it exits with 0."""

    def check(root: Path) -> Outcome:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=root,
            env={**os.environ, **_settings(root), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(done.returncode == 0, f"{done.stdout}{done.stderr}".strip())

    return check


def _reader(faults: Callable[[Path], list[str]], *folders: str) -> Check:
    """Return a check by reading sources, which passes without a fault."""

    def check(root: Path) -> Outcome:
        found = faults(root.joinpath(*folders))
        return Outcome(not found, "\n".join(found))

    return check


def _settings(root: Path) -> dict[str, str]:
    """Return an environment with which Django's settings load without a database, from `root`."""
    return {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "OPALE_SECRET_KEY": "only to read the settings",
        "PYTHONPATH": str(root / "src"),
    }


_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
# The longest first.
CHECKS: dict[str, Check] = {
    "types": _program("-m", "mypy"),
    "migrations": _program(
        "-m", "opale.cli", "manage", "makemigrations", "--check", "--dry-run", "--skip-checks"
    ),
    "templates": _program("-m", "djlint", "--lint", "--quiet", "src"),
    "style": _program("-m", "ruff", "check", "."),
    "format": _program("-m", "ruff", "format", "--check", "."),
    "imports": _program("-c", _LINT_IMPORTS, "--no-cache"),
    "translations": _reader(translations.faults, "src", "opale"),
    "architecture": _reader(architecture.faults, "src", "opale"),
    "hygiene": _reader(hygiene.faults),
}
