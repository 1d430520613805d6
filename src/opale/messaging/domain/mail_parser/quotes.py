"""Extraction of the newly written text of a mail, without quotes and signature.

It works line by line, so in linear time. The whole text is stored as well, and where cutting would
leave nothing, nothing is cut. The forms are those of Outlook, Gmail, Thunderbird, Apple Mail and
telephones, in French and English.

No library fits: those that know French search with patterns whose time grows with the square of
the mail, and take every line that begins with a dash for a signature.
"""

import re
from collections.abc import Sequence
from typing import Final

from opale.messaging.domain.mail_parser.html_text import QUOTE_MARK

LONGEST_INTRODUCTION: Final = 4
"""Lines over which "On ... wrote:" may be broken."""
MAX_INTRODUCTIONS_TRIED: Final = 20
"""How many such lines are checked for a quote below them."""
SIGNED_AT_THE_END: Final = 60
"""Lines at the end that are searched for a signature."""
SEPARATOR: Final = re.compile(
    r"^[ >]*(?:-{2,}|_{2,}|\*{2,})\s*(?:original message|message d.origine|message original"
    r"|forwarded message|message transf[ée]r[ée]|message initial|reply above this line"
    r"|r[ée]pondez au-dessus de cette ligne|mail original|courriel original)"
    r"\s*(?:-{2,}|_{2,}|\*{2,})?\s*$",
    re.IGNORECASE,
)
ANSWER_ABOVE: Final = re.compile(
    r"^[|> \t]*(?:##- [^#]{1,200} -##"
    r"|-{2,} ?(?:reply above this line|r[ée]pondez au-dessus de cette ligne) ?-{2,})[ \t]*$",
    re.IGNORECASE,
)
"""The line above which ticket systems, this one too, want an answer written."""
UNDERSCORES: Final = re.compile(r"^\s*_{20,}\s*$")
FIELD: Final = re.compile(
    r"^[ >*]*(from|sent|to|cc|subject|date|de|envoy[ée]|à|a|objet|copie|cc|expéditeur|destinataire)"
    r"\s*\*?\s*:\*?\s*\S",
    re.IGNORECASE,
)
FIRST_FIELD: Final = re.compile(r"^[ >*]*(?:from|de|exp[ée]diteur)\s*\*?\s*:", re.IGNORECASE)
DATED_FIELD: Final = re.compile(r"^[ >*]*(?:sent|date|envoy[ée])\s*\*?\s*:", re.IGNORECASE)
WROTE_BEGINS: Final = re.compile(
    r"^[ >]*(?:on|le|am|el|il giorno)\b.{0,200}\d|^[ >]*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|"
    r"^[ >]*.{1,200}<\S+@\S+>|^[ >]*(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim)\b",
    re.IGNORECASE,
)
WROTE_ENDS: Final = re.compile(
    r"(?:\bwrote|a [ée]crit|[ée]crivait|a r[ée]pondu|schrieb|escribi[óo]|ha scritto)\s*:?\s*$",
    re.IGNORECASE,
)
SIGNATURE_MARK: Final = re.compile(r"^--\s?$|^—\s?$")
TELEPHONE: Final = re.compile(
    r"^\s*(?:sent from (?:my|outlook|mail|yahoo|proton|samsung)|envoy[ée] (?:de|depuis|à partir de)"
    r" (?:mon|ma|outlook|mail|yahoo|proton|l.application)|get outlook for|t[ée]l[ée]charge[rz]"
    r" outlook pour|obtenir outlook pour|sent via|provenant d.un appareil)\b.{0,120}$",
    re.IGNORECASE,
)
GREETING: Final = re.compile(
    r"^\s*(?:(?:bien )?cordialement|bien [àa] (?:vous|toi)|salutations(?: distingu[ée]es)?|cdlt|cdt"
    r"|sinc[èe]res salutations|(?:best|kind|warm|many)?\s*regards|best wishes|sincerely"
    r"|yours (?:sincerely|faithfully)|cheers|amicalement|respectueusement)\s*[,.!;]?\s*$",
    re.IGNORECASE,
)
LONGEST_SIGNATURE: Final = 15
"""Lines after a greeting that are still taken for a signature; more of them are text."""


def strip_quotes(text: str) -> str:
    """Return the text without quotes and signature; the whole text where nothing else is left."""
    lines = _without_mark_at_the_top(text.split("\n"))
    kept = lines[: _quote_begins(lines)]
    kept = _without_quoted_lines(kept)
    kept = kept[: _signature_begins(kept)]
    shown = _tidy(kept)
    return shown or _tidy([line for line in lines if line != QUOTE_MARK])


def _without_mark_at_the_top(lines: list[str]) -> list[str]:
    """Drop an "answer above this line" mark at the top, put there by another ticket system."""
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None or not ANSWER_ABOVE.match(lines[first][:300]):
        return lines
    return lines[first + 1 :]


def _quote_begins(lines: Sequence[str]) -> int:
    """Return the first line of the final quote; the number of lines without one."""
    looks = 0
    for at, line in enumerate(lines):
        if line == QUOTE_MARK or (len(line) < 200 and SEPARATOR.match(line)):
            return at
        if len(line) < 300 and ANSWER_ABOVE.match(line):
            return at
        if FIRST_FIELD.match(line[:300]) and _is_head(lines, at):
            return at - 1 if at and UNDERSCORES.match(lines[at - 1][:300]) else at
        if (
            looks < MAX_INTRODUCTIONS_TRIED
            and WROTE_BEGINS.match(line[:400])
            and _introduction(lines, at)
        ):
            looks += 1
            if _only_quotes_follow(lines, at + _introduction(lines, at)):
                return at
    return len(lines)


def _is_head(lines: Sequence[str], at: int) -> bool:
    """Return whether the head of an older mail begins here, as Outlook writes it."""
    near = [line[:300] for line in lines[at : at + 8]]
    named = [line for line in near if FIELD.match(line)]
    return len(named) >= 3 and any(DATED_FIELD.match(line) for line in named)


def _introduction(lines: Sequence[str], at: int) -> int:
    """Return how many lines the "On ... wrote:" that begins here takes; 0 when there is none."""
    for length in range(1, LONGEST_INTRODUCTION + 1):
        last = lines[at + length - 1 : at + length]
        if not last or (length > 1 and not last[0].strip()) or len(last[0]) > 400:
            return 0
        # Its last words may be split over two lines.
        before = lines[at + length - 2][-60:] if length > 1 else ""
        if WROTE_ENDS.search(f"{before} {last[0][-60:]}"):
            return length
    return 0


def _only_quotes_follow(lines: Sequence[str], at: int) -> bool:
    """Return whether only quotes follow, unlike in a quote that is answered line by line."""
    following = [line for line in lines[at : at + 4000] if line.strip()]
    quoted = [line.lstrip().startswith(">") for line in following]
    if not any(quoted):
        return True  # an HTML mail's quote, or one that is not marked
    first_free = next((i for i, marked in enumerate(quoted) if not marked), None)
    if first_free is None or first_free == 0:
        return True
    after = following[first_free:]
    return len(after) <= LONGEST_SIGNATURE and not any(quoted[first_free:]) and _is_end(after)


def _is_end(lines: Sequence[str]) -> bool:
    return bool(SIGNATURE_MARK.match(lines[0]) or TELEPHONE.match(lines[0][:200]))


def _without_quoted_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines without those with ">" and "On ... wrote:" above them."""
    if not any(line.lstrip().startswith(">") for line in lines):
        return list(lines)
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        length = _introduction(lines, at) if WROTE_BEGINS.match(line[:400]) else 0
        if length and any(one.lstrip().startswith(">") for one in lines[at : at + length + 2]):
            at += length
            continue
        if line.lstrip().startswith(">"):
            if kept and kept[-1].strip():
                kept.append("")
        else:
            kept.append(line)
        at += 1
    return kept


def _signature_begins(lines: Sequence[str]) -> int:
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    for at in range(max(0, last - SIGNED_AT_THE_END), last):
        line = lines[at]
        if at and SIGNATURE_MARK.match(line) and last - at <= 40:
            return at
        if TELEPHONE.match(line[:200]) and last - at <= 6:
            return at
        is_greeting = at and len(line) < 60 and GREETING.match(line)
        if is_greeting and sum(bool(one.strip()) for one in lines[at:last]) <= LONGEST_SIGNATURE:
            return at + 1
    return len(lines)


def _tidy(lines: Sequence[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
