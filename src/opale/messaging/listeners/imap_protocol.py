"""Encoding and decoding of IMAP commands and responses.

IMAPClient parses the responses; it has no asyncio itself.
"""

import re
from collections.abc import Sequence
from typing import Any

from imapclient import imap_utf7
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from opale.messaging.domain.mailbox_errors import MailboxError

Line = bytes | tuple[bytes, bytes]
Response = list[Line]
"""As imaplib gives it: lines, those that end with a literal together with it."""


def parse_fetch(lines: list[Response]) -> dict[int, dict[bytes, Any]]:
    """Return what the responses say of each message, by its UID."""
    texts: list[Any] = []
    for line in lines:
        first = flatten(line[0])
        if not re.match(rb"\* \d+ FETCH ", first, re.IGNORECASE):
            continue
        # As imaplib gives it: without `* ` and FETCH, the number before the list.
        head = re.sub(rb"^\* (\d+) FETCH ", rb"\1 ", first, flags=re.IGNORECASE)
        rest = line[0]
        texts.append((head, rest[1]) if isinstance(rest, tuple) else head)
        texts.extend(line[1:])
    if not texts:
        return {}
    try:
        parsed: dict[int, dict[bytes, Any]] = parse_fetch_response(texts, normalise_times=False)
    except (ProtocolError, ValueError) as error:
        raise MailboxError("words", str(error)) from error
    return parsed


def flatten(line: Line | Response) -> bytes:
    while not isinstance(line, bytes):
        line = line[0]
    return line


def parse_tagged(line: bytes) -> tuple[bytes, bytes]:
    """Return status and text of the last line of a response."""
    _tag, _space, rest = line.partition(b" ")
    status, _space, text = rest.partition(b" ")
    return status.upper(), text


def decode_answer(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def quote_string(text: str) -> bytes:
    if any(sign in text for sign in "\r\n\0"):
        raise MailboxError("login", "a line break")
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def encode_folder(name: str) -> bytes:
    encoded: bytes = imap_utf7.encode(name)
    return quote_string(encoded.decode("ascii"))


def uid_set(uids: Sequence[int]) -> bytes:
    """Return UIDs as an IMAP set, neighbours folded: `1:3,7`."""
    ranges: list[list[int]] = []
    for uid in sorted(uids):
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return b",".join(
        b"%d" % first if first == last else b"%d:%d" % (first, last) for first, last in ranges
    )
