"""The layout of every mail: the same words as plain text and as HTML.

The HTML is of tables and inline styles, as mail programs need it, loads nothing from elsewhere
and supports dark mode. The text part contains everything too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

FRAME = "messaging/mail/frame.html"
PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


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


def letter_as_text(letter: Letter) -> str:
    said = [part for part in (reply_mark(letter), letter.body.strip()) if part]
    if letter.links:
        said.append("\n".join(f"{words}\n{address}" for words, address in letter.links))
    # The sign at which mail programs begin a signature is two dashes and a space.
    links = (f"{words}\n{address}" for words, address in letter.foot_links)
    said.append("\n".join(["-- ", *letter.signature, *letter.foot, *links]))
    return "\n\n".join(said) + "\n"


def letter_as_html(letter: Letter) -> str:
    return render_to_string(
        FRAME,
        {
            "letter": letter,
            "mark": reply_mark(letter),
            "paragraphs": PARAGRAPHS.split(letter.body.strip()),
        },
    )


def reply_mark(letter: Letter) -> str:
    if not letter.answered:
        return ""
    with translation.override(letter.language):
        return f"--- {_('Reply above this line')} ---"
