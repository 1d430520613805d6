"""Signed reply addresses that say what a mail is about.

`support+t.<token>@example.net` is the mailbox `support@example.net` and an origin such as
`desk.ticket:123`. The token is lower-case base32, so that a server which folds the local part
changes nothing, and short, so that the local part keeps within its 64 octets (RFC 5321, 4.5.3.1.1).
A token proves that this installation wrote it, not who sent the mail that carries it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import force_bytes

from opale.messaging.domain.mail_addresses import split_address

VERSION = "a"
KINDS: Mapping[str, str] = {"t": "desk.ticket"}
"""Origins with a short form: the letter stands for the words before the number."""
PLAIN = "x"
SIGNATURE = 16
"""Letters of base32: 80 bits, with each guess a mail."""
LOCAL_PART = 64
MARKED = re.compile(r"[+=-]t\.([a-z2-7]+)$")
"""Some servers take another sign than + before what is added to a local part."""


def reply_address(mailbox_address: str, origin: str) -> str:
    """Return the mailbox's address with a token that leads an answer back to `origin`.

    It is the plain address where the mailbox's own name leaves no room for a token.
    """
    local, _at, domain = split_address(mailbox_address).address.rpartition("@")
    signed = f"{local}+t.{token_of(origin)}"
    return f"{signed if len(signed) <= LOCAL_PART else local}@{domain}"


def origin_of_address(address: str) -> str | None:
    """Return the origin that an address names; None where there is none or it is not ours."""
    local = split_address(address).address.rpartition("@")[0].lower()
    found = MARKED.search(local)
    return _read(found[1]) if found else None


def thread_message_id(origin: str) -> str:
    """Return the root Message-ID of all mails about `origin`: no mail has it, all refer to it.

    So mail programs of all recipients keep one thread, whichever mails they got.
    """
    return f"<t.{token_of(origin)}@{urlsplit(settings.BASE_URL).hostname}>"


def origin_of_thread(message_id: str) -> str | None:
    """Return the origin that `thread_message_id` gave this Message-ID, or None."""
    local = message_id.strip().strip("<>").rpartition("@")[0].lower()
    return _read(local[2:]) if local.startswith("t.") else None


def installation_name() -> str:
    """Return a name of this installation for its own mails, which reveals nothing about it."""
    return _digest(settings.SECRET_KEY, b"opale.installation", "")


def token_of(origin: str) -> str:
    body = VERSION + _short(origin)
    return body + _digest(settings.SECRET_KEY, b"opale.reply", body)


def _read(token: str) -> str | None:
    body, given = token[:-SIGNATURE], token[-SIGNATURE:]
    signed = [hmac.compare_digest(_digest(key, b"opale.reply", body), given) for key in _keys()]
    return _long(body[1:]) if any(signed) and body[:1] == VERSION else None


def _keys() -> Iterator[str | bytes]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _short(origin: str) -> str:
    words, _colon, number = origin.partition(":")
    for letter, known in KINDS.items():
        if words == known and number.isdecimal() and str(int(number)) == number:
            pk = int(number)
            return letter + _encoded(pk.to_bytes((pk.bit_length() + 7) // 8 or 1, "big"))
    return PLAIN + _encoded(origin.encode())


def _long(short: str) -> str | None:
    raw = _decoded(short[1:])
    if raw is None:
        return None
    if short[0] == PLAIN:
        return raw.decode(errors="replace")
    return f"{KINDS[short[0]]}:{int.from_bytes(raw, 'big')}" if short[0] in KINDS else None


def _digest(key: str | bytes, purpose: bytes, text: str) -> str:
    own = hashlib.sha256(purpose + b"\0" + force_bytes(key)).digest()
    return _encoded(hmac.digest(own, text.encode(), hashlib.sha256))[:SIGNATURE]


def _encoded(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
