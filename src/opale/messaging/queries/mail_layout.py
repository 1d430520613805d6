"""The layout of every mail: the same words as plain text and as HTML.

The HTML is of tables and inline styles, as mail programs need it, loads nothing from elsewhere
and supports dark mode. The text part contains everything too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.ui.markdown_mail import STYLES, MailPicture, markdown_as_mail
from opale.ui.markdown_text import markdown_as_text
from opale.ui.markup import join_html

Format = Literal["plain", "markdown"]

FRAME = "messaging/mail/frame.html"
PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
LOGO: Final = "logo"
"""The name of the logo among the pictures of a mail."""
MESSAGE_PLACE: Final = "\ufffc"
"""The character that stands in a body for a message in Markdown (`with_message`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The letterhead of a mail in its language: its footer by lines, and its logo.

    `logo_file` is an attachment of the outbox, shown as `LOGO`, and `logo_size` its pixels.
    """

    company: str
    footer: Sequence[str] = ()
    logo_file: Mapping[str, str] = field(default_factory=dict)
    logo_size: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table of a mail; the first row is its head.

    Of a table of `figures`, all columns but the first are numbers.
    """

    rows: Sequence[Sequence[str]]
    title: str = ""
    figures: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The parts of a mail's text; `body` is plain text with empty lines between its paragraphs.

    `signature` says who writes and what about, a line each; `foot` is small print below it.
    `answered` letters carry the line above which an answer is written.
    """

    language: str
    body: str
    signature: Sequence[str] = ()
    foot: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = field(default=())
    """Labels and addresses of links below the body, for acts in a browser."""
    foot_links: Sequence[tuple[str, str]] = field(default=())
    """Links in small print below all else."""
    answered: bool = False
    blocks: Sequence[tuple[Format, str]] = ()
    """The parts of the body by their format; without them, all of it is plain text."""
    tables: Sequence[Table] = ()
    """Tables between the body and the links."""
    head: Head | None = None
    """The logo above and the company's footer below all else, of a mail to a customer."""


def with_message(letter: Letter, message: str) -> Letter:
    """Return the letter with a message in Markdown at `MESSAGE_PLACE` of its plain body."""
    before, place, after = letter.body.partition(MESSAGE_PLACE)
    if not place:
        return letter
    blocks: list[tuple[Format, str]] = [("plain", before), ("markdown", message), ("plain", after)]
    return replace(
        letter,
        body=f"{before}{markdown_as_text(message)}{after}",
        blocks=[(kind, text) for kind, text in blocks if text.strip()],
    )


def stored_letter(parts: Mapping[str, Any]) -> Letter:
    """Return the letter that a mail in the outbox holds; an older one has no letterhead."""
    letter = Letter(**parts)
    letter = replace(letter, tables=[Table(**one) for one in parts.get("tables", ())])
    return replace(letter, head=Head(**parts["head"])) if parts.get("head") else letter


def letter_as_text(letter: Letter) -> str:
    said = [part for part in (reply_mark(letter), letter.body.strip()) if part]
    said += map(_table_as_text, letter.tables)
    if letter.links:
        said.append("\n".join(f"{words}\n{address}" for words, address in letter.links))
    # The sign at which mail programs begin a signature is two dashes and a space.
    links = (f"{words}\n{address}" for words, address in letter.foot_links)
    said.append("\n".join(["-- ", *letter.signature, *letter.foot, *links]))
    if letter.head and letter.head.footer:
        said.append("\n".join([letter.head.company, *letter.head.footer]))
    return "\n\n".join(said) + "\n"


def _table_as_text(table: Table) -> str:
    """Return a table as lines: figures below each other, the cells of other rows one after
    another."""
    title = [table.title] if table.title else []
    if not table.figures:
        return "\n".join([*title, *(" · ".join(filter(None, row)) for row in table.rows)])
    widths = [max(map(len, column)) for column in zip(*table.rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table.rows
    )
    return "\n".join([*title, *lines])


def letter_as_html(
    letter: Letter, pictures: Mapping[str, MailPicture] | None = None, *, logo: str = ""
) -> str:
    """Return the HTML; `pictures` are those that messages in Markdown show, by name.

    `logo` is the address of the letterhead's logo where it is not one of these.
    """
    blocks = letter.blocks or [("plain", letter.body)]
    drawn = [
        markdown_as_mail(text, pictures or {}) if kind == "markdown" else _paragraphs(text)
        for kind, text in blocks
    ]
    if pictures and LOGO in pictures:
        logo = f"cid:{pictures[LOGO].content_id}"
    context = {
        "letter": letter,
        "mark": reply_mark(letter),
        "body": join_html(drawn),
        "logo": logo if letter.head and letter.head.logo_file else "",
    }
    return render_to_string(FRAME, context)


def _paragraphs(text: str) -> SafeString:
    paragraphs = (urlize(one, autoescape=True) for one in PARAGRAPHS.split(text.strip()))
    return join_html(
        format_html('<p style="{}">{}</p>\n', STYLES["p"], linebreaksbr(SafeString(one)))
        for one in paragraphs
    )


def reply_mark(letter: Letter) -> str:
    if not letter.answered:
        return ""
    with translation.override(letter.language):
        return f"--- {_('Reply above this line')} ---"
