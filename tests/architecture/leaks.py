"""Looking for words in what leaves the house, however they are packed.

`everything_in` gives the bytes as they are and all that can be unpacked of them: parts of a mail
and its attachments, encoded headers, base64, quoted-printable, escapes of JSON, HTML and addresses,
archives and compressed files.
"""

import base64
import binascii
import gzip
import html
import io
import quopri
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from urllib.parse import unquote_to_bytes

DEEPEST = 6
BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}")
ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


def finds(raw: bytes, words: str) -> bool:
    """Whether the words stand anywhere in it, in any case."""
    wanted = words.lower().encode()
    return any(wanted in one.lower() for one in everything_in(raw))


def excerpts(raw: bytes, words: str, around: int = 60) -> list[str]:
    """Where they stand, for whoever has to mend it."""
    wanted, found = words.lower().encode(), []
    for one in everything_in(raw):
        if (at := one.lower().find(wanted)) >= 0:
            found.append(one[max(0, at - around) : at + around].decode("utf-8", "replace"))
    return found


def everything_in(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    yield raw
    if depth == DEEPEST:
        return
    seen = {raw}
    for one in _unpacked(raw):
        if one and one not in seen:
            seen.add(one)
            yield from everything_in(one, depth + 1)


def _unpacked(raw: bytes) -> Iterator[bytes]:
    yield from _archived(raw)
    if b"Content-Type:" in raw or b"MIME-Version:" in raw:
        yield from _parts(raw)
    if b"=" in raw:
        yield quopri.decodestring(raw)
    for run in BASE64.findall(raw):
        joined = re.sub(rb"[\r\n]", b"", run).rstrip(b"=")
        try:
            yield base64.b64decode(joined + b"=" * (-len(joined) % 4))
        except (binascii.Error, ValueError):
            continue
    if b"\\u" in raw:
        yield ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), raw)
    if b"&" in raw:
        yield html.unescape(raw.decode("utf-8", "replace")).encode()
    if b"%" in raw:
        yield unquote_to_bytes(raw)
    if b"\0" in raw:
        yield raw.replace(b"\0", b"")  # UTF-16 of plain letters


def _archived(raw: bytes) -> Iterator[bytes]:
    """What begins as an archive and is none, as text that was decoded by chance, holds nothing."""
    with suppress(zipfile.BadZipFile, OSError, EOFError, zlib.error):
        if raw.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                for name in archive.namelist():
                    yield name.encode()
                    yield archive.read(name)
        elif raw.startswith(b"\x1f\x8b"):
            yield gzip.decompress(raw)
    if raw.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
            with suppress(zlib.error):
                yield zlib.decompress(stream)


def _parts(raw: bytes) -> Iterator[bytes]:
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items()).encode(
            "utf-8", "replace"
        )
        yield (part.get_filename() or "").encode()
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload
