"""The UUIDs that Alerta's clients expect, made of our ids and turned back into them.

A client may shorten one to its first eight characters, so those alone hold the id.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

WORD: Final = 1 << 32
SPREAD: Final = 0x9E3779B1
"""Odd, so that the multiplication can be undone; it makes neighbouring ids look different."""
GATHER: Final = pow(SPREAD, -1, WORD)
SHORTEST: Final = 8


def uuid_of(kind: str, number: int) -> str:
    """Return the UUID, which is always the same for the same thing."""
    filling = int.from_bytes(sha256(f"{kind}:{number}".encode()).digest()[:9])
    first = number * SPREAD % WORD
    middle = number // WORD % (1 << 16)
    whole = first << 96 | middle << 80 | filling
    marked = whole & ~(0xF000 << 64) | 8 << 76
    return str(UUID(int=marked & ~(0xC000 << 48) | 0x8000 << 48))


def number_in(kind: str, text: str) -> int | None:
    """Return the id behind such a UUID or its beginning; None for what is none of ours."""
    compact = text.lower().replace("-", "")
    try:
        first = int(compact[:SHORTEST], 16)
        middle = int(compact[SHORTEST : SHORTEST + 4] or "0", 16)
    except ValueError:
        return None
    if len(compact) < SHORTEST:
        return None
    high = middle if len(compact) >= SHORTEST + 4 else 0
    number = first * GATHER % WORD + high * WORD
    return number if uuid_of(kind, number).replace("-", "").startswith(compact) else None
