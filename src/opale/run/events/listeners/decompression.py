"""Decompression of bodies up to a limit: a few kilobytes may hold gigabytes."""

import zlib
from typing import Final

from opale.kernel.asgi import TooLarge
from opale.run.events.domain.deliveries import Unreadable

GZIP: Final = 16 + zlib.MAX_WBITS
WINDOWS: Final = {"gzip": GZIP, "x-gzip": GZIP, "deflate": zlib.MAX_WBITS}


def decompress(body: bytes, encoding: str, *, limit: int) -> bytes:
    """Return the decompressed body. Errors: TooLarge, Unreadable."""
    window = WINDOWS.get(encoding.strip().lower())
    if window is None:
        raise Unreadable(f"Content-Encoding: {encoding[:40]} is not understood.")
    unpacking = zlib.decompressobj(window)
    try:
        whole = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise Unreadable(f"The body cannot be unpacked: {error}.") from None
    if len(whole) > limit:
        raise TooLarge
    if not unpacking.eof:
        raise Unreadable("The packed body ends too early.")
    return whole
