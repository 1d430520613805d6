"""Splitting of a mail into MIME parts: in linear time, within limits, never raising.

Python's feed parser compares each line with every open boundary, and takes a level of the stack
for each: a mail of a few megabytes can hold it for minutes. Here a part is a range of the bytes
that came, scanned again for each level, and there are at most DEPTH levels and PARTS parts; deeper
or later parts are kept as they are.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from opale.messaging.domain.mail_parser import headers

MAX_DEPTH: Final = 40
MAX_PARTS: Final = 1000
PARAMETER: Final = re.compile(
    r';\s*([^\s=;*"]{1,60})(?:\*(\d{1,3}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL
)
TOKEN: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\r\n]+\r?\n", re.MULTILINE)


@dataclass(slots=True)
class _Splitting:
    """A mail that is being split: how many parts it may still have, and the charset it names."""

    charset: str
    left: int = MAX_PARTS


@dataclass(frozen=True, slots=True)
class Entity:
    """One part. `level` counts the parts around it; `inner` are the parts of a multipart."""

    fields: headers.Fields
    media_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    body: bytes = field(repr=False)
    inner: tuple["Entity", ...] = ()
    defects: tuple[str, ...] = ()
    level: int = 0

    @property
    def content_id(self) -> str:
        return headers.decode_header(headers.first_value(self.fields, "content-id")[:1000]).strip(
            "<> "
        )

    def content(self) -> bytes:
        """Return the decoded bytes; the original ones where the transfer encoding is broken."""
        encoding = headers.first_value(self.fields, "content-transfer-encoding")
        return decode_transfer(self.body, encoding.decode("ascii", "replace").strip().lower())

    def text(self) -> str:
        return headers.UNPRINTABLE.sub(
            "", headers.decode_text(self.content(), self.parameters.get("charset", ""))
        ).replace("\r\n", "\n")


def parse_mime(raw: bytes) -> Entity:
    """Return the whole mail as a tree of parts."""
    splitting = _Splitting(headers.declared_charset(raw))
    return _entity(raw, 0, len(raw), 0, splitting, "text/plain")


def walk(entity: Entity) -> Iterator[Entity]:
    """Yield all parts that hold no others, in their order."""
    if not entity.inner:
        yield entity
    for one in entity.inner:
        yield from walk(one)


def decode_transfer(body: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _uu(body)
    return body


def header_parameters(value: str) -> dict[str, str]:
    """Return the parameters of a header; continued and encoded ones (RFC 2231) are joined."""
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in PARAMETER.finditer(value[:65536]):
        name, number, encoded, text = found.groups()
        text = text.strip()
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:].removesuffix('"'))
        pieces.setdefault(name.lower(), {}).setdefault(int(number or 0), (text, bool(encoded)))
    return {name: _joined(of) for name, of in pieces.items()}


def _entity(
    raw: bytes, start: int, end: int, level: int, splitting: _Splitting, default: str
) -> Entity:
    splitting.left -= 1
    head_end, body_start = headers.split_at(raw, start, end)
    of = headers.parse_fields(raw[start:head_end])
    written = headers.decode_raw(headers.first_value(of, "content-type"), splitting.charset)
    media_type, parameters = _media_type(written, default), header_parameters(written)
    placed = headers.decode_raw(headers.first_value(of, "content-disposition"), splitting.charset)
    name = header_parameters(placed).get("filename") or parameters.get("name", "")
    inner: tuple[Entity, ...] = ()
    defects: tuple[str, ...] = ()
    if media_type.startswith("multipart/"):
        found, defects = _inner(raw, body_start, end, media_type, parameters, level, splitting)
        inner = tuple(found)
    return Entity(
        of,
        media_type,
        parameters,
        placed.partition(";")[0].strip().lower(),
        headers.plain_line(headers.decode_words(name))[:500],
        b"" if inner else raw[body_start:end],
        inner,
        defects,
        level,
    )


def _inner(
    raw: bytes,
    start: int,
    end: int,
    media_type: str,
    parameters: dict[str, str],
    level: int,
    splitting: _Splitting,
) -> tuple[list[Entity], tuple[str, ...]]:
    boundary = parameters.get("boundary", "").rstrip()
    if not boundary:
        return [], ("a multipart without a boundary",)
    if level >= MAX_DEPTH:
        return [], (f"more than {MAX_DEPTH} levels of parts: what lies deeper is kept as it is",)
    found: list[Entity] = []
    default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    ranges, closed = _ranges(raw, start, end, boundary.encode("latin-1", "replace"))
    if not ranges:
        return [], ("a multipart without parts",)
    for begin, stop in ranges:
        if splitting.left <= 0:
            return found, (f"more than {MAX_PARTS} parts: the others are in the original alone",)
        found.append(_entity(raw, begin, stop, level + 1, splitting, default))
    return found, () if closed else ("a multipart that is cut off",)


def _ranges(
    raw: bytes, first: int, last: int, boundary: bytes
) -> tuple[list[tuple[int, int]], bool]:
    """Return the ranges of the parts, at most PARTS, and whether the last boundary was found."""
    mark = b"--" + boundary
    found: list[tuple[int, int]] = []
    start = -1
    at = first
    while (at := raw.find(mark, at, last)) >= 0:
        after = at + len(mark)
        if at > first and raw[at - 1 : at] != b"\n":
            at = after
            continue
        line_end = raw.find(b"\n", after, last)
        rest = raw[after : min(line_end if line_end >= 0 else last, after + 1000)].strip()
        if rest not in (b"", b"--"):
            at = after
            continue
        if start >= 0:
            stop = max(at - 1, start)
            stop -= stop > start and raw[stop - 1 : stop] == b"\r"
            found.append((start, stop))
        if rest == b"--" or line_end < 0 or len(found) > MAX_PARTS:
            return found, True
        start = at = line_end + 1
    if start >= 0:
        found.append((start, last))
    return found, False


def _media_type(written: str, default: str) -> str:
    found = TOKEN.match(written.partition(";")[0].strip().lower())
    if found:
        return found[0]
    return default if not written.strip() else "text/plain"


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """Return one value joined from its numbered pieces: only the first names the charset."""
    content, charset = b"", ""
    for number, (text, encoded) in sorted(pieces.items()):
        if encoded:
            if number == 0 and text.count("'") >= 2:
                charset, _language, text = text.split("'", 2)
            content += unquote_to_bytes(text)
        else:
            content += text.encode("utf-8", "replace")
    return headers.decode_text(content, charset)


def _base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _uu(body: bytes) -> bytes:
    begun = UU_BEGIN.search(body)
    if begun is None:
        return body
    found = bytearray()
    for line in body[begun.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            found += binascii.a2b_uu(line)
        except binascii.Error:
            # Some programs write a length that is too large: as many bytes as the line says.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            with_errors = line[:length]
            try:
                found += binascii.a2b_uu(with_errors)
            except binascii.Error:
                return body
    return bytes(found)
