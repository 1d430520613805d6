"""What it is worth that each web process keeps to a core: with and without it in turn.

    OPALE_WEB_WORKERS=2 ./opale up --data var
    PYTHONPATH=src:. .venv/bin/python bench/cores.py --data var --seconds 240
    PYTHONPATH=src:. .venv/bin/python bench/cores.py --data var --set free  # or: kept

Each ten seconds the web processes are let onto all cores, or to one each, and somebody opens the
page of the queue and that of its first ticket four times a second. Run it beside
`bench/sessions.py`, in the half before one of its processes is killed. `--set` leaves them so, for
another bench. Linux; for what its owner runs, and root.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from bench import inside
from bench.sessions import answering, at, read_pages, sessions

from opale.cli import cores, installation

EACH = 10.0
CALM = 1.0
"""Seconds after a change of which nothing is counted."""
PAGE_EACH = 0.25
SHARES = (0.25, 0.5, 0.75, 0.9, 0.95)


def put(web: int, mode: str) -> None:
    """Let the processes that answer keep to a core each, or be free."""
    known, may = answering(web), os.sched_getaffinity(web)
    for place, pid in enumerate(known):
        wanted = cores.shared_out(may, len(known))[place] if mode == "kept" else may
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), wanted)


def measured(web: int, address: str, cookies: str, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of pages by mode and kind."""
    host, _, port = address.partition(":")
    began, mode, since = time.monotonic(), "", 0.0

    def ended() -> bool:
        nonlocal mode, since
        now = time.monotonic()
        wanted = ("free", "kept")[int((now - began) / EACH) % 2]
        if wanted != mode:
            put(web, wanted)
            mode, since = wanted, now
        time.sleep(PAGE_EACH)
        return now - began > seconds

    found: dict[str, list[float]] = defaultdict(list)
    try:
        for kind, took in read_pages(host, int(port or 80), cookies, ended):
            if time.monotonic() - since > CALM:
                found[f"{mode}, {kind}"].append(took)
    finally:
        put(web, "kept")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="var", help="the folder of `up`")
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--set", choices=["free", "kept"], help="leave them so and end")
    asked = parser.parse_args()
    place = installation.open_folder(Path(asked.data).absolute())
    web = int(json.loads((place.folder / "processes.json").read_text())["web"][0])
    if asked.set:
        put(web, asked.set)
        return 0
    with inside.opened(asked.data):
        found, _customers = sessions(2, Random(1))
    staff = next(who for who in found if who.customer is None)
    address = place.base_url.rpartition("//")[2].rstrip("/")
    pages = measured(web, address, staff.cookies, asked.seconds)
    for name, took in sorted(pages.items()):
        took.sort()
        told = "  ".join(f"p{share * 100:.0f} {at(took, share):6.1f}" for share in SHARES)
        print(f"{name:<14} {len(took):5} pages  {told} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
