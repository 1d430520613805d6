"""Which item, service and customer an alert is about: found from its labels."""

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from opale.infrastructure.queries import ItemMatch, items_by_names

NAMING_LABELS: Final = (
    "item",
    "host",
    "hostname",
    "host_name",
    "node",
    "device",
    "circuit",
    "link",
    "server",
    "vm",
    "instance",
)
"""Labels that may name an item, the most telling first."""

KEPT_SECONDS: Final = 10.0
KEPT_NAMES: Final = 20_000


def names_in(labels: Mapping[str, str]) -> list[str]:
    """The names that labels give, in the order in which they are believed.

    `web01.example.net:9100` is looked for whole, then without its port, then as `web01`.
    """
    names: dict[str, None] = {}
    for label in NAMING_LABELS:
        if value := labels.get(label, ""):
            host = value.rpartition(":")[0] if value.rpartition(":")[2].isdigit() else value
            names |= dict.fromkeys((value, host, host.partition(".")[0]))
    names.pop("", None)
    return [name for name in names if len(name) <= 200]


class Matches:
    """Items by name, remembered for some seconds: a storm asks for the same names again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, ItemMatch | None] = {}
        self._forget_at = 0.0

    def look_up(self, wanted: Iterable[Collection[str]]) -> None:
        """Make sure that these names are known, by one query for all that are not."""
        with self._lock:
            if time.monotonic() > self._forget_at or len(self._known) > KEPT_NAMES:
                self._known = {}
                self._forget_at = time.monotonic() + KEPT_SECONDS
            missing = {name for names in wanted for name in names} - self._known.keys()
        if missing:
            found = items_by_names(missing)
            with self._lock:
                self._known |= {name: found.get(name) for name in missing}

    def first(self, names: Iterable[str]) -> ItemMatch | None:
        return next((match for name in names if (match := self._known.get(name))), None)

    def forget(self) -> None:
        with self._lock:
            self._forget_at = 0.0


MATCHES = Matches()
