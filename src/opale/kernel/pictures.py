"""Sizes of pictures, read from their first bytes."""

import struct
from contextlib import suppress
from struct import unpack_from

START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG (ITU-T T.81) after which the size of the picture follows."""


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF or JPEG; None for anything else."""
    with suppress(struct.error, IndexError):
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            return unpack_from(">II", content, 16)
        if content.startswith((b"GIF87a", b"GIF89a")):
            return unpack_from("<HH", content, 6)
        if content.startswith(b"\xff\xd8"):
            return _jpeg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in START_OF_FRAME:
            height, width = unpack_from(">HH", content, at + 5)
            return width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int(unpack_from(">H", content, at + 2)[0])
    return None
