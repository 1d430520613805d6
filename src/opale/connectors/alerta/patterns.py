"""Regular expressions of clients that PostgreSQL may run: none whose cost grows out of hand.

PostgreSQL tries back-references in exponential time, and prepares for minutes what repeats a group
a number of times, or a place (`^`, `$`, `\\b`) any number of times. RE2 refuses the first, and
looking around; the rest is refused here.
"""

import re
from typing import Final

from opale.conditions.patterns import InvalidPattern, compile_pattern

MAX_LENGTH: Final = 200
MAX_COUNT: Final = 255
"""The most that PostgreSQL repeats one character, and that all counts of a pattern sum up to."""
MAX_PLACES: Final = 8
MAX_DEPTH: Final = 8
PLACES: Final = {"b": r"\y", "B": r"\Y", "A": r"\A", "z": r"\Z"}
"""PostgreSQL's names of the places that other dialects write so."""
CLASSES: Final = frozenset("dDwWsStrnfv")
TOKEN: Final = re.compile(
    r"""\\(?P<escape>.)
    |(?P<open>\((?:\?:)?)|(?P<close>\))
    |(?P<set>\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\\[])*\])
    |(?P<count>\{(?P<least>\d{1,3})(?:,(?P<most>\d{0,3}))?\}\??)
    |(?P<repeat>[*+?]\??)
    |(?P<place>[\^$])
    |(?P<plain>[^\\{\[])""",
    re.VERBOSE | re.DOTALL,
)


def checked_pattern(pattern: str) -> str:
    """Return a client's regular expression as PostgreSQL writes it. Errors: InvalidPattern."""
    pattern = pattern.removeprefix("(?i)")
    if len(pattern) > MAX_LENGTH:
        raise InvalidPattern("length")
    compile_pattern(pattern)
    return _Checker(pattern).spelled()


class _Checker:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.counted = self.places = 0
        self.holds_place = [False]
        """Of each open group, the outermost first: whether a place stands in it."""
        self.last = ""
        """What a repetition would repeat: a character, a group, a group with a place, a place."""

    def spelled(self) -> str:
        parts, at = [], 0
        while at < len(self.pattern):
            found = TOKEN.match(self.pattern, at)
            if found is None:
                raise InvalidPattern(self.pattern)
            parts.append(self._spelled(found))
            at = found.end()
        return "".join(parts)

    def _spelled(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if found["escape"] is not None:
            return self._escape(found["escape"])
        if found["count"] is not None:
            self._count(int(found["most"] or found["least"]))
        elif kind == "open":
            self.holds_place.append(False)
            self.last = ""
            if len(self.holds_place) > MAX_DEPTH:
                raise InvalidPattern("depth")
        elif kind == "close":
            placed = self.holds_place.pop()
            self.holds_place[-1] |= placed
            self.last = "place" if placed else "group"
        elif kind == "repeat":
            if self.last not in ("character", "group"):
                raise InvalidPattern(text)
        elif kind == "place":
            self._place()
        else:
            self.last = "" if text == "|" else "character"
        return text

    def _escape(self, letter: str) -> str:
        if letter in PLACES:
            self._place()
            return PLACES[letter]
        if letter.isalnum() and letter not in CLASSES:
            raise InvalidPattern(letter)
        self.last = "character"
        return f"\\{letter}"

    def _place(self) -> None:
        self.last, self.holds_place[-1] = "place", True
        self.places += 1
        if self.places > MAX_PLACES:
            raise InvalidPattern("places")

    def _count(self, most: int) -> None:
        self.counted += most
        if self.last != "character" or self.counted > MAX_COUNT:
            raise InvalidPattern("count")
