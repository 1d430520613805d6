"""Sizes and types of pictures, read from their bytes."""

import struct
from contextlib import suppress
from struct import unpack_from
from typing import Final, NamedTuple

START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG (ITU-T T.81) after which the size of the picture follows."""
PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
TYPES: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8": "image/jpeg",
    b"RIFF": "image/webp",
}
"""Media types by the first bytes, of what `picture_size` reads."""


class Picture(NamedTuple):
    media_type: str
    width: int
    height: int


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF, JPEG or WebP; None for anything else."""
    with suppress(struct.error, IndexError):
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            return unpack_from(">II", content, 16)
        if content.startswith((b"GIF87a", b"GIF89a")):
            return unpack_from("<HH", content, 6)
        if content.startswith(b"\xff\xd8"):
            return _jpeg_size(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp_size(content)
    return None


def whole_picture(content: bytes) -> Picture | None:
    """Return the type and the size of a PNG, JPEG or WebP that is nothing but a picture.

    None for anything else, for one that is cut short, and for one with other bytes after its end.
    """
    size = picture_size(content)
    found = next((kind for begin, kind in TYPES.items() if content.startswith(begin)), "")
    if size is None or not all(size) or not found or not _ends(content, found):
        return None
    return Picture(found, *size)


def _ends(content: bytes, media_type: str) -> bool:
    if media_type == "image/png":
        return content.find(PNG_END) == len(content) - len(PNG_END)
    if media_type == "image/jpeg":
        return content.endswith(b"\xff\xd9")
    told = int(unpack_from("<I", content, 4)[0]) + 8
    return len(content) == told


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


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Return the size of a WebP (RFC 9649): lossy, lossless or extended."""
    chunk = content[12:16]
    if chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L" and content[20] == 0x2F:
        bits = int(unpack_from("<I", content, 21)[0])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        if len(content) < 30:
            return None
        return (
            int.from_bytes(content[24:27], "little") + 1,
            int.from_bytes(content[27:30], "little") + 1,
        )
    return None
