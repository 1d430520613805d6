"""The text of an HTML mail, for reading and searching; not for showing the HTML itself.

Tokens are found in linear time, also in broken HTML. Quotes become lines with ">", as in a mail of
plain text, so that they are cut by the same rules.
"""

import re
from html import unescape
from typing import Final

from opale.messaging.domain.mail_parser.headers import UNPRINTABLE

LONGEST: Final = 2_000_000
TOKEN: Final = re.compile(
    r"<!--|<[a-zA-Z/!?][^<>]*>|(?:[^<]++|<(?!!--|[a-zA-Z/!?][^<>]*>))++", re.ASCII
)
"""A comment's begin, a tag, or all the text up to the next of them."""
TAG: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>\Z")
COMMENT: Final = "<!--"
NAME: Final = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9:]*)")
HREF: Final = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
ALT: Final = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
SPACED: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"))
SILENT: Final = frozenset(("script", "style", "head", "title", "template", "noscript"))
OUTLOOK_QUOTE: Final = re.compile(
    r"""border-top:\s*solid\s+#(?:e1e1e1|b5c4df)|id\s*=\s*["']?(?:divRplyFwdMsg|appendonsend|"""
    r"""reply-intro)|class\s*=\s*["'][^"']*\b(?:moz-cite-prefix|gmail_attr|gmail_quote_attribution"""
    r"""|protonmail_quote|yahoo_quoted)""",
    re.IGNORECASE,
)
QUOTE_MARK: Final = "\x01"
"""Marks where a mail program began its quote; no text contains it (UNPRINTABLE)."""


def html_to_text(html: str) -> str:
    """Return the visible text. May hold QUOTE_MARK on a line of its own, see `quotes`."""
    writer = _Writer()
    end_of_comments = False
    position, html = 0, html[:LONGEST]
    while found := TOKEN.match(html, position):
        token, position = found[0], found.end()
        if token == COMMENT:
            end = -1 if end_of_comments else html.find("-->", position)
            if end < 0:
                end_of_comments = True
            else:
                position = end + 3
        elif TAG.match(token):
            writer.tag(token)
        else:
            writer.words(token)
    return writer.text()


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.pre = 0
        self.silent = ""
        self.link = ""
        self.anchor = -1
        """Where the text of the link begins in the line; -1 outside links, which hold no others."""

    def tag(self, token: str) -> None:
        named = NAME.match(token)
        if named is None:
            return
        name, closing = named[1].lower(), token.startswith("</")
        if self.silent:
            # An unclosed head ends where the body begins.
            if (closing and name == self.silent) or name == "body":
                self.silent = ""
            return
        if name in SILENT and not closing and not token.endswith("/>"):
            self.silent = name
        elif not closing and OUTLOOK_QUOTE.search(token[:2000]):
            self.end_line()
            self.lines.append(QUOTE_MARK)
        self._structure(name, token, closing=closing)

    def _structure(self, name: str, token: str, *, closing: bool) -> None:
        if name == "br":
            self.end_line(force=True)
        elif name in ("td", "th") and closing:
            self.line.append(" ")
        elif name == "img":
            alt = ALT.search(token[:2000])
            words = unescape((alt[1] or alt[2] or "") if alt else "")
            if words.strip():
                self.line.append(f"[{' '.join(words.split())}]")
        elif name == "a":
            self._anchor(token, closing=closing)
        elif name in BLOCKS:
            self.end_line()
            if name in SPACED:
                self.empty_line()
            if name == "blockquote":
                self.quotes = max(0, self.quotes + (-1 if closing else 1))
            elif name == "pre":
                self.pre = max(0, self.pre + (-1 if closing else 1))
            elif name == "li" and not closing:
                self.line.append("- ")
            elif name == "hr" and not closing:
                self.lines.append(self._prefix() + "----")

    def _anchor(self, token: str, *, closing: bool) -> None:
        if not closing:
            href = HREF.search(token[:4000])
            self.link = unescape((href[1] or href[2] or href[3] or "") if href else "").strip()
            self.anchor = len(self.line)
            return
        if self.anchor < 0:
            return
        shown = " ".join("".join(self.line[self.anchor :]).split())
        self.anchor = -1
        link = self.link if self.link.lower().startswith(("http:", "https:")) else ""
        if link and len(link) <= 1000 and shown and shown.rstrip("/") not in link:
            self.line.append(f" <{link}>")
        self.link = ""

    def words(self, token: str) -> None:
        if self.silent:
            return
        text = unescape(token).replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")
        if not self.pre:
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", text))
            return
        first, *others = text.replace("\r\n", "\n").split("\n")
        self.line.append(first)
        for line in others:
            self.end_line(force=True)
            self.line.append(line)

    def end_line(self, *, force: bool = False) -> None:
        text = "".join(self.line)
        self.anchor = -1
        text = text.rstrip() if self.pre else re.sub(r" {2,}", " ", text).strip()
        self.line = []
        if text or force:
            self.lines.append(f"{self._prefix()}{UNPRINTABLE.sub('', text)}".rstrip())

    def empty_line(self) -> None:
        if self.lines and self.lines[-1].strip("> ") and self.lines[-1] != QUOTE_MARK:
            self.lines.append(self._prefix().rstrip())

    def text(self) -> str:
        self.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _prefix(self) -> str:
        return "> " * min(self.quotes, 10)
