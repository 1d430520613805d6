"""Packed bodies: unpacked within the limit, refused beyond it."""

import gzip
import zlib

import pytest

from opale.kernel.asgi import TooLarge
from opale.run.events.domain.deliveries import Unreadable
from opale.run.events.listeners.decompression import decompress

WHOLE = b'{"alerts": []}'


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(WHOLE, mtime=0)),
        (" X-GZip", gzip.compress(WHOLE, mtime=0)),
        ("deflate", zlib.compress(WHOLE)),
    ],
)
def test_a_packed_body_is_unpacked(encoding: str, packed: bytes) -> None:
    assert decompress(packed, encoding, limit=len(WHOLE)) == WHOLE


def test_a_bomb_is_refused_when_it_reaches_the_limit() -> None:
    with pytest.raises(TooLarge):
        decompress(gzip.compress(bytes(50_000_000)), "gzip", limit=1_000_000)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", WHOLE), ("gzip", gzip.compress(WHOLE, mtime=0)[:-9]), ("br", WHOLE)],
)
def test_what_cannot_be_unpacked_is_unreadable(encoding: str, packed: bytes) -> None:
    with pytest.raises(Unreadable):
        decompress(packed, encoding, limit=1_000)
