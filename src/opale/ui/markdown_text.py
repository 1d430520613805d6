"""Markdown as plain text to read, and plain text that stays as it is inside Markdown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from opale.ui.markdown import is_formatted, new_parser

WEB_ADDRESS: Final = re.compile(
    r"(?<![A-Za-z0-9])https?://[^\s<>\[\]\"`{}|\\^]*[^\s<>\[\]\"`{}|\\^*_~]"
)
MARKS: Final = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)")
"""Characters that begin or end a mark anywhere in a line."""
FILE: Final = re.compile(r"\]\((file:\d{1,15})\)")
"""Where a text names one of its files."""
INDENTATION: Final = re.compile(r"^[ \t]+", re.MULTILINE)
LINE_BEGINNING: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#>+=:-]))", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Return plain text such that Markdown shows it as it is: values of fields, for instance."""
    done: list[str] = []
    last, text = 0, INDENTATION.sub("", text)
    for address in WEB_ADDRESS.finditer(text):
        done += [_escape(text[last : address.start()]), address[0]]
        last = address.end()
    done.append(_escape(text[last:]))
    return LINE_BEGINNING.sub(lambda begun: f"{begun[1]}\\", "".join(done))


def picture_as_markdown(words: str, name: str) -> str:
    """Return a picture in Markdown: what it is called, and the name by which it is known."""
    return f"![{_escape(' '.join(words.split()))}]({name})"


def _escape(text: str) -> str:
    return MARKS.sub(r"\\\g<0>", text)


def markdown_as_text(text: str) -> str:
    """Return a text in Markdown as plain text of several lines, without its marks."""
    if not is_formatted(text):
        return text
    writer = _Writer()
    writer.write(_parser().parse(text))
    return "\n".join(writer.lines)


def markdown_as_line(text: str) -> str:
    """Return a text in Markdown as plain words on one line, for an extract."""
    return " ".join(markdown_as_text(text).split())


def with_pictures(text: str, names: Mapping[str, str]) -> str:
    """Return the text with its files called by other names: {"file:12": "file:40"}."""
    return FILE.sub(lambda match: f"]({names.get(match[1], match[1])})", text)


def pictures_in(text: str) -> set[str]:
    """Return what the pictures of a text show: "file:12"."""
    if "](file:" not in text or not is_formatted(text):
        return set()
    return {
        str(token.attrs["src"])
        for block in _parser().parse(text)
        for token in block.children or ()
        if token.type == "image"
    }


@cache
def _parser() -> MarkdownIt:
    return new_parser()


@dataclass
class _Writer:
    """Lines of plain text; each container puts its mark before the lines inside it.

    `marks` are the first and the other marks of each open container, `numbers` the next number of
    each open list (None: it has bullets), `gap` says that an empty line comes before what follows.
    """

    lines: list[str] = field(default_factory=list)
    marks: list[list[str]] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    gap: bool = False

    def write(self, tokens: Sequence[Token]) -> None:
        for at, token in enumerate(tokens):
            self._write(token, tokens[at - 1] if at else token)

    def _write(self, token: Token, before: Token) -> None:
        if token.nesting > 0:
            self._open(token)
        elif token.nesting < 0:
            self._close(token)
        elif token.type == "inline" and before.type in ("th_open", "td_open"):
            self.cells.append(_words(token.children or ()).replace("\n", " "))
        elif token.type == "inline":
            self._add(_words(token.children or ()))
            self.gap = not before.hidden
        else:
            self._add("---" if token.type == "hr" else token.content.rstrip("\n"))
            self.gap = True

    def _open(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self.numbers.append(None)
            case "ordered_list_open":
                self.numbers.append(int(token.attrs.get("start", 1)))
            case "list_item_open":
                self._begin_item()
            case "blockquote_open":
                self._space()
                self.marks.append(["> ", "> "])

    def _close(self, token: Token) -> None:
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
                self.gap = self.gap or not self.numbers
            case "list_item_close":
                self.marks.pop()
            case "blockquote_close":
                self.marks.pop()
                self.gap = True
            case "tr_close":
                self._add(" | ".join(self.cells))
                self.cells.clear()
            case "table_close":
                self.gap = True

    def _space(self) -> None:
        if self.gap and self.lines:
            self.lines.append("".join(rest for _first, rest in self.marks).rstrip())
        self.gap = False

    def _begin_item(self) -> None:
        self._space()
        number = self.numbers[-1]
        mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.numbers[-1] = number + 1
        self.marks.append([mark, " " * len(mark)])

    def _add(self, text: str) -> None:
        self._space()
        for line in text.split("\n"):
            self.lines.append(("".join(first for first, _rest in self.marks) + line).rstrip())
            for mark in self.marks:
                mark[0] = mark[1]


def _words(tokens: Sequence[Token]) -> str:
    said: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                said.append("\n")
            case "mention":
                said.append(f"@{token.content}")
            case "image":
                said.append(f"[{_words(token.children or ())}]")
            case "link_open":
                links.append((len(said), str(token.attrs.get("href", ""))))
            case "link_close":
                begun, address = links.pop()
                words = "".join(said[begun:])
                if address.removeprefix("mailto:") != words and not address.startswith("file:"):
                    said.append(f" ({address})" if words else address)
            case _:
                said.append(token.content)
    return "".join(said)
