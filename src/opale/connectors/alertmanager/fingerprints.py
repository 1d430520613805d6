"""The hash by which Prometheus and Alertmanager know a set of labels: 64-bit FNV-1a."""

from collections.abc import Mapping
from typing import Final

OFFSET: Final = 14695981039346656037
PRIME: Final = 1099511628211
MASK: Final = (1 << 64) - 1
SEPARATOR: Final = b"\xff"


def fingerprint(labels: Mapping[str, str]) -> str:
    """Return 16 hexadecimal digits, the same as a real Alertmanager shows."""
    number = OFFSET
    for name in sorted(labels, key=str.encode):
        for byte in name.encode() + SEPARATOR + labels[name].encode() + SEPARATOR:
            number = ((number ^ byte) * PRIME) & MASK
    return f"{number:016x}"
