"""When two mails are the same.

*One delivery* is the same bytes at the same mailbox: what a source hands over again because it did
not hear the first answer. *One message* is the same words of the same writer, by whatever route:
the hash covers the body, whose line ends and last empty lines do not count, and the headers that
the writer set. What is written on the way (Received, Return-Path, Delivered-To, signatures,
Authentication-Results, list headers, marks of filters) is left out.

A program may send the very same mail twice and mean it ("disk full"). Where a mail has neither
Message-ID nor Date, nothing tells the second from a copy of the first: it counts as another one,
for a ticket too many is seen and one too few is not.
"""

import hashlib
import secrets
from typing import Final

from opale.messaging.domain.mail_parser.headers import Fields, first_value, parse_fields, split_head

WRITTEN_BY_SENDER: Final = (
    "message-id",
    "date",
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
)


def raw_hash(raw: bytes, of: Fields) -> str:
    """Of one delivery. Of a mail that nothing tells from its like, one of its own."""
    digest = hashlib.sha256(raw)
    if not (_is_named(of) or first_value(of, "received")):
        digest.update(secrets.token_bytes(16))
    return digest.hexdigest()


def content_hash(raw: bytes) -> str:
    """Of one message."""
    head, body = split_head(raw)
    of = parse_fields(head)
    digest = hashlib.sha256()
    for name in WRITTEN_BY_SENDER:
        for one, value in of:
            if one.lower() == name:
                digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    if not _is_named(of):
        digest.update(secrets.token_bytes(16))
    return digest.hexdigest()


def _is_named(of: Fields) -> bool:
    return bool(first_value(of, "message-id") or first_value(of, "date"))
