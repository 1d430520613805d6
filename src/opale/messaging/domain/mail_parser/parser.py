"""Parsing of a mail: any input gives a result, in bounded time and memory."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import Final

from opale.messaging.domain.mail_parser import headers, mime, tnef
from opale.messaging.domain.mail_parser.authentication import read_authentication
from opale.messaging.domain.mail_parser.automatic_mail import classify_author
from opale.messaging.domain.mail_parser.bounces import read_bounce
from opale.messaging.domain.mail_parser.headers import Fields
from opale.messaging.domain.mail_parser.html_text import QUOTE_MARK, html_to_text
from opale.messaging.domain.mail_parser.language import detect_language
from opale.messaging.domain.mail_parser.parsed_mail import Address, ParsedMail, Part
from opale.messaging.domain.mail_parser.quotes import strip_quotes

UNKNOWN: Final = "application/octet-stream"
LONGEST_TEXT: Final = 5_000_000
CID: Final = re.compile(r"cid:([^\s\"'<>)]{1,500})")
FORWARDED: Final = re.compile(r"\s*(?:fwd?|tr|wg)\s*:", re.IGNORECASE)
KEPT_HEADERS: Final = 300
LONGEST_HEADER: Final = 10_000
TNEF_TYPES: Final = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
EXTENSIONS: Final = {
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pdf": "pdf",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
}


def parse_mail(
    raw: bytes,
    *,
    trusted_servers: Collection[str] = (),
    installation: str = "",
    envelope_from: str = "",
) -> ParsedMail:
    """Parse a mail. Never raises, whatever the mail contains.

    `trusted_servers` are those of the mailbox (`authentication`), `installation` is our own mark,
    `envelope_from` is "<>" where the mail came without a sender, "" where none is known.
    """
    tree = mime.parse_mime(raw)
    of = tree.fields
    charset = headers.declared_charset(raw)
    body = _Body()
    body.take(tree)
    text = body.text()
    html = body.html()
    sender = headers.parse_first_address(headers.first_value(of, "from"), charset)
    bounce = read_bounce(tree, of, sender, text, envelope_from)
    subject = headers.decode_header(headers.first_value(of, "subject"), charset)[:998]
    # A forwarded text is the message itself, quoted or not.
    shown = _without_marks(text) if FORWARDED.match(subject) else strip_quotes(text)
    text = _without_marks(text)
    return ParsedMail(
        message_id=next(iter(_ids(of, "message-id")), ""),
        in_reply_to=next(iter(_ids(of, "in-reply-to")), ""),
        references=_ids(of, "references"),
        subject=subject,
        from_=sender,
        sender=headers.parse_first_address(headers.first_value(of, "sender"), charset),
        to=_addresses(of, "to", charset),
        cc=_addresses(of, "cc", charset),
        reply_to=_addresses(of, "reply-to", charset),
        date=_date(headers.first_value(of, "date")),
        text=text,
        text_shown=shown,
        html=html,
        parts=_parts(body.files, html),
        auto=classify_author(
            of,
            sender,
            bounce=bounce,
            envelope_from=envelope_from,
            installation=installation,
            media_types={part.media_type for part in mime.walk(tree)},
        ),
        bounce=bounce,
        authenticated=read_authentication(of, sender, trusted_servers),
        language=detect_language(shown),
        defects=tuple(dict.fromkeys([*_head_defects(of), *body.defects])),
        headers=tuple(
            (name, headers.decode_header(value[:LONGEST_HEADER], charset))
            for name, value in of[:KEPT_HEADERS]
        ),
    )


class _Body:
    """The body texts of a mail, and its parts that are files."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []
        self.files: list[mime.Entity] = []
        self.defects: list[str] = []
        self.left = LONGEST_TEXT

    def take(self, entity: mime.Entity) -> None:
        self.defects.extend(entity.defects)
        if entity.media_type == "multipart/alternative":
            self._take_one_of(entity.inner)
        elif entity.inner:
            for one in entity.inner:
                self.take(one)
        elif not self._is_read(entity):
            self._file(entity)
        else:
            plain, html = self._read(entity)
            self.pieces.append((plain, html))

    def text(self) -> str:
        texts = [plain or html_to_text(html) for plain, html in self.pieces]
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())

    def html(self) -> str:
        if not any(html for _, html in self.pieces):
            return ""
        return "\n".join(html or f"<pre>{escape(plain)}</pre>" for plain, html in self.pieces)

    def _take_one_of(self, alternatives: Sequence[mime.Entity]) -> None:
        """Take the plain text and the HTML of the same words; the other forms are files."""
        inner = _Body()
        inner.left = self.left
        for one in alternatives:
            inner.take(one)
        self.left = inner.left
        self.files.extend(inner.files)
        self.defects.extend(inner.defects)
        plain = next((text for text, _ in inner.pieces if text.strip()), "")
        html = next((text for _, text in inner.pieces if text.strip()), "")
        if plain or html:
            self.pieces.append((plain, html))

    def _is_read(self, entity: mime.Entity) -> bool:
        if entity.disposition == "attachment" or entity.name:
            return False
        return entity.media_type in ("text/plain", "text/html", "text/enriched") or (
            entity.media_type.startswith("multipart/") and not entity.inner
        )

    def _read(self, entity: mime.Entity) -> tuple[str, str]:
        text = entity.text()
        if len(text) > self.left:
            self.defects.append("the text is cut: the whole of it is in the original")
            text = text[: self.left]
        self.left -= len(text)
        return ("", text) if entity.media_type == "text/html" else (text, "")

    def _file(self, entity: mime.Entity) -> None:
        if entity.body or entity.name:
            self.files.append(entity)


def _parts(files: Sequence[mime.Entity], html: str) -> tuple[Part, ...]:
    found: list[Part] = []
    shown = frozenset(CID.findall(html))
    for number, entity in enumerate(files, 1):
        content = entity.content()
        is_tnef = entity.media_type in TNEF_TYPES or entity.name.lower() == "winmail.dat"
        if is_tnef and (inside := tnef.read_attachments(content)):
            found.extend(
                Part(one.name, one.media_type or UNKNOWN, one.content_id, False, one.content)
                for one in inside
            )
            continue
        content_id = entity.content_id
        is_picture = entity.media_type.startswith("image/") and bool(content_id)
        inline = content_id in shown or (entity.disposition == "inline" and is_picture)
        name = entity.name or _name(entity, number)
        found.append(Part(name, entity.media_type, content_id, inline, content))
    return tuple(found)


def _name(entity: mime.Entity, number: int) -> str:
    end = EXTENSIONS.get(entity.media_type, "bin")
    if entity.media_type == "message/rfc822":
        head = headers.parse_fields(headers.split_head(entity.body[:20_000])[0])
        if subject := headers.decode_header(headers.first_value(head, "subject"))[:100]:
            return f"{subject}.{end}"
    return f"part-{number}.{end}"


def _ids(of: Fields, name: str) -> tuple[str, ...]:
    return headers.message_ids_in(
        headers.plain_line(headers.decode_text(headers.first_value(of, name)))
    )


def _addresses(of: Fields, name: str, charset: str) -> tuple[Address, ...]:
    found = [
        one
        for header, value in of
        if header.lower() == name
        for one in headers.parse_addresses(value, charset=charset)
    ]
    return tuple(found[: headers.LIST_LENGTH])


def _date(value: bytes) -> datetime | None:
    with suppress(ValueError, TypeError, OverflowError, IndexError):
        found = parsedate_to_datetime(headers.plain_line(headers.decode_text(value[:200])))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    return None


def _head_defects(of: Fields) -> list[str]:
    names = [name.lower() for name, _ in of]
    found = [f"no {name}" for name in ("From", "Date", "Message-ID") if name.lower() not in names]
    for name in ("From", "Subject", "Message-ID", "Date"):
        if names.count(name.lower()) > 1:
            found.append(f"more than one {name}: the first counts")
    return found


def _without_marks(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line != QUOTE_MARK)
