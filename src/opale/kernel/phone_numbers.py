"""Telephone numbers in the form in which they are compared: E.164, such as +33199001122."""

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

LONGEST: Final = 64
WHOLE_DIGITS: Final = 10
"""Least number of digits of a number with its country code."""
BLOCK_DIGITS: Final = 2
"""Number of last digits that differ within a block, as a company rents it."""

_NOBODYS_BLOCK: Final = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
    }
)


def e164(text: str, country: str) -> str:
    """Return the E.164 form of a number written in `country`; "" for 'anonymous' or an extension.

    Slashes, dots, spaces and "(0)" are no part of it. Digits that begin with neither "+" nor "0"
    are read as telephone systems send them: with the code of a country in front if that makes a
    number that exists, else without.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return ""
    national = _possible(text, country)
    if text[0] in "+0" or not text.isascii() or not text.isdigit():
        return _written(national)
    abroad = _possible(f"+{text}", country)
    code = str(phonenumbers.country_code_for_region(country))
    own_first = (abroad, national) if text.startswith(code) else (national, abroad)
    for number in own_first:
        if number is not None and phonenumbers.is_valid_number(number):
            return _written(number)
    return _written(national or (abroad if len(text) >= WHOLE_DIGITS else None))


def readable(number: str) -> str:
    """Return an E.164 number as people read it: +33 1 99 00 11 22."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def block_of(number: str) -> str:
    """Return the common prefix of a block of numbers; "" for mobiles, whose neighbours are
    unrelated.
    """
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return ""
    if phonenumbers.number_type(parsed) in _NOBODYS_BLOCK or _looks_mobile(parsed):
        return ""
    return number[:-BLOCK_DIGITS]


def _looks_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether a French number is mobile: any in 6 or 7, as fictional ones have no type."""
    return number.country_code == 33 and str(number.national_number)[:1] in "67"


def _possible(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _written(number: phonenumbers.PhoneNumber | None) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""
