"""A picture for letterheads."""

import struct
import zlib


def png(width: int = 400, height: int = 100) -> bytes:
    """Return a PNG of one colour."""
    rows = b"".join(b"\0" + b"\x1f\x5f\xbf" * width for _row in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
