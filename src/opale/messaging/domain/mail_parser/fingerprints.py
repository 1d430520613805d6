"""Hashes that tell whether two mails are the same.

*One delivery* is the same bytes at the same mailbox: what a source hands over again because it did
not get the first answer. *One message* is the same words of the same writer, by any route: the
hash covers the body, whose line ends and last empty lines do not count, and the headers that the
writer set. What is added on the way (Received, Return-Path, Delivered-To, signatures,
Authentication-Results, list headers, marks of filters) is left out.

A program may send the very same mail twice and mean it ("disk full"). Where a mail has neither
Message-ID nor Date, the second cannot be told from a copy of the first: it counts as another one,
for a ticket too many is noticed and a missing one is not.
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
    """Return the hash of one delivery, unique where a mail has no Message-ID and no Date."""
    digest = hashlib.sha256(raw)
    if not (_is_named(of) or first_value(of, "received")):
        digest.update(secrets.token_bytes(16))
    return digest.hexdigest()


def content_hash(raw: bytes) -> str:
    """Return the hash of one message."""
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
