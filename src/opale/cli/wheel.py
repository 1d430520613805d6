"""Command `./opale wheel`: the package that production installs, with front-end files and
catalogues.
"""

import subprocess
import sys
from pathlib import Path

from opale.cli import assets, translations


def run(root: Path) -> int:
    """Build `dist/opale-*.whl`; neither Node nor a compiler is needed where it is installed."""
    assets.ensure(root)
    translations.compile_all(root / "src" / "opale")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    return subprocess.run(words, cwd=root, check=False).returncode
