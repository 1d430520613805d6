"""How much memory a running Opale holds, shared pages being divided among those who share them.

    ./opale up --data var &
    python bench/memory.py --data var

Reads the proportional set size (PSS) of the supervisor, of each process that it started and of what
those started (Linux), PostgreSQL apart: how much that one holds is a setting of it. Ends with 1
where the web process holds more than 120 MB, or all processes together more than 350 MB.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

WEB_LIMIT_MB, ALL_LIMIT_MB = 120.0, 350.0


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    folder = asked.parse_args().data
    roots = {"up": int((folder / "opale.pid").read_text())}
    started = json.loads((folder / "processes.json").read_text())
    roots |= {name: int(pid) for name, (pid, _began) in started.items()}
    held = {
        name: [pss(pid) for pid in (family(root) if name != "up" else [root])]
        for name, root in roots.items()
    }
    database = sum(held.pop("postgres", []))
    for name, parts in held.items():
        print(f"{name:<10} {sum(parts):6.1f} MB   {' + '.join(f'{part:.1f}' for part in parts)}")
    everything = sum(map(sum, held.values()))
    print(f"{'together':<10} {everything:6.1f} MB   and PostgreSQL {database:.1f} MB")
    print(f"limits: {WEB_LIMIT_MB:.0f} MB a process of the web, {ALL_LIMIT_MB:.0f} MB together")
    return int(max(held["web"]) > WEB_LIMIT_MB or everything > ALL_LIMIT_MB)


def family(pid: int) -> Iterator[int]:
    """The process and all that descend from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return  # it ended meanwhile
    yield pid
    for child in children:
        yield from family(int(child))


def pss(pid: int) -> float:
    """Megabytes, a page that n processes hold being counted as an nth."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
