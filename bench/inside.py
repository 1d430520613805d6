"""Benchmarks that call Opale in their own process, on the database of an installation."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter

import django
from django.urls import resolve

from opale.cli import installation, manage


@contextmanager
def opened(data: str | None) -> Iterator[None]:
    """Django, set up on the installation in `data`, which is started for the time if need be."""
    if not data and os.environ.get("DATABASE_URL"):
        _set_up()
        yield
        return
    place = installation.open_folder(installation.folder_of(data))
    with manage.database(place):
        os.environ.update(place.environment())
        _set_up()
        yield


def milliseconds(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile of a call, after one to warm up."""
    call()
    took = []
    for _ in range(rounds):
        begins = perf_counter()
        call()
        took.append((perf_counter() - begins) * 1000)
    took.sort()
    return median(took), took[min(len(took) - 1, int(len(took) * 0.95))]


def baseline() -> float:
    """Milliseconds of a fixed piece of work in this process and of as many round trips to its
    database: compare what was measured beside it between machines, and between loads, by its ratio.
    """
    from django.db import connection

    def work() -> None:
        with connection.cursor() as cursor:
            for _ in range(10):
                cursor.execute("SELECT generate_series(1, 100)")
                sum(hash(str(row)) for row in cursor.fetchall())

    found, _p95 = milliseconds(work, 40)
    load = os.getloadavg()[0]
    print(f"load {load:.1f}; baseline {found:.1f} ms: ten small questions to the database")
    return found


def verdict(name: str, found: tuple[float, float], limit: float, base: float) -> bool:
    """Print a line; whether the 95th percentile keeps the limit."""
    kept = found[1] <= limit
    print(
        f"{name:<36} median {found[0]:7.1f} ms  p95 {found[1]:7.1f} ms  limit {limit:.0f} ms"
        f"  median / baseline {found[0] / base:6.1f}x  {'ok' if kept else 'NOT KEPT'}"
    )
    return kept


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    django.setup()
    # As the web process does (opale/cli/preload.py): what is loaded is no garbage.
    resolve("/")
    gc.collect()
    gc.freeze()
