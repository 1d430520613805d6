"""The demo company of an Opale that runs, as the benches open it."""

from pathlib import Path
from typing import Any

from opale.cli import credentials, installation
from opale.cli.installation import Installation


def demo_in(folder: Path) -> tuple[Installation, dict[str, Any]]:
    """An installation, and what one signs in to its demo company with: `./opale credentials`.

    Errors: SystemExit (no demo was loaded).
    """
    place = installation.open_folder(folder.absolute())
    known = credentials.read(place)
    if known is None:
        raise SystemExit(f"There is no demo company in {place.folder}.")
    return place, known
