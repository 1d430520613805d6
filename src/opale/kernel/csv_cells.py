"""Texts as cells of CSV that no spreadsheet takes for formulas, however it separates the cells.

A file separated by semicolons may be read by commas: then a text like `x,=1+1` is two cells, and
quotes around it do not hold it together. So what would begin a formula after any separator gets an
apostrophe, as what begins one at the start of the text does.
"""

import re
from typing import Final

FORMULA: Final = r"(?:[=@]|[-+](?![\d ().-]*(?:[,;\t\r\n]|\Z)))"
"""Numbers and telephone numbers begin no formula."""
_AT_START: Final = re.compile(rf"'|[\t\r]|{FORMULA}")
_WITHIN: Final = re.compile(rf"(?<=[,;\t\r\n])( *'*)(?={FORMULA})")
_ESCAPED: Final = re.compile(rf"(?<=[,;\t\r\n])( *'*)'(?={FORMULA})")


def escape_formulas(text: str) -> str:
    """Return the text with an apostrophe before whatever would begin a formula."""
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _AT_START.match(text) else text


def unescape_formulas(text: str) -> str:
    """Return the text as it was before `escape_formulas`."""
    return _ESCAPED.sub(r"\1", text.removeprefix("'"))
