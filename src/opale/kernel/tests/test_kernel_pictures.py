"""Sizes of pictures."""

import struct

import pytest

from opale.kernel.pictures import picture_size

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 20, 10)
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"ab"
    + b"\xff\xff\xc0" + struct.pack(">HBHH", 11, 8, 300, 400)
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "size"), [(PNG, (640, 480)), (GIF, (20, 10)), (JPEG, (400, 300))]
)
def test_the_size_is_read_from_the_first_bytes(content: bytes, size: tuple[int, int]) -> None:
    assert picture_size(content) == size
    for cut in range(len(content)):
        assert picture_size(content[:cut]) in (None, size)


def test_what_is_no_picture_has_no_size() -> None:
    assert picture_size(b"<svg width='1'>") is None
    assert picture_size(b"") is None
