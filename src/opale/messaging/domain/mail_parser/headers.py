"""Parsing of mail headers line by line: in linear time, for any input.

Python's own header parser follows the grammar, and takes minutes for a header of a megabyte that
was written to make it do so. Opale needs less than the whole grammar.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Sequence
from typing import Final

from opale.messaging.domain.mail_parser.parsed_mail import Address

FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
WORD: Final = re.compile(r"=\?([!-+\--<>@-~]{1,60})\?([bqBQ])\?([ ->@-~]*?)\?=")
BETWEEN_WORDS: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,500}>")
UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ADDRESS_TOKENS: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|<[^<>]*>|[,;]|[^",;<>()]+|.', re.DOTALL
)
BARE_ID: Final = re.compile(r"[^<>\s@\"(),;:]{1,250}@[^<>\s@\"(),;]{1,249}")
CHARSET: Final = re.compile(rb"\bcharset\s{0,9}=\s{0,9}[\"']?([\w.:-]{2,40})", re.IGNORECASE)
SEARCHED_FOR_CHARSET: Final = 100_000
"""Bytes of a mail in which the charset of its texts is looked for."""
MAILBOX: Final = re.compile(r"[^@]+@(?:\[[^][@]+\]|[^][@.]{1,63}(?:\.[^][@.]{1,63})*)")
"""An address that a mail server may know: what else looks like one can only fail."""
ADDRESS_LENGTH: Final = 320
LIST_LENGTH: Final = 20_000
LONGEST_HEAD: Final = 4 * 1024 * 1024

ESCAPE: Final = b"\x1b$"

Fields = list[tuple[str, bytes]]


def split_head(raw: bytes) -> tuple[bytes, bytes]:
    """Split a mail into its head and its body."""
    head_end, body_start = split_at(raw, 0, len(raw))
    return raw[:head_end], raw[body_start:]


def split_at(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the head of the part at `start` ends, and where its body begins.

    A head of more than LONGEST_HEAD is cut off there.
    """
    for empty in (b"\n", b"\r\n"):
        if raw.startswith(empty, start, end):
            return start, start + len(empty)
    limit = min(end, start + LONGEST_HEAD)
    ends = [
        (at, at + len(mark))
        for mark in (b"\r\n\r\n", b"\n\n")
        if (at := raw.find(mark, start, limit)) >= 0
    ]
    return min(ends) if ends else (limit, limit)


def parse_fields(head: bytes) -> Fields:
    """Return names as written and unfolded values. Lines that are no field are skipped."""
    found: Fields = []
    name, lines = "", [b""]
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t"):
            lines.append(line)
            continue
        if name:
            found.append((name, b" ".join(part.strip() for part in lines).strip()))
        matched = FIELD.match(line)
        name = matched[1].decode("ascii") if matched else ""
        lines = [line[matched.end() :]] if matched else [b""]
    if name:
        found.append((name, b" ".join(part.strip() for part in lines).strip()))
    return found


def first_value(of: Fields, name: str) -> bytes:
    return next((value for one, value in of if one.lower() == name), b"")


def declared_charset(raw: bytes) -> str:
    """Return the charset that a mail names first for its texts; "" for none.

    Programs that write raw bytes into their headers write them in the charset of their texts.
    """
    found = CHARSET.search(raw, 0, SEARCHED_FOR_CHARSET)
    return found[1].decode("ascii", "replace") if found else ""


def decode_header(value: bytes, charset: str = "") -> str:
    """Return a header as text: raw bytes in any charset, and encoded words (RFC 2047).

    `charset` is the one that the mail names for its texts, for bytes that are not UTF-8.
    """
    return plain_line(decode_words(decode_raw(value, charset)))


def decode_raw(value: bytes, charset: str) -> str:
    """Return raw bytes of a header as text: UTF-8 where they can be, else in that charset."""
    if ESCAPE in value:  # Japanese, Korean or Chinese in bytes of seven bits (RFC 1468)
        named = find_codec(charset)
        return decode_text(value, named if named.startswith("iso2022") else "iso2022_jp_2")
    if value.isascii():
        return value.decode("ascii")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return decode_text(value, charset)


def decode_words(text: str) -> str:
    """Return the text with encoded words decoded; broken ones stay as they are."""
    if "=?" not in text:
        return text
    joined = BETWEEN_WORDS.sub(r"\1", text)
    parts: list[str] = []
    end = 0
    waiting, charset = b"", ""
    for word in WORD.finditer(joined):
        content = _word_bytes(word[2], word[3])
        if content is None:
            continue
        between = joined[end : word.start()]
        named = word[1].partition("*")[0]
        # Broken encoders cut a character between two words of one charset.
        if waiting and (between or named.lower() != charset.lower()):
            parts.append(decode_text(waiting, charset))
            waiting = b""
        if between:
            parts.append(between)
        waiting, charset, end = waiting + content, named, word.end()
    if waiting:
        parts.append(decode_text(waiting, charset))
    parts.append(joined[end:])
    return "".join(parts)


def decode_text(content: bytes, charset: str = "") -> str:
    """Decode bytes in the named charset, else in the one that they look like. Never fails."""
    named = find_codec(charset)
    for codec in (named, "utf-8"):
        if codec:
            try:
                return content.decode(codec)
            except (UnicodeError, ValueError):
                continue
    if named and named != "utf-8":
        return content.decode(named, "replace")
    return content.decode("cp1252", "replace")


ALIASES: Final = {
    "unicode-1-1-utf-7": "utf-7",
    "x-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi": "cp1252",
    "unknown-8bit": "",
    "x-unknown": "",
    "default": "",
}


def find_codec(charset: str) -> str:
    """Return the codec for a charset's name as mails write it; "" for an unknown one.

    Only codecs from bytes to text count: `hex` and `zlib` are no charsets.
    """
    name = charset.strip().strip("\"'").lower()
    if not name or len(name) > 40 or not name.isascii():
        return ""
    name = ALIASES.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # An attribute of CPython's: the only way to tell text from the other codecs.
    if not getattr(found, "_is_text_encoding", True) or found.name in ("idna", "punycode"):
        return ""
    if found.name in ("unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"):
        return ""
    return found.name


def plain_line(text: str) -> str:
    """Return the text as one line that PostgreSQL can store."""
    return " ".join(UNPRINTABLE.sub("", text).split())


def message_ids_in(text: str, *, limit: int = 200) -> tuple[str, ...]:
    """Return the Message-IDs of a header, each once: the first and last ones of too many.

    Some programs leave out the brackets: then nothing but identifiers may stand there.
    """
    found = list(dict.fromkeys(MESSAGE_ID.findall(text)))
    if not found and all(map(BARE_ID.fullmatch, words := text.split())):
        found = [f"<{word}>" for word in dict.fromkeys(words)]
    if len(found) > limit:
        found = [found[0], *found[-(limit - 1) :]]
    return tuple(found)


def parse_addresses(
    value: bytes, *, limit: int = LIST_LENGTH, charset: str = ""
) -> tuple[Address, ...]:
    """Return the addresses of a header, those in groups included, at most `limit`.

    `charset` as in `decode_header`.
    """
    found: list[Address] = []
    words: list[str] = []
    angle: str | None = None
    for token in ADDRESS_TOKENS.findall(decode_raw(value, charset)):
        if token in (",", ";"):
            _add(found, words, angle)
            words, angle = [], None
            if len(found) >= limit:
                return tuple(found)
        elif token.startswith("<") and token.endswith(">"):
            angle = token[1:-1]
        else:
            words.append(token)
    _add(found, words, angle)
    return tuple(found)


def parse_first_address(value: bytes, charset: str = "") -> Address:
    found = parse_addresses(value[:8192], limit=1, charset=charset)
    return found[0] if found else Address()


def _add(found: list[Address], words: Sequence[str], angle: str | None) -> None:
    if angle is None:
        name, angle = _bare(words)
    else:
        name = _name(words)
    # The text before a colon is the name of a group, or the route of RFC 822.
    address = plain_line(angle).rpartition(":")[2].replace(" ", "").strip("<>'\"")
    # A name that ends in a dot is the same host, spelled from the root.
    address = address.lower()[:ADDRESS_LENGTH].rstrip(".")
    if not MAILBOX.fullmatch(address):
        name, address = name or plain_line(decode_words(angle)).rstrip(":"), ""
    if name or address:
        found.append(Address(name[:ADDRESS_LENGTH], address))


def _bare(words: Sequence[str]) -> tuple[str, str]:
    """Return name and address written without brackets: `support@example.net (Support)`."""
    comments = [word for word in words if word.startswith("(") and word.endswith(")")]
    rest = "".join(word for word in words if word not in comments).strip()
    return _name([comment[1:-1] for comment in comments]), rest


def _name(words: Iterable[str]) -> str:
    parts = [
        re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') and len(word) > 1 else word
        for word in words
        if not (word.startswith("(") and word.endswith(")"))
    ]
    return plain_line(decode_words("".join(parts))).strip("'\" ")


def _word_bytes(encoding: str, text: str) -> bytes | None:
    if encoding in "qQ":
        return binascii.a2b_qp(text.replace("_", " ").encode("ascii", "replace"), header=True)
    padded = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4))
    except (binascii.Error, ValueError):
        return None
