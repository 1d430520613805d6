"""Keys and numbers in what somebody else writes as text."""

from collections.abc import Iterable
from typing import Final

LARGEST: Final = 2**63 - 1
"""The largest number that a column holds."""
LONGEST: Final = len(str(LARGEST))


def parse_number(text: object) -> int | None:
    """Return the number that a text writes in plain digits; None for anything else.

    `str.isdigit` takes "²", of which `int` fails, as it does of thousands of digits; and a number
    that no column holds fails where it is looked for.
    """
    written = str(text)
    plain = written.isascii() and written.isdecimal() and len(written) <= LONGEST
    return number if plain and (number := int(written)) <= LARGEST else None


def parse_numbers(texts: Iterable[str]) -> list[int]:
    """Return the numbers among texts, in their order; what is none is left out."""
    found = map(parse_number, texts)
    return [number for number in found if number is not None]
