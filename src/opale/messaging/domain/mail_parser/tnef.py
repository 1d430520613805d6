"""The files in a winmail.dat (TNEF), as Outlook sends them to other mail programs.

The one library for it is not maintained, and takes a time that grows with the square of the file.
Only the attachments are read.
Source: [MS-OXTNEF], 2.1.3.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from opale.messaging.domain.mail_parser.headers import decode_text, plain_line

SIGNATURE: Final = 0x223E9F78
ATTACHMENT: Final = 2
NEW_ATTACHMENT: Final = 0x9002
DATA: Final = 0x800F
TITLE: Final = 0x8010
PROPERTIES: Final = 0x9005
MEDIA_TYPE: Final = 0x370E
LONG_NAME: Final = 0x3707
CONTENT_ID: Final = 0x3712
FIXED: Final = {2: 4, 3: 4, 4: 4, 10: 4, 11: 4, 5: 8, 6: 8, 7: 8, 20: 8, 64: 8, 72: 16}
"""Bytes of the types of a fixed length, as they are padded."""
VARIABLE: Final = frozenset((13, 30, 31, 258))
MAX_ATTACHMENTS: Final = 500


@dataclass(slots=True)
class TnefFile:
    name: str = ""
    media_type: str = ""
    content_id: str = ""
    content: bytes = field(default=b"", repr=False)


def read_attachments(content: bytes) -> list[TnefFile]:
    """Return the attached files; none for what is no TNEF, or ends before the first."""
    found: list[TnefFile] = []
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        return found
    for level, name, start, end in _attributes(content):
        if name == NEW_ATTACHMENT:
            if len(found) >= MAX_ATTACHMENTS:
                break
            found.append(TnefFile())
        elif level == ATTACHMENT and found:
            if name == DATA:
                found[-1].content = content[start:end]
            elif name == TITLE:
                found[-1].name = found[-1].name or plain_line(decode_text(content[start:end]))
            elif name == PROPERTIES:
                _read_properties(found[-1], content[start:end])
    return [one for one in found if one.content]


def _attributes(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    at = 6
    while at + 9 <= len(content):
        level, name, _kind, length = struct.unpack_from("<BHHI", content, at)
        start, end = at + 9, at + 9 + length
        if end + 2 > len(content):
            return
        yield level, name, start, end
        at = end + 2


def _read_properties(one: TnefFile, content: bytes) -> None:
    try:
        for name, kind, value in _properties(content):
            text = value.decode("utf-16-le", "replace") if kind == 31 else decode_text(value)
            text = plain_line(text)
            if name == LONG_NAME and text:
                one.name = text
            elif name == MEDIA_TYPE:
                one.media_type = text.lower()
            elif name == CONTENT_ID:
                one.content_id = text.strip("<>")
    except struct.error:
        return


def _properties(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the wanted properties, up to the first unknown type. Errors: struct.error."""
    (count,) = struct.unpack_from("<I", content)
    at = 4
    for _ in range(min(count, 500)):
        kind, name = struct.unpack_from("<HH", content, at)
        at += 4
        if name >= 0x8000:
            at += 16
            (named,) = struct.unpack_from("<I", content, at)
            at += 4
            if named == 1:
                (length,) = struct.unpack_from("<I", content, at)
                at += 4 + length + -length % 4
            else:
                at += 4
        if kind in FIXED:
            at += FIXED[kind]
            continue
        if kind not in VARIABLE:
            return
        (values,) = struct.unpack_from("<I", content, at)
        at += 4
        for _value in range(min(values, 500)):
            (length,) = struct.unpack_from("<I", content, at)
            at += 4
            if name in (LONG_NAME, MEDIA_TYPE, CONTENT_ID):
                yield name, kind, content[at : at + min(length, 4096)]
            at += length + -length % 4
